"""The pictures of a claim: its measures beside what it says, and what it turns on."""

from collections.abc import Sequence
from math import inf

from probity.claims import words
from probity.claims.claim import SampleSizeTipping
from probity.claims.finding import Finding, Measurement
from probity.claims.relation import Limit, Relation
from probity.claims.verdict import interval
from probity.core import Undefined
from probity.publish.figures.axis_scale import Unit
from probity.publish.figures.figure import Figure
from probity.publish.figures.interval_plot import ClaimedRange, IntervalRow, interval_plot
from probity.publish.figures.tipping_curve import tipping_curve
from probity.publish.measure_words import MeasureWords, measure_table, short_method, unit_of
from probity.publish.verdicts import VERDICTS


def measures_figure(
    finding: Finding, measures: Sequence[MeasureWords], claimed: str, *, anchor: str
) -> Figure | None:
    """The measures in the unit of the tested one; None where that one has no value."""
    test, first = finding.claim.test, measures[0]
    if not first.defined:
        return None
    unit = plot_unit(first.measurement)
    shown = [m for m in measures if m.defined and plot_unit(m.measurement) == unit]
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
        claimed=ClaimedRange(pieces=claimed_pieces(test.relation, test.limit), words=claimed),
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
        f"{name}, {short_method(m.method)}" if named.count(name) > 1 else name
        for m, name in zip(measures, named, strict=True)
    ]


def _when(measurement: Measurement) -> str:
    """The population without what is counted: whose record, and over what time."""
    what, _, whose = measurement.population.partition(", ")
    return whose or what


def plot_unit(measurement: Measurement) -> Unit:
    return "proportion" if unit_of(measurement) in {"share", "per search"} else "number"


def _row(measure: MeasureWords, *, name: str) -> IntervalRow:
    measured = measure.measurement.measured
    assert not isinstance(measured, Undefined)  # noqa: S101 (only defined measures are drawn)
    low, high = interval(measured)
    unit = unit_of(measure.measurement)
    ends = words.bounds(low, high, value=measured.value, unit=unit)
    return IntervalRow(
        words=name,
        value=measured.value,
        low=low,
        high=high,
        value_words=measure.value if low == high else f"{measure.value} ({ends})",
        tested=measure.tested,
    )


def claimed_pieces(relation: Relation, limit: Limit) -> tuple[tuple[float, float], ...]:
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


def tipping_figure(finding: Finding, *, anchor: str) -> Figure | None:
    """The tipping curve; None where the claim turns on no unpublished number."""
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
