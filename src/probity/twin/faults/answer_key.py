"""The answer key of a log with faults, ``faults.json``, and the list of faults there are."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TypedDict

from probity.twin.faults.damage import Damage
from probity.twin.faults.fault import Fault
from probity.twin.faults.planting import Answer

KEY_SCHEMA = "probity/faults/1"


class FaultRow(TypedDict):
    """A line of the list of faults: the rules it breaches, or the problem of the log it is."""

    fault: str
    sentence: str
    rules: list[str]
    problem: str | None
    changes: list[str]
    modes: list[str]


def fault_row(fault: Fault | Damage) -> FaultRow:
    """What a fault is."""
    if isinstance(fault, Damage):
        rules, problem, changes = [], fault.problem, []
    else:
        rules, problem, changes = list(fault.rules), None, list(fault.changes)
    return {
        "fault": fault.name,
        "sentence": fault.sentence,
        "rules": rules,
        "problem": problem,
        "changes": changes,
        "modes": sorted(fault.modes),
    }


def answer_key(answers: Sequence[Answer], *, not_planted: Sequence[str]) -> str:
    """What was planted, as JSON text.

    ``rules`` are written "policy/rule". A rule that counts (false alerts out of faces seen) has
    the cases as its events.
    """
    key = {
        "schema": KEY_SCHEMA,
        "faults": [asdict(answer) for answer in answers],
        "not_planted": list(not_planted),
    }
    return json.dumps(key, indent=1) + "\n"
