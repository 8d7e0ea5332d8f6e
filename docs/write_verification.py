"""Write docs/background/verification.md from what `make verify` recorded.

Run by `make verify`:
.venv/bin/python docs/write_verification.py out/verify/results.jsonl out/fuzz/results.jsonl
"""

import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scipy.stats import kstest

TARGET = Path(__file__).parent / "background" / "verification.md"
Result = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A part of the proof: what is shown, in which files, and which tests show its teeth."""

    title: str
    shown: str
    files: tuple[str, ...]


PARTS = (
    Part(
        "Intervals hold their level",
        "Coverage of every interval that is published: by exact summation over all outcomes where "
        "that can be done, else over simulated records and campaigns. The textbook and naive "
        "intervals must fail.",
        (
            "tests/side_by_side/test_coverage.py",
            "tests/property/test_interval_coverage.py",
            "tests/unit/test_event_clusters.py",
            "tests/unit/test_twopart.py",
        ),
    ),
    Part(
        "Verdicts are wrong no more often than stated",
        "Claims of known truth over simulated records ([page](tested-verdicts.md)). A rule that "
        "judges by the point alone, and one that takes cases to be independent, must fail.",
        ("tests/docs/test_tested_verdicts_page.py",),
    ),
    Part(
        "The auditor finds what was planted",
        "Recall and false findings on logs with planted faults ([page](tested-auditor.md)). An "
        "auditor without a rule, and one that reads a rule too strictly, must be found out.",
        ("tests/docs/test_tested_auditor_page.py",),
    ),
    Part(
        "Audit engines agree",
        "DuckDB, Spark, the stream monitor and the plain reference on the same rules and logs. An "
        "engine that mistakes the end of the log must disagree.",
        (
            "tests/side_by_side/test_audit_engines.py",
            "tests/side_by_side/test_audit_spark.py",
            "tests/property/test_stream_monitor.py",
            "tests/spec/test_policy_rules.py",
            "tests/journeys/test_audit_follow.py",
            "tests/side_by_side/test_wrong_engines_are_caught.py::test_an_audit",
        ),
    ),
    Part(
        "Records come back as they were printed",
        "Random rows drawn as PDF in published layouts and read back. One figure printed otherwise "
        "must be noticed.",
        ("tests/property/test_records_round_trip.py",),
    ),
    Part(
        "The twin's engines agree",
        "The slow reference, which compares every frame with every listed person, against the fast "
        "engine. Three wrong short cuts must be rejected.",
        ("tests/side_by_side/test_twin_engines.py", "tests/side_by_side/test_expected_years.py"),
    ),
    Part(
        "The twin's fit is calibrated",
        "Simulation-based calibration of the fit to published tests. A likelihood that takes one "
        "search for ten must be found out.",
        ("tests/unit/test_twin_calibration.py",),
    ),
    Part(
        "Comparison engines agree",
        "Compiled engines, on one machine and on several, against NumPy. An engine that takes "
        "“more than” for “at least” must disagree.",
        (
            "tests/unit/performance/test_engine_on_ray.py",
            "tests/side_by_side/test_wrong_engines_are_caught.py::test_a_comparison",
        ),
    ),
    Part(
        "A changed bundle is found out",
        "Every byte changed, 10,000 random edits, files removed, exchanged and cut. A bundle that "
        "was not changed must pass.",
        ("tests/unit/test_bundle_tampering.py",),
    ),
    Part(
        "A changed log is found out",
        "Every byte of a small transparency log flipped, 10,000 random edits of a large one, 500 "
        "kills in the middle of appending. A verifier that samples must miss some.",
        ("tests/interop/", "tests/unit/translog/"),
    ),
    Part(
        "Readers survive what they are given",
        "Damaged documents at length, and requests to every route of the local app; the fuzzer's "
        "own campaign is `make fuzz`. A reader that breaks must be noticed, and an answer that is "
        "not as described.",
        (
            "tests/property/test_reader_never_crashes.py",
            "tests/property/test_app_as_described.py",
            "tests/fuzz/",
        ),
    ),
)
FURTHER = Part("Further slow checks", "Of no part above, and without a control of their own.", ())

HEAD = """# The proof run

`make verify` tests the instruments against truths that are known, and writes this page. It ran in
{minutes:.0f} minutes of tests on {cpus} processors ({system}, Python {python}, numpy {numpy}, scipy
{scipy}), not counting what the tests of a file share, and ended on {day}.

**{checks} checks, {failed}; {controls} negative controls, {uncaught}.**{again}

A negative control is something known to be wrong: a check that does not reject it shows nothing, so
each part has some.

| part | checks | failed | controls | caught | minutes |
|---|---|---|---|---|---|
{parts}

"""
P_VALUES = """## P-values

Of tests in which two sides should have one law. If they do, p-values are spread evenly from 0 to 1;
{number} of them, Kolmogorov's test of that: p = {uniform:.3f}. One below 0.001 over their number
fails its check.

| test | p |
|---|---|
{rows}
"""
FUZZING = """
## Fuzzing

Inputs that `make fuzz` has tried on this machine, by reader; each ended in a value or in an error
meant for the user, but for those that crashed. What crashed a reader is kept and replayed by
`make test`.

**{total:,} inputs, {crashed} runs that ended in a crash.**

| reader | inputs | minutes | inputs kept that reach something new |
|---|---|---|---|
{rows}
"""
NO_P_VALUES = """## P-values

None were recorded.
"""


def page(results: Sequence[Result], *, fuzzed: Sequence[Result] = ()) -> str:
    """Return the whole page.

    Parameters
    ----------
    results : sequence of dict
        Of `make verify`, one for each run of a test; the last of a test counts.
    fuzzed : sequence of dict
        Of `make fuzz`, one for each run of a target.

    Raises
    ------
    ValueError
        A part has checks among the results, and no control.
    """
    earlier, results = _told_apart(results)
    by_part = {part.title: [r for r in results if belongs(r, part)] for part in PARTS}
    for title, of_part in by_part.items():
        if of_part and not any(r["control"] for r in of_part if r["outcome"] != "skipped"):
            raise ValueError(f"{title}: needs a control that ran")
    placed = {r["test"] for of_part in by_part.values() for r in of_part}
    by_part[FURTHER.title] = [r for r in results if r["test"] not in placed]
    checks = [r for r in results if not r["control"]]
    controls = [r for r in results if r["control"]]
    return (
        HEAD.format(
            minutes=sum(r["seconds"] for r in results) / 60,
            cpus=os.cpu_count(),
            system=platform.system(),
            python=platform.python_version(),
            numpy=version("numpy"),
            scipy=version("scipy"),
            checks=len(checks),
            failed=_number(_failed(checks), "failed"),
            controls=len(controls),
            uncaught=_number(_failed(controls), "not caught"),
            day=datetime.now(UTC).date().isoformat(),
            again=_again(earlier),
            parts="\n".join(_row(title, of_part) for title, of_part in by_part.items()),
        )
        + "\n".join(_section(part, by_part[part.title]) for part in (*PARTS, FURTHER))
        + _p_values(results)
        + _fuzzing(fuzzed)
    )


def belongs(result: Result, part: Part) -> bool:
    """Whether a result is of a part: of one of its files, or beginnings of test ids."""
    return str(result["test"]).startswith(part.files)


def _told_apart(results: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    """Runs of tests that were run again later, and the last run of each test."""
    last = {r["test"]: number for number, r in enumerate(results)}
    return (
        [r for number, r in enumerate(results) if last[r["test"]] != number],
        [results[number] for number in sorted(last.values())],
    )


def _again(earlier: Sequence[Result]) -> str:
    """What is told of runs before the last; the code may have changed in between."""
    if not earlier:
        return ""
    number = len({r["test"] for r in earlier})
    told = f" {number} of the tests ran more than once; the last run of each counts."
    failed = dict.fromkeys(str(r["test"]).split("::")[-1] for r in earlier if _failed([r]))
    if failed:
        names = ", ".join(f"`{name}`" for name in failed)
        told += f" Of these had failed before: {names}."
    return told


def _failed(results: Sequence[Result]) -> int:
    return sum(r["outcome"] == "failed" for r in results)


def _number(number: int, what: str) -> str:
    return f"none {what}" if number == 0 else f"**{number} {what}**"


def _row(title: str, results: Sequence[Result]) -> str:
    if not results:
        return f"| {title} | **not run** | | | | |"
    checks = [r for r in results if not r["control"]]
    controls = [r for r in results if r["control"]]
    minutes = sum(r["seconds"] for r in results) / 60
    return (
        f"| {title} | {len(checks)} | {_failed(checks)} | {len(controls)} | "
        f"{len(controls) - _failed(controls)} | {minutes:.1f} |"
    )


def _section(part: Part, results: Sequence[Result]) -> str:
    lines = [f"## {part.title}\n", f"{part.shown}\n"]
    if not results:
        return "\n".join([*lines, "Not run.\n"])
    lines += ["| test | | seconds | figures |", "|---|---|---|---|"]
    for result in sorted(results, key=lambda r: str(r["test"])):
        name = str(result["test"]).split("/")[-1].replace("|", "\\|").replace(".py::", ": ")
        word = "control, " if result["control"] else ""
        lines.append(
            f"| `{name}` | {word}{result['outcome']} | {result['seconds']} | {_told(result)} |"
        )
    return "\n".join(lines) + "\n"


def _told(result: Result) -> str:
    return "; ".join(
        f"{name} {_value(value)}" for name, value in result["figures"].items() if name != "p_values"
    )


def _value(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(_value(one) for one in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _all_p_values(results: Sequence[Result]) -> Iterator[tuple[str, float]]:
    for result in results:
        for name, p in result["figures"].get("p_values", {}).items():
            yield f"`{str(result['test']).split('::')[-1]}`, {name}", float(p)


def _p_values(results: Sequence[Result]) -> str:
    found = list(_all_p_values(results))
    if not found:
        return "\n" + NO_P_VALUES
    rows = "\n".join(f"| {name} | {p:.4f} |" for name, p in found)
    uniform = float(kstest([p for _, p in found], "uniform").pvalue)
    return "\n" + P_VALUES.format(number=len(found), uniform=uniform, rows=rows)


def _fuzzing(runs: Sequence[Result]) -> str:
    if not runs:
        return ""
    rows = []
    for target in dict.fromkeys(run["target"] for run in runs):
        of_target = [run for run in runs if run["target"] == target]
        inputs = sum(run["inputs"] for run in of_target)
        minutes = sum(run["seconds"] for run in of_target) / 60
        rows.append(f"| {target} | {inputs:,} | {minutes:.1f} | {of_target[-1]['kept']} |")
    return FUZZING.format(
        total=sum(run["inputs"] for run in runs),
        crashed=sum(run["exit"] != 0 for run in runs),
        rows="\n".join(rows),
    )


def read(path: Path) -> list[Result]:
    """Lines of JSON; none where there is no file."""
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    proofs, fuzzing = map(Path, sys.argv[1:])
    TARGET.write_text(page(read(proofs), fuzzed=read(fuzzing)), encoding="utf-8")
    print(f"The page is {TARGET}")
