"""Ask MonPoly for the violations of every case, and keep them beside the cases.

    PYTHONPATH=tests python -m anchors.monpoly.make path/to/monpoly

MonPoly is not part of the project: it is built from its public source, commit f0941c3 of the
repository remolueoend/monpoly, with Debian's OCaml 4.13 and dune 2.9 (its ``dune-project`` asks
for 3.0; the file works with 2.9 once ``dune-build-info`` and the version it prints are left out).
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from anchors.monpoly.cases import CASES
from probity.audit.mfotl import signature, violation
from probity.audit.rule import TemporalRule

HERE = Path(__file__).parent


def violations(monpoly: str, formula: str, log: str) -> list[int]:
    """Numbers of the events that MonPoly reports."""
    with tempfile.TemporaryDirectory() as directory:
        files = {"sig": signature(), "formula": formula, "log": log}
        for name, content in files.items():
            (Path(directory) / name).write_text(content)
        arguments = [part for name in files for part in (f"-{name}", f"{directory}/{name}")]
        done = subprocess.run(
            [monpoly, *arguments], capture_output=True, text=True, check=False, timeout=60
        )
    if done.returncode or done.stderr:
        raise RuntimeError(f"{formula}\n{done.stdout}{done.stderr}")
    return sorted(int(number) for number in re.findall(r"\((\d+)\)", done.stdout))


def main() -> None:
    expected = {}
    for case in CASES:
        check = case.rule.check
        assert isinstance(check, TemporalRule)
        formula = violation(check, shown="n")
        found = violations(sys.argv[1], formula, case.monpoly_log)
        expected[case.name] = {"formula": formula, "violations": found}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
