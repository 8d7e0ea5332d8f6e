"""What-if answers as a document of numbers, as docs/reference/schemas/what-if.json says."""

from math import isfinite
from typing import Any

from probity.core import Count, Estimate, Undefined
from probity.twin.compare import POWER, Apart, Compared, Side
from probity.twin.scenario_file import scenario_digest
from probity.twin.what_if import Point, WhatIf

SCHEMA = "probity/what-if/1"


def as_json(found: WhatIf) -> dict[str, Any]:
    """The document. A bound that the data did not set is null."""
    return {
        "schema": SCHEMA,
        "seed": found.seed,
        "replicates": found.replicates,
        "level": found.level,
        "power_to_tell_apart": POWER,
        "base": _side(found.base),
        "questions": [
            {"key": question.key, "points": [_point(point) for point in question.points]}
            for question in found.questions
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "scenario": side.scenario.name,
        "scenario_sha256": scenario_digest(side.scenario),
        "changes": list(side.changes),
        "deployments": side.deployments,
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "value": point.value,
        **_side(point.side),
        "measures": [_compared(one) for one in point.measures],
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "name": one.measure.name,
        "per": one.measure.per,
        "unit": one.measure.unit,
        "published": one.measure.published,
        "base": _estimate(one.first),
        "here": _estimate(one.second),
        "difference": _estimate(one.difference),
        "ratio": _estimate(one.ratio),
        "told_apart": None if one.apart is None else _apart(one.apart),
    }


def _apart(apart: Apart) -> dict[str, Any]:
    return {
        "in_a_year": apart.possible,
        "power": apart.power,
        "dispersion": apart.dispersion,
        "deployments_needed_each": apart.deployments,
        "pairs_of_years": _count(apart.rejected),
        "pairs_of_years_alike": _count(apart.rejected_alike),
    }


def _count(counted: Count | Undefined) -> dict[str, Any]:
    if isinstance(counted, Undefined):
        return {"undefined": counted.reason}
    return {"k": counted.k, "n": counted.n}


def _estimate(estimate: Estimate | Undefined) -> dict[str, Any]:
    if isinstance(estimate, Undefined):
        return {"undefined": estimate.reason}
    return {
        "value": estimate.value if isfinite(estimate.value) else None,
        "low": estimate.low if isfinite(estimate.low) else None,
        "high": estimate.high if isfinite(estimate.high) else None,
        "level": estimate.level,
        "method": estimate.method,
    }
