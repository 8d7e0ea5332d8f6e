"""Identification figures as a JSON document, schema ``probity/identification/1``."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from probity.core import Estimate, EventRate, Undefined
from probity.performance.groups.pair_rates import FalseMatchRate
from probity.performance.identification.measure import At, Differences, Identification
from probity.performance.identification.watchlist import FpirOverGalleries
from probity.performance.intervals.effective import PersonRate
from probity.performance.verification_json import measured_as_json
from probity.stats.groups import KGroupTest

SCHEMA = "probity/identification/1"

Json = dict[str, Any]


def as_json(found: Identification) -> Json:
    """The document. Numbers that do not exist are null, with a reason beside them."""
    return {
        "schema": SCHEMA,
        "source": found.source,
        "mode": {
            "name": found.mode.name,
            "list_length": found.mode.list_length,
            "rank": found.mode.rank,
        },
        "seed": found.seed,
        "probes": found.probes,
        "gallery_samples": found.gallery_samples,
        "comparisons": found.comparisons,
        "score_error_bound": found.score_error_bound,
        "alert": "score >= threshold",
        "intervals": "over people; 'naive' takes searches or comparisons as independent",
        "warnings": list(found.warnings),
        "thresholds": [_at(at) for at in found.at],
        "cmc": [
            {
                "gallery_size": size,
                "ranks": [
                    {"rank": rank, "tpir_per_mated_probe": rate_as_json(rate)}
                    for rank, rate in ranks
                ],
            }
            for size, ranks in found.cmc.items()
        ],
        "false_match_rates": [_false_match(rate) for rate in found.false_matches],
    }


def rate_as_json(rate: PersonRate) -> Json:
    """The interval over people, or why there is none; the naive one beside it."""
    document = measured_as_json(rate.over_people)
    naive = measured_as_json(rate.naive)
    if isinstance(rate.over_people, Undefined) and not isinstance(rate.naive, Undefined):
        # The counts stand, though no interval does.
        document |= {"k": naive["k"], "n": naive["n"], "value": naive["value"]}
        document |= {"low": None, "high": None, "level": naive["level"], "method": "none"}
    return {**document, "naive": naive, "naive_too_narrow": rate.parts}


def _at(at: At) -> Json:
    whole = at.groupings[0]
    return {
        "threshold": at.threshold if isfinite(at.threshold) else None,
        "gallery_size": at.gallery_size,
        "fpir_per_nonmated_probe": {
            **rate_as_json(at.fpir),
            "bootstrap": measured_as_json(at.fpir_bootstrap),
        },
        "tpir_per_mated_probe": {
            **rate_as_json(at.tpir),
            "bootstrap": measured_as_json(at.tpir_bootstrap),
        },
        "candidates_per_nonmated_probe": _events(at.selectivity),
        "fpir_over_galleries": _over(at.over_galleries),
        "groups": _groups(whole),
        "differentials": _differentials(whole),
        "parts_of_groups": [
            {"groups": _groups(part), "differentials": _differentials(part)}
            for part in at.groupings[1:]
        ],
    }


def _groups(differences: Differences) -> Json:
    return {
        name: {
            "fpir_per_nonmated_probe": rate_as_json(figures.fpir),
            "tpir_per_mated_probe": rate_as_json(figures.tpir),
        }
        for name, figures in differences.groups.items()
    }


def _differentials(differences: Differences) -> Json:
    return {
        "fpir": _estimates(differences.fpir) | {"test": _test(differences.fpir_test)},
        "fnir": _estimates(differences.fnir) | {"test": _test(differences.tpir_test)},
        **_estimates(differences.both),
    }


def _estimates(found: Mapping[str, Estimate | Undefined]) -> Json:
    return {name: measured_as_json(estimate) for name, estimate in found.items()}


def _test(test: KGroupTest | Undefined) -> Json:
    if isinstance(test, Undefined):
        return {"p_value": None, "undefined": test.reason}
    return {
        "p_value": test.p_value,
        "p_interval": list(test.p_interval),
        "method": test.method,
        "counts": [{"k": c.k, "n": c.n, "population": c.population} for c in test.counts],
        "could_have_found": test.power_statement,
    }


def _events(rate: EventRate | Undefined) -> Json:
    if isinstance(rate, Undefined):
        return {"value": None, "undefined": rate.reason}
    return {
        "k": rate.events.k,
        "exposure": rate.events.exposure,
        "unit": rate.events.unit,
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
        "level": rate.level,
        "method": rate.method,
    }


def _over(found: FpirOverGalleries | Undefined) -> Json:
    if isinstance(found, Undefined):
        return {"mean": None, "undefined": found.reason}
    return {
        "mean": found.mean,
        "scatter_low": found.low,
        "scatter_high": found.high,
        "binomial": found.binomial,
    }


def _false_match(found: FalseMatchRate) -> Json:
    return {
        "probe_group": found.probe_group,
        "gallery_group": found.gallery_group,
        "threshold": found.threshold,
        "fmr_per_comparison": {
            **rate_as_json(found.rate),
            "bootstrap": measured_as_json(found.bootstrap),
        },
    }
