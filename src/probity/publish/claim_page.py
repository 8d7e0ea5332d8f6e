"""A finding as its part of the report shows it: words, measures, pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from probity.claims import words
from probity.claims.finding import Finding, Verdict
from probity.core import Source
from probity.publish.claim_figures import measures_figure, tipping_figure
from probity.publish.figures.figure import Figure
from probity.publish.measure_words import (
    MeasureWords,
    count_of,
    in_words,
    unit_of,
    without_repeats,
)
from probity.publish.specifications import specification_figures
from probity.publish.verdicts import VERDICTS, VerdictWords

PER_FACE, OF_ALERTS = "faces seen", "alerts"
"""How the populations start of two measures of the same cases that differ in denominator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """What the report shows of one claim.

    Attributes
    ----------
    anchor : str
        Fragment of the claim's part of the page.
    finding : Finding
        Where everything comes from.
    verdict : VerdictWords
        The verdict in words.
    plain : str
        The finding in one line.
    claimed : str
        What the claim says of its measure: "at most 1 in 6,000".
    measures : tuple of MeasureWords
        The tested ones first.
    denominators : tuple of MeasureWords
        Two measures of the same cases, per face seen and as a share of alerts; else empty.
    picture : Figure or None
        The measures beside what the claim says; None where nothing can be measured.
    tipping : Figure or None
        How the answer depends on what is not published.
    specifications : tuple of Figure
        Estimates under every definition that was tried.
    sources : tuple of Source
        Every document behind the measures and the claim's words.
    """

    anchor: str
    finding: Finding
    verdict: VerdictWords
    plain: str
    claimed: str
    measures: tuple[MeasureWords, ...]
    denominators: tuple[MeasureWords, ...]
    picture: Figure | None
    tipping: Figure | None
    specifications: tuple[Figure, ...]
    sources: tuple[Source, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in the order of the page."""
        first = (figure for figure in (self.picture, self.tipping) if figure)
        return (*first, *self.specifications)


def claim_page(finding: Finding, *, anchor: str) -> ClaimPage:
    """Lay out one finding; ``anchor`` is unique on the page."""
    test = finding.claim.test
    unit = unit_of(finding.measurements[0])
    claimed = words.relation(test.relation, test.limit, unit=unit)
    measures = without_repeats(
        in_words(measurement, tested=index < finding.versions)
        for index, measurement in enumerate(finding.measurements)
    )
    return ClaimPage(
        anchor=anchor,
        finding=finding,
        verdict=VERDICTS[finding.verdict],
        plain=_plain(finding, measures[0], claimed),
        claimed=claimed,
        measures=measures,
        denominators=_two_denominators(measures),
        picture=measures_figure(finding, measures, claimed, anchor=anchor),
        tipping=tipping_figure(finding, anchor=anchor),
        specifications=specification_figures(finding.measurements, anchor=anchor),
        sources=_sources(finding),
    )


def _plain(finding: Finding, first: MeasureWords, claimed: str) -> str:
    if finding.verdict is Verdict.UNTESTABLE and not first.defined:
        return f"Not published: {finding.claim.missing or first.counts}"
    value = first.value
    if finding.verdict is Verdict.UNDECIDED and finding.versions == 1:
        value += f" ({first.interval.rpartition(' (')[0]})"
    alone = " No one but the claimant gives this figure."
    return (
        f"{first.title}: {value}. Claimed: {claimed}."
        f"{alone if finding.verdict is Verdict.UNTESTABLE else ''}"
    )


def _two_denominators(measures: Sequence[MeasureWords]) -> tuple[MeasureWords, ...]:
    """The first two measures that count the same cases per face seen and among alerts."""
    counted = [(m, c) for m in measures if (c := count_of(m.measurement)) is not None]
    for per_face, of_faces in counted:
        for of_alerts_words, of_alerts in counted:
            if (
                of_faces.k == of_alerts.k
                and of_faces.population.startswith(PER_FACE)
                and of_alerts.population.startswith(OF_ALERTS)
            ):
                return (per_face, of_alerts_words)
    return ()


def _sources(finding: Finding) -> tuple[Source, ...]:
    cited = (
        *finding.said_in,
        *(s for m in finding.measurements for s in m.sources),
        *(s for other in finding.other_readings for s in other.measurement.sources),
    )
    return tuple({source.source_id: source for source in cited}.values())
