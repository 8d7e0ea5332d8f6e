"""The answer key of a log with faults: ``faults.json``."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from probity.twin.faults.planting import Answer

KEY_SCHEMA = "probity/faults/1"


def answer_key(answers: Sequence[Answer], *, not_planted: Sequence[str]) -> str:
    """What was planted, as JSON text.

    ``rules`` are written "policy/rule". A rule that counts (false alerts out of faces seen) has
    the cases as its events.
    """
    return (
        json.dumps(
            {
                "schema": KEY_SCHEMA,
                "faults": [asdict(answer) for answer in answers],
                "not_planted": list(not_planted),
            },
            indent=1,
        )
        + "\n"
    )
