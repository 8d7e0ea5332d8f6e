"""Findings as a JSON document; its schema is docs/reference/schemas/check.json.

What is not known is null, with the reason beside it. Numbers without bound are null as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

from probity.claims.check import count_verdicts
from probity.claims.finding import Finding, Measurement, OtherReading, TippingPoint
from probity.claims.relation import Limit
from probity.core import Estimate, EventRate, Rate, Source, Total, Undefined

SCHEMA = "probity/check/1"


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The whole document: how many claims got each verdict, the claims, and their sources."""
    sources = {
        source.source_id: source
        for finding in findings
        for source in (
            *finding.said_in,
            *finding.background,
            *(s for m in finding.measurements for s in m.sources),
            *(s for o in finding.other_readings for s in o.measurement.sources),
        )
    }
    return {
        "schema": SCHEMA,
        "verdicts": {v.value: n for v, n in count_verdicts(findings).items()},
        "claims": [_claim(finding) for finding in findings],
        "sources": [_source(source) for _, source in sorted(sources.items())],
    }


def _claim(finding: Finding) -> dict[str, Any]:
    claim, test = finding.claim, finding.claim.test
    return {
        "id": claim.claim_id,
        "theme": claim.theme.value,
        "title": claim.title,
        "words": claim.words,
        "claimant": claim.claimant.name,
        "role": claim.claimant.role.value,
        "also_said_by": list(claim.also_said_by),
        "status": claim.status,
        "said_on": claim.said_on,
        "said_in": [source.source_id for source in finding.said_in],
        "background": [source.source_id for source in finding.background],
        "reading": claim.reading,
        "test": {
            "statement": test.statement,
            "measure": test.measure,
            "params": dict(test.params),
            "population": test.population,
            "relation": test.relation.value,
            "limit": _limit(test.limit),
            "limit_in_words": test.limit_in_words,
            "level": test.level,
        },
        "verdict": finding.verdict.value,
        "rule": finding.rule,
        "measures": [
            _measure(one, "version" if number < finding.versions else "companion")
            for number, one in enumerate(finding.measurements)
        ],
        "other_readings": [_reading(one) for one in finding.other_readings],
        "needed": None
        if finding.needed is None
        else {
            "statement": finding.needed.statement,
            "n": finding.needed.n,
            "population": finding.needed.population,
            "datum": finding.needed.datum,
        },
        "tipping": None if finding.tipping is None else _tipping(finding.tipping),
        "caveats": list(claim.caveats),
        "reframings": [one.model_dump() for one in claim.reframings],
    }


def _reading(one: OtherReading) -> dict[str, Any]:
    return {
        "words": one.words,
        "verdict": one.verdict.value,
        "rule": one.rule,
        "measure": _measure(one.measurement, "version"),
    }


def _measure(measurement: Measurement, part: str) -> dict[str, Any]:
    numbers = _numbers(measurement)
    differing = measurement.over_deployments
    return {
        "name": measurement.name,
        "title": measurement.title,
        "part": part,
        "population": measurement.population,
        **numbers,
        "over_deployments": None
        if differing is None
        else _numbers(replace(measurement, measured=differing)),
        "unit": measurement.unit,
        "basis": measurement.basis.value,
        "sources": [source.source_id for source in measurement.sources],
        "note": measurement.note,
        "series": [dict(row) for row in measurement.series],
    }


def _numbers(measurement: Measurement) -> dict[str, Any]:
    measured = measurement.measured
    numbers: dict[str, Any] = dict.fromkeys(
        ("k", "n", "value", "low", "high", "level", "method", "reason")
    )
    match measured:
        case Undefined():
            return numbers | {"reason": measured.reason}
        case Total():
            count = measurement.count
            return numbers | {
                "k": count.k if count else None,
                "n": count.n if count else None,
                "value": measured.value,
                "method": "exact total",
                "reason": "a total of a record has no interval: nothing was sampled",
            }
        case Rate():
            numbers |= {"k": measured.count.k, "n": measured.count.n}
        case EventRate():
            numbers |= {"k": measured.events.k, "n": measured.events.exposure}
        case Estimate():
            pass
    ends = {"value": measured.value, "low": measured.low, "high": measured.high}
    unbounded = [name for name, number in ends.items() if not isfinite(number)]
    return (
        numbers
        | {name: _finite(number) for name, number in ends.items()}
        | {
            "level": measured.level,
            "method": measured.method,
            "reason": f"without bound: {', '.join(unbounded)}" if unbounded else None,
        }
    )


def _tipping(tipping: TippingPoint) -> dict[str, Any]:
    return {
        "unknown": tipping.unknown,
        "measure": tipping.measure,
        "tips_at": list(tipping.tips_at),
        "readings": list(tipping.readings),
        "statement": tipping.statement,
        "curve": [
            {
                "unknown": unknown,
                "value": _finite(value),
                "low": _finite(low),
                "high": _finite(high),
            }
            for unknown, value, low, high in tipping.curve
        ],
    }


def _source(source: Source) -> Mapping[str, Any]:
    return {
        "id": source.source_id,
        "publisher": source.publisher,
        "title": source.title,
        "url": source.url,
        "read_via": source.read_via,
        "sha256": source.sha256,
        "retrieved": source.retrieved,
        "licence": source.licence,
    }


def _limit(limit: Limit) -> float | list[float]:
    return list(limit) if isinstance(limit, tuple) else limit


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
