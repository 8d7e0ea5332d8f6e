"""A finding as its part of the report shows it: words, measures, pictures."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from probity.claims import words
from probity.claims.claim import SampleSizeTipping
from probity.claims.finding import Finding, Measurement, Verdict
from probity.claims.relation import Limit, Relation
from probity.claims.verdict import interval
from probity.core import Count, EventRate, Rate, Source, Total, Undefined
from probity.publish.figures.axis_scale import Unit
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.interval_plot import ClaimedRange, IntervalRow, interval_plot
from probity.publish.figures.tipping_curve import tipping_curve
from probity.publish.sentences import capital
from probity.publish.specifications import specification_figures
from probity.publish.verdicts import VERDICTS, VerdictWords

PER_FACE, OF_ALERTS = "faces seen", "alerts"
"""How the populations start of two measures of the same cases that differ in denominator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureWords:
    """One measure in words: the value large, its counts and interval small.

    ``tested`` marks a measure that the verdict rests on.
    """

    measurement: Measurement
    tested: bool
    value: str
    counts: str
    interval: str
    method: str

    @property
    def title(self) -> str:
        """The measure's name in words."""
        return capital(self.measurement.title or self.measurement.name.replace("_", " "))

    @property
    def population(self) -> str:
        """What it was measured over, unless the counts say so already."""
        population = self.measurement.population
        said = self.counts.endswith(population) or population == self.measurement.title
        return "" if said else capital(population)

    @property
    def series(self) -> Table | None:
        """The data that the measure was taken from, where it names them."""
        rows = self.measurement.series
        if not rows:
            return None
        columns = tuple(
            Column(capital(key.replace("_", " ")), number=not isinstance(value, str))
            for key, value in rows[0].items()
        )
        return Table(columns=columns, rows=tuple(tuple(row.values()) for row in rows))

    @property
    def defined(self) -> bool:
        """Whether there is a value at all."""
        return not isinstance(self.measurement.measured, Undefined)


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
    unit = _unit(finding.measurements[0])
    claimed = words.relation(test.relation, test.limit, unit=unit)
    measures = _without_repeats(
        _in_words(measurement, tested=index < finding.versions)
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
        picture=_picture(finding, measures, claimed, anchor=anchor),
        tipping=_tipping(finding, anchor=anchor),
        specifications=specification_figures(finding.measurements, anchor=anchor),
        sources=_sources(finding),
    )


def _unit(measurement: Measurement) -> str:
    return "share" if isinstance(measurement.measured, Rate) else measurement.unit


def _in_words(measurement: Measurement, *, tested: bool) -> MeasureWords:
    measured, unit = measurement.measured, _unit(measurement)
    if isinstance(measured, Undefined):
        return MeasureWords(
            measurement=measurement,
            tested=tested,
            value="no figure",
            counts=measured.reason,
            interval="",
            method="",
        )
    if isinstance(measured, Total):
        ends, method = "the record’s own total: nothing was sampled, so it has no interval", ""
    else:
        bounds = words.bounds(measured.low, measured.high, unit=unit)
        method = measured.method
        ends = f"{100 * measured.level:g}% interval: {bounds} ({_short(method)})"
    return MeasureWords(
        measurement=measurement,
        tested=tested,
        value=words.quantity(measured.value, unit=unit),
        counts=_counts(measurement),
        interval=ends,
        method=method,
    )


def _short(method: str) -> str:
    """The name of a method without its particulars: "Korn-Graubard", "Clopper-Pearson"."""
    return re.split(r" over | \(|, ", method, maxsplit=1)[0]


def _without_repeats(measures: Iterable[MeasureWords]) -> tuple[MeasureWords, ...]:
    """Measures, each once: a companion can be a measure that was tested already."""
    kept: list[MeasureWords] = []
    for measure in measures:
        new = measure.measurement
        if not any(
            (new.name, new.population, new.measured)
            == (k.measurement.name, k.measurement.population, k.measurement.measured)
            for k in kept
        ):
            kept.append(measure)
    return tuple(kept)


def _counts(measurement: Measurement) -> str:
    measured = measurement.measured
    if isinstance(measured, Rate):
        return f"{words.count(measured.count)} {measured.count.population}"
    if isinstance(measured, EventRate):
        events = measured.events
        return f"{events.k:,} in {words.number(round(events.exposure))} {events.unit}s"
    if measurement.count is not None:
        return f"{words.count(measurement.count)} {measurement.count.population}"
    return measurement.unit if measurement.unit not in {"share", "ratio"} else ""


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
    counted = [(m, c) for m in measures if (c := _count(m.measurement)) is not None]
    for per_face, of_faces in counted:
        for of_alerts_words, of_alerts in counted:
            if (
                of_faces.k == of_alerts.k
                and of_faces.population.startswith(PER_FACE)
                and of_alerts.population.startswith(OF_ALERTS)
            ):
                return (per_face, of_alerts_words)
    return ()


def _count(measurement: Measurement) -> Count | None:
    measured = measurement.measured
    return measured.count if isinstance(measured, Rate) else measurement.count


def _tipping(finding: Finding, *, anchor: str) -> Figure | None:
    tipping, asked = finding.tipping, finding.claim.tipping
    if tipping is None or len(tipping.curve) <= 1:
        return None
    return tipping_curve(
        tipping.curve,
        tipping.tips_at,
        figure_id=f"{anchor}-tipping",
        unknown=tipping.unknown,
        measure=tipping.measure,
        limit=asked.limit if isinstance(asked, SampleSizeTipping) else 1.0,
    )


def _picture(
    finding: Finding, measures: Sequence[MeasureWords], claimed: str, *, anchor: str
) -> Figure | None:
    """The measures in the unit of the tested one; None where that one has no value."""
    test, first = finding.claim.test, measures[0]
    if not first.defined:
        return None
    unit = _plot_unit(first.measurement)
    shown = [m for m in measures if m.defined and _plot_unit(m.measurement) == unit]
    return interval_plot(
        [_row(m, name=name) for m, name in zip(shown, _names(shown), strict=True)],
        figure_id=f"{anchor}-measures",
        title="The measures, beside what the claim says",
        description=(
            f"Point and interval for {len(shown)} "
            f"{'measure' if len(shown) == 1 else 'measures'}. {first.measurement.title}: "
            f"{first.value}, {first.interval}. The claim says {claimed}; verdict: "
            f"{VERDICTS[finding.verdict].word.lower()}."
        ),
        unit=unit,
        claimed=ClaimedRange(pieces=_pieces(test.relation, test.limit), words=claimed),
        table=measure_table([m.measurement for m in shown]),
    )


def _names(measures: Sequence[MeasureWords]) -> list[str]:
    """Titles; where two are the same, each with its population, then its method."""
    titles = [m.title for m in measures]
    named = [
        f"{m.title} ({_when(m.measurement)})" if titles.count(m.title) > 1 else m.title
        for m in measures
    ]
    return [
        f"{name}, {_short(m.method)}" if named.count(name) > 1 else name
        for m, name in zip(measures, named, strict=True)
    ]


def _when(measurement: Measurement) -> str:
    """The population without what is counted: whose record, and over what time."""
    what, _, whose = measurement.population.partition(", ")
    return whose or what


def _plot_unit(measurement: Measurement) -> Unit:
    return "proportion" if _unit(measurement) in {"share", "per search"} else "number"


def _row(measure: MeasureWords, *, name: str) -> IntervalRow:
    measured = measure.measurement.measured
    assert not isinstance(measured, Undefined)  # noqa: S101 (only defined measures are drawn)
    low, high = interval(measured)
    ends = "" if low == high else f" ({words.bounds(low, high, unit=_unit(measure.measurement))})"
    return IntervalRow(
        words=name,
        value=measured.value,
        low=low,
        high=high,
        value_words=f"{measure.value}{ends}",
        tested=measure.tested,
    )


def _pieces(relation: Relation, limit: Limit) -> tuple[tuple[float, float], ...]:
    """The values that a claim allows, as one or two ranges."""
    low, high = limit if isinstance(limit, tuple) else (limit, limit)
    match relation:
        case Relation.AT_MOST | Relation.LESS_THAN:
            return ((-inf, high),)
        case Relation.AT_LEAST | Relation.MORE_THAN:
            return ((low, inf),)
        case Relation.EQUAL_TO | Relation.BETWEEN:
            return ((low, high),)
        case Relation.NOT_EQUAL_TO | Relation.OUTSIDE:
            return ((-inf, low), (high, inf))


def measure_table(measurements: Sequence[Measurement]) -> Table:
    """Every number of the measures, unrounded, for whoever checks them."""
    headings = ("k", "n", "Value", "Lower bound", "Upper bound", "Level")
    return Table(
        columns=(
            Column("Measure"),
            Column("Population"),
            *(Column(heading, number=True) for heading in headings),
            Column("Method"),
        ),
        rows=tuple(
            (m.title or m.name, m.population, *_numbers(m), _method(m)) for m in measurements
        ),
    )


def _numbers(measurement: Measurement) -> tuple[int | float | None, ...]:
    measured, count = measurement.measured, _count(measurement)
    k: int | None
    n: float | None
    k, n = (None, None) if count is None else (count.k, count.n)
    match measured:
        case Undefined():
            return (k, n, None, None, None, None)
        case Total():
            return (k, n, measured.value, None, None, None)
        case EventRate():
            k, n = measured.events.k, measured.events.exposure
    low, high = (None if abs(end) == inf else end for end in (measured.low, measured.high))
    return (k, n, measured.value, low, high, measured.level)


def _method(measurement: Measurement) -> str:
    match measurement.measured:
        case Undefined(reason):
            return reason
        case Total():
            return "exact total, no interval"
        case measured:
            return measured.method


def _sources(finding: Finding) -> tuple[Source, ...]:
    cited = (
        *finding.said_in,
        *(s for m in finding.measurements for s in m.sources),
        *(s for other in finding.other_readings for s in other.measurement.sources),
    )
    return tuple({source.source_id: source for source in cited}.values())
