"""An answer as a document of numbers, as docs/reference/schemas/what-if-answer.json says."""

from dataclasses import asdict
from typing import Any

from probity.twin.compare import POWER
from probity.twin.expected.answer import LEVEL, ToldApart, WhatIfAnswer
from probity.twin.expected.deployment import SCENARIO, SEED

SCHEMA = "probity/what-if-answer/1"


def as_json(found: WhatIfAnswer) -> dict[str, Any]:
    """The document."""
    tested = found.false_alerts_as_tested
    return {
        "schema": SCHEMA,
        "scenario": SCENARIO,
        "seed": SEED,
        "level": LEVEL,
        "power_to_tell_apart": POWER,
        "setting": asdict(found.setting),
        "faces": found.faces,
        "false_alerts": asdict(found.false_alerts),
        "false_alerts_as_tested": None if tested is None else asdict(tested),
        "false_alerts_per_face_seen": asdict(found.false_alerts_per_face_seen),
        "true_alerts": asdict(found.true_alerts),
        "false_share_of_alerts": asdict(found.false_share_of_alerts),
        "black_share_of_strangers": found.black_share_of_strangers,
        "lost_share": found.lost_share,
        "officer_s": found.officer_s,
        "told_apart": {
            "by_false_alerts": _told_apart(found.by_false_alerts),
            "by_true_alerts": _told_apart(found.by_true_alerts),
        },
    }


def _told_apart(found: ToldApart) -> dict[str, Any]:
    return {
        "in_a_year": found.power is not None and found.power >= POWER,
        "power": found.power,
        "deployments_needed_each": found.deployments,
    }
