"""Testing claims: take each measure, apply the one decision rule, say what would settle it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from probity.claims import words
from probity.claims.claim import Claim, GroupShareTipping, OperatorClaims, Reading, Test
from probity.claims.evidence import Evidence
from probity.claims.finding import Basis, Finding, Measurement, OtherReading, TippingPoint, Verdict
from probity.claims.load import inline_sources
from probity.claims.measures.registry import take
from probity.claims.needed import needed_for
from probity.claims.tipping import group_share, sample_size
from probity.claims.verdict import decide, decide_version, interval, weigh
from probity.core import Estimate, EventRate, InputError, Rate, Source, Total, Undefined


def check(
    loaded: Sequence[OperatorClaims],
    evidence: Evidence,
    *,
    done: Callable[[Claim], None] | None = None,
) -> tuple[Finding, ...]:
    """Test every claim of some claims files, in their order.

    Parameters
    ----------
    loaded : sequence of OperatorClaims
        As ``load_claims`` gives them.
    evidence : Evidence
        The bundled figures, and the user's own records where there are any.
    done : callable, optional
        Called after each claim, for showing progress.

    Raises
    ------
    InputError
        A claim refers to a figure or a source that does not exist.
    """
    known = {source.source_id for source in evidence.inline_sources}
    extra = tuple(s for s in inline_sources(loaded) if s.source_id not in known)
    evidence = replace(evidence, inline_sources=(*evidence.inline_sources, *extra))
    findings = []
    for claims in loaded:
        for claim in claims.claims:
            findings.append(finding_on(claim, evidence))
            if done is not None:
                done(claim)
    return tuple(findings)


def finding_on(claim: Claim, evidence: Evidence) -> Finding:
    """Test one claim.

    Raises
    ------
    InputError
        It refers to a figure or a source that does not exist.
    """
    try:
        return _finding(claim, evidence)
    except InputError as error:
        if error.file is not None:  # a table is at fault, not the claim
            raise
        raise InputError(
            error.problem,
            file=f"claim {claim.claim_id}",
            column=error.column,
            got=error.got,
            allowed=error.allowed,
        ) from None


def _finding(claim: Claim, evidence: Evidence) -> Finding:
    test = claim.test
    versions = [take(use, evidence, level=test.level) for use in (test, *claim.versions)]
    verdicts = [decide_version(v, relation=test.relation, limit=test.limit) for v in versions]
    own_word = [rests_on_own_word(v, claim) for v in versions]
    verdict = weigh(verdicts, own_word=own_word)
    companions = [take(use, evidence, level=test.level) for use in claim.companions]
    return Finding(
        claim=claim,
        verdict=verdict,
        rule=rule_in_words(test, versions, verdicts, own_word),
        measurements=(*versions, *companions),
        versions=len(versions),
        needed=needed_for(claim, verdict, versions, verdicts),
        tipping=_tipping(claim, evidence),
        other_readings=tuple(_other_reading(r, claim, evidence) for r in claim.readings),
        said_in=tuple(evidence.source(i) for i in claim.where_said),
        background=tuple(evidence.source(i) for i in claim.background),
    )


def rests_on_own_word(measurement: Measurement, claim: Claim) -> bool:
    """Whether nothing stands behind a measure but the claimant.

    That is: no published rows, and no document but those in which the claim is made, or which
    the claimant publishes.
    """
    return measurement.basis is Basis.FIGURES and all(
        _is_own(source, claim) for source in measurement.sources
    )


def _is_own(source: Source, claim: Claim) -> bool:
    publisher, claimant = source.publisher.casefold(), claim.claimant.name.casefold()
    published_by_claimant = publisher == claimant or publisher.startswith(f"{claimant} ")
    return source.source_id in claim.where_said or published_by_claimant


def rule_in_words(
    test: Test,
    versions: Sequence[Measurement],
    verdicts: Sequence[Verdict],
    own_word: Sequence[bool],
) -> str:
    """How the decision rule was applied, one sentence per step."""
    parts = [_step(test, one, verdict) for one, verdict in zip(versions, verdicts, strict=True)]
    for number, (verdict, own) in enumerate(zip(verdicts, own_word, strict=True)):
        if own and verdict is Verdict.SUPPORTED:
            parts[number] += (
                " Nobody but the claimant gives this figure, and no rows of it are published, so "
                "it cannot support the claim: untestable."
            )
    testable = {
        v
        for v, own in zip(verdicts, own_word, strict=True)
        if v is not Verdict.UNTESTABLE and not (own and v is Verdict.SUPPORTED)
    }
    if len(testable) > 1:
        parts.append("The published versions lead to different verdicts: undecided.")
    return " ".join(parts)


def _step(test: Test, measurement: Measurement, verdict: Verdict) -> str:
    unit, measured = measurement.unit, measurement.measured
    claimed = words.relation(test.relation, test.limit, unit=unit)
    if test.limit_in_words:
        claimed += f" ({test.limit_in_words})"
    if isinstance(measured, Undefined):
        return f"Claimed: {claimed}. There is no measure to set beside it: {verdict}."
    if isinstance(measured, Total):
        value = words.quantity(measured.value, unit=unit)
        return f"The record says {value}; claimed: {claimed}: {verdict}."
    exact = decide(measured, relation=test.relation, limit=test.limit)
    step = (
        f"The {100 * test.level:g}% interval ({_ends(measured, unit)}) {_WHERE[exact]} of "
        f"“{claimed}”"
    )
    return f"{step}{_with_deployments_differing(test, measurement, exact)}: {verdict}."


_WHERE = {
    Verdict.SUPPORTED: "lies wholly on the claimed side",
    Verdict.CONTRADICTED: "lies wholly on the other side",
    Verdict.UNDECIDED: "lies on both sides",
}


def _with_deployments_differing(test: Test, measurement: Measurement, exact: Verdict) -> str:
    """The second half of a step, where the second interval has a say."""
    differing = measurement.over_deployments
    if differing is None or exact is Verdict.UNDECIDED:
        return ""
    if isinstance(differing, Undefined):
        return "; but one deployment alone does not show how deployments differ"
    ends = _ends(differing, measurement.unit)
    other = decide(differing, relation=test.relation, limit=test.limit)
    if other is exact:
        return f", and so does the one that lets deployments differ ({ends})"
    return f"; but the one that lets deployments differ ({ends}) {_WHERE[other]}"


def _ends(measured: Rate | EventRate | Estimate | Total, unit: str) -> str:
    low, high = interval(measured)
    return words.bounds(low, high, value=measured.value, unit=unit)


def _other_reading(reading: Reading, claim: Claim, evidence: Evidence) -> OtherReading:
    test = reading.test
    measurement = take(test, evidence, level=test.level)
    alone = decide_version(measurement, relation=test.relation, limit=test.limit)
    own = rests_on_own_word(measurement, claim)
    return OtherReading(
        words=reading.words,
        verdict=weigh([alone], own_word=[own]),
        rule=rule_in_words(test, [measurement], [alone], [own]),
        measurement=measurement,
    )


def _tipping(claim: Claim, evidence: Evidence) -> TippingPoint | None:
    if claim.tipping is None:
        return None
    if isinstance(claim.tipping, GroupShareTipping):
        return group_share(claim.tipping, evidence, level=claim.test.level)
    return sample_size(claim.tipping, level=claim.test.level)


def count_verdicts(findings: Iterable[Finding]) -> dict[Verdict, int]:
    """How many claims got each verdict, in the order of ``Verdict``."""
    found = [finding.verdict for finding in findings]
    return {verdict: found.count(verdict) for verdict in Verdict}
