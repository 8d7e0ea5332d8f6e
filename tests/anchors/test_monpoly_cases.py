"""The meaning of rules against MonPoly, a published monitor, on hand-made cases.

``monpoly/expected.json`` holds what MonPoly itself reported (``monpoly/make.py`` says how it was
run). The two differ in two ways, each with a case of its own:

- MonPoly takes the end of the file for the end of time, and reports every deadline that is
  still open. Here such an instance is undecided: the log may simply have been cut.
- MonPoly gives each line of its log a place in an order, even where two have one timestamp.
  Here events of one timestamp are one instant: clocks do not tell which came first.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from anchors.monpoly.cases import CASES, Case
from probity.audit.mfotl import violation
from probity.audit.outcome import Outcome
from probity.audit.reference import judge
from probity.audit.rule import TemporalRule

HERE = Path(__file__).parent / "monpoly"
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text())
BY_NAME = {case.name: case for case in CASES}


def judged(case: Case) -> Outcome:
    """The outcome here; the log ends with its last event."""
    end = max(int(row["time"] or 0) for row in case.rows)
    [outcome] = judge([case.rule], case.rows, to_us=end)
    assert isinstance(outcome, Outcome)
    return outcome


def test_every_case_was_put_to_monpoly() -> None:
    assert set(EXPECTED) == set(BY_NAME)
    assert sum(len(case["violations"]) for case in EXPECTED.values()) > len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_monpoly_was_asked_this_rule(case: Case) -> None:
    assert isinstance(case.rule.check, TemporalRule)
    assert violation(case.rule.check, shown="n") == EXPECTED[case.name]["formula"]


@pytest.mark.parametrize("case", [case for case in CASES if case.same], ids=lambda case: case.name)
def test_same_breaches(case: Case) -> None:
    outcome = judged(case)
    assert outcome.breached.tolist() == EXPECTED[case.name]["violations"]
    assert not outcome.undecided.size
    assert not outcome.unknown.size


def test_an_open_deadline_is_undecided_here() -> None:
    case = BY_NAME["open deadline at the end of the log"]
    assert EXPECTED[case.name]["violations"] == [1]
    assert not judged(case).breached.size
    assert judged(case).undecided.tolist() == [1]


def test_events_of_one_timestamp_have_no_order_here() -> None:
    case = BY_NAME["two events of one second, the later first in the file"]
    assert EXPECTED[case.name]["violations"] == [1]
    assert not judged(case).breached.size
