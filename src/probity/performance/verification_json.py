"""Verification figures as a JSON document, schema ``probity/verification/1``."""

from math import isfinite
from typing import Any

from probity.core import Estimate, Rate, Undefined
from probity.performance.group_pairs import GroupRates
from probity.performance.intervals.effective import PersonRate
from probity.performance.thresholds.cut import Tally
from probity.performance.verification import OperatingPoint, Verification

SCHEMA = "probity/verification/1"

Json = dict[str, Any]

Generalised = list[tuple[float, Estimate | Undefined, Estimate | Undefined]]
"""Threshold, generalised false accept rate and generalised false reject rate."""


def as_json(found: Verification, *, generalised: Generalised | None = None) -> Json:
    """The document. Numbers that do not exist are null, with a reason beside them."""
    document: Json = {
        "schema": SCHEMA,
        "source": found.source,
        "comparisons": found.comparisons,
        "nonmated_comparisons": found.nonmated,
        "mated_comparisons": found.mated,
        "accepts": "score >= threshold",
        "intervals": list(found.about_intervals),
    }
    document |= _eer(found)
    document["fnmr_at_fmr"] = [_at_fmr(fmr, point) for fmr, point in found.fnmr_at_fmr]
    document["det"] = [_det(tally) for tally in found.det]
    document["groups"] = _groups(found.groups)
    if generalised is not None:
        document["generalised"] = [
            {
                "threshold": threshold,
                "gfar_per_attempt": measured_as_json(gfar),
                "gfrr_per_attempt": measured_as_json(gfrr),
            }
            for threshold, gfar, gfrr in generalised
        ]
    return document


def measured_as_json(measured: Rate | Estimate | Undefined) -> Json:
    """A rate with its counts, an estimate with those it came from, or the reason for neither."""
    if isinstance(measured, Undefined):
        return {"value": None, "undefined": measured.reason}
    shared: Json = {
        "value": measured.value,
        "low": _finite(measured.low),
        "high": _finite(measured.high),
        "level": measured.level,
        "method": measured.method,
    }
    if isinstance(measured, Rate):
        count = measured.count
        return {"k": count.k, "n": count.n, "population": count.population, **shared}
    counts = [{"k": c.k, "n": c.n, "population": c.population} for c in measured.counts]
    return {**shared, "population": measured.population, "counts": counts}


def _eer(found: Verification) -> Json:
    if isinstance(found.eer, Undefined):
        return {"eer": None, "eer_undefined": found.eer.reason}
    return {"eer": found.eer.value, "eer_at": _point(found.eer.at)}


def _at_fmr(fmr: float, point: OperatingPoint | Undefined) -> Json:
    if isinstance(point, Undefined):
        undefined = measured_as_json(point)
        return {
            "fmr_per_comparison": fmr,
            "threshold": None,
            "undefined": point.reason,
            "fnmr_per_comparison": undefined,
        }
    at = _point(point)
    at["observed_fmr_per_comparison"] = at.pop("fmr_per_comparison")
    return {"fmr_per_comparison": fmr, **at}


def _point(point: OperatingPoint) -> Json:
    return {
        "threshold": point.threshold,
        "fmr_per_comparison": _with_people(point.false_matches),
        "fnmr_per_comparison": _with_people(point.false_nonmatches),
    }


def _with_people(rate: PersonRate) -> Json:
    """The naive interval, and beside it that over people or why there is none."""
    document = measured_as_json(rate.naive)
    if isinstance(rate.over_people, Undefined):
        return {**document, "over_people": None, "over_people_undefined": rate.over_people.reason}
    over = measured_as_json(rate.over_people)
    return {**document, "over_people": over, "naive_too_narrow": rate.parts}


def _det(tally: Tally) -> Json:
    return {
        "threshold": _finite(tally.threshold),
        "false_matches": tally.nonmated_accepted,
        "false_nonmatches": tally.mated_rejected,
    }


def _groups(groups: tuple[GroupRates, ...]) -> Json:
    """By probe group, then by reference group; "all" where a column is absent."""
    document: Json = {}
    for group in groups:
        document.setdefault(group.probe_group or "all", {})[group.reference_group or "all"] = {
            "comparisons": group.nonmated + group.mated,
            "nonmated_comparisons": group.nonmated,
            "mated_comparisons": group.mated,
            "thresholds": [
                {
                    "threshold": threshold,
                    "fmr_per_comparison": _with_people(fmr),
                    "fnmr_per_comparison": _with_people(fnmr),
                }
                for threshold, fmr, fnmr in group.at
            ],
        }
    return document


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
