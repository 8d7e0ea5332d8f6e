"""The smallest further evidence that would settle a claim."""

from collections.abc import Sequence
from math import ceil
from typing import Literal

from probity.claims import words
from probity.claims.claim import Claim
from probity.claims.finding import Measurement, Needed, Verdict
from probity.claims.relation import RANGES, Limit, Relation
from probity.claims.verdict import decide
from probity.core import EventRate, Rate, Undefined

Side = Literal["below", "above"]
_MORE_DEPLOYMENTS = (
    "Cases come together in deployments, so it takes more deployments, not more cases in the same "
    "ones; how many is not worked out"
)
_ONE_SIDED = frozenset(
    {Relation.AT_MOST, Relation.LESS_THAN, Relation.AT_LEAST, Relation.MORE_THAN}
)


def needed_for(
    claim: Claim,
    verdict: Verdict,
    versions: Sequence[Measurement],
    verdicts: Sequence[Verdict],
) -> Needed | None:
    """What would settle a claim; None where it is settled.

    Parameters
    ----------
    claim : Claim
        The claim tested.
    verdict : Verdict
        The verdict on it.
    versions, verdicts : sequence
        Each version of the measure, and the verdict on it alone.
    """
    if verdict is Verdict.UNTESTABLE:
        return _datum(claim, versions[0], verdicts[0])
    if verdict is not Verdict.UNDECIDED:
        return None
    if len({v for v in verdicts if v is not Verdict.UNTESTABLE}) > 1:
        return _one_version(versions, verdicts)
    return _further_cases(claim, versions[0])


def _further_cases(claim: Claim, measurement: Measurement) -> Needed:
    """What would settle a claim whose only version is undecided."""
    test = claim.test
    exact = decide(measurement.measured, relation=test.relation, limit=test.limit)
    if exact is not Verdict.UNDECIDED:
        return Needed(statement=_MORE_DEPLOYMENTS)
    more = _more_cases(measurement, test.relation, test.limit, test.level)
    if more is not None:
        return more
    if claim.missing:
        return Needed(statement=claim.missing, datum=claim.missing)
    return Needed(statement=_no_number(measurement, test.relation))


def _datum(claim: Claim, measurement: Measurement, verdict: Verdict) -> Needed:
    if claim.missing:
        return Needed(statement=f"To test it: {claim.missing}", datum=claim.missing)
    if isinstance(measurement.measured, Undefined):
        reason = measurement.measured.reason
        return Needed(statement=f"{reason[0].upper()}{reason[1:]}", datum=reason)
    what = (
        "the rows or counts behind the figure, in a document other than the one that makes the "
        "claim"
    )
    return Needed(
        statement=f"The figure reads as {verdict} on the claimant's own word alone. To test it: "
        f"{what}",
        datum=what,
    )


def _one_version(versions: Sequence[Measurement], verdicts: Sequence[Verdict]) -> Needed:
    each = "; ".join(
        f"{words.key_figure(one)} in {', '.join(s.source_id for s in one.sources)}: {verdict}"
        for one, verdict in zip(versions, verdicts, strict=True)
    )
    return Needed(
        statement=f"The published versions differ, and with them the verdict ({each}). Needed: "
        "which of them is right",
        datum="which of the conflicting published versions is right",
    )


def _no_number(measurement: Measurement, relation: Relation) -> str:
    """Why no number of further cases is given."""
    if relation in {Relation.EQUAL_TO, Relation.NOT_EQUAL_TO}:
        return (
            "No number of cases shows that a rate is exactly a number; more can only show that it "
            "is not"
        )
    if relation in RANGES or not isinstance(measurement.measured, Rate | EventRate):
        return (
            "More cases would narrow the interval; how many it takes is not worked out for this "
            "kind of measure and limit"
        )
    return "No number of further cases would settle it: the observed rate lies on the limit"


def _more_cases(
    measurement: Measurement, relation: Relation, limit: Limit, level: float
) -> Needed | None:
    """Further cases at the observed rate, on whichever side of the limit that rate lies."""
    measured = measurement.measured
    if isinstance(limit, tuple) or relation not in _ONE_SIDED:
        return None
    if not isinstance(measured, Rate | EventRate):
        return None
    side: Side = "below" if measured.value < limit else "above"
    if isinstance(measured, Rate):
        from probity.stats.power import trials_needed

        n = trials_needed(measured.count, limit=limit, side=side, level=level)
        population = measured.count.population
    else:
        from probity.stats.power import events_needed

        events = events_needed(measured.events, limit=limit, side=side, level=level)
        n = ceil(events.exposure) if events else None
        population = words.plural(measured.events.unit)
    if n is None:
        return None
    return Needed(
        statement=f"{n:,} more ({population}) at the observed rate would put the whole "
        f"{100 * level:g}% interval {side} the limit",
        n=n,
        population=population,
    )
