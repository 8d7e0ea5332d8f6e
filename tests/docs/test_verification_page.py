"""The page of the proof run: no part without a control, nothing that failed left unsaid."""

import re
from pathlib import Path

import pytest

from scripts import script

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def writer():
    with script("docs/write_verification.py") as module:
        yield module


def result(test: str, *, control: bool = False, outcome: str = "passed", **figures) -> dict:
    return {
        "test": test, "outcome": outcome, "seconds": 1.5, "control": control, "figures": figures
    }  # fmt: skip


def complete(writer) -> list[dict]:
    return [
        result(f"{part.files[-1]}::test_{kind}", control=kind == "control")
        for part in writer.PARTS
        for kind in ("check", "control")
    ]


def test_a_part_without_a_control_is_refused(writer) -> None:
    with pytest.raises(ValueError, match="needs a control that ran"):
        writer.page(complete(writer)[:-1])


def test_a_control_that_was_skipped_is_none(writer) -> None:
    results = complete(writer)
    results[-1]["outcome"] = "skipped"
    with pytest.raises(ValueError, match="needs a control that ran"):
        writer.page(results)


def test_a_part_that_was_not_run_is_said_so(writer) -> None:
    title = writer.PARTS[0].title
    told = writer.page(complete(writer)[2:])
    assert f"| {title} | **not run** | | | | |" in told
    assert "Not run.\n" in told[told.index(f"## {title}") :]


def test_a_test_of_no_part_is_listed_as_such(writer) -> None:
    told = writer.page([*complete(writer), result("tests/unit/test_new.py::test_x")])
    assert "12 checks" in told
    assert "| Further slow checks | 1 | 0 | 0 | 0 | 0.0 |" in told
    assert told.index("## Further slow checks") < told.index("`test_new: test_x`")


def test_what_failed_and_what_was_not_caught_is_said_first(writer) -> None:
    assert "11 checks, none failed; 11 negative controls, none not caught." in writer.page(
        complete(writer)
    )
    results = complete(writer)
    results[0]["outcome"] = results[1]["outcome"] = "failed"
    told = writer.page(results)
    assert "11 checks, **1 failed**; 11 negative controls, **1 not caught**." in told
    assert "| Intervals hold their level | 1 | 1 | 1 | 0 | 0.1 |" in told


def test_the_last_run_of_a_test_counts_and_a_failure_before_it_is_told(writer) -> None:
    results = complete(writer)
    assert "ran more than once" not in writer.page(results)
    told = writer.page([results[0], *results])
    assert "11 checks, none failed; 11 negative controls, none not caught.** 1 of the" in told
    assert "had failed before" not in told
    told = writer.page([results[0] | {"outcome": "failed"}, *results])
    assert "11 checks, none failed" in told
    assert "Of these had failed before: `test_check`." in told


def test_p_values_are_listed_and_tested_to_be_even(writer) -> None:
    even = {str(n): (n + 0.5) / 40 for n in range(40)}
    results = complete(writer)
    assert "None were recorded" in writer.page(results)
    results[0]["figures"] = {"p_values": even}
    assert "40 of them, Kolmogorov's test of that: p = 1.000" in writer.page(results)
    results[0]["figures"] = {"p_values": {name: p**4 for name, p in even.items()}}
    assert "Kolmogorov's test of that: p = 0.000" in writer.page(results)


def test_fuzzing_is_added_up_by_reader(writer) -> None:
    run = {"target": "log-csv", "inputs": 600, "seconds": 30, "exit": 0, "kept": 7}
    assert "## Fuzzing" not in writer.page(complete(writer))
    told = writer.page(complete(writer), fuzzed=[run, run | {"exit": 77, "kept": 9}])
    assert "**1,200 inputs, 1 runs that ended in a crash.**" in told
    assert "| log-csv | 1,200 | 1.0 | 9 |" in told


def test_every_control_is_of_some_part(writer) -> None:
    marked = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if re.search(r"^(@|pytestmark = )pytest\.mark\.control$", path.read_text("utf-8"), re.M)
    ]
    beginnings = tuple(name.split("::")[0] for part in writer.PARTS for name in part.files)
    assert len(marked) >= len(writer.PARTS) - 2
    assert [name for name in marked if not name.startswith(beginnings)] == []
