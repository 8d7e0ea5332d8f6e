"""A measure in words: its value, its counts, its interval, and how it was taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from probity.claims import words
from probity.claims.finding import Measurement
from probity.core import Count, EventRate, Rate, Total, Undefined
from probity.publish.figures.figure import Column, Table
from probity.publish.sentences import capital


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


def unit_of(measurement: Measurement) -> str:
    """The unit its value is put into words in: a rate is a share, whatever it is called."""
    return "share" if isinstance(measurement.measured, Rate) else measurement.unit


def in_words(measurement: Measurement, *, tested: bool) -> MeasureWords:
    """Put one measure into words."""
    measured, unit = measurement.measured, unit_of(measurement)
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
        bounds = words.bounds(measured.low, measured.high, value=measured.value, unit=unit)
        method = measured.method
        ends = f"{100 * measured.level:g}% interval: {bounds} ({short_method(method)})"
    return MeasureWords(
        measurement=measurement,
        tested=tested,
        value=words.quantity(measured.value, unit=unit),
        counts=_counts(measurement),
        interval=ends,
        method=method,
    )


def short_method(method: str) -> str:
    """The name of a method without its particulars: "Korn-Graubard", "Clopper-Pearson"."""
    return re.split(r" over | \(|, ", method, maxsplit=1)[0]


def without_repeats(measures: Iterable[MeasureWords]) -> tuple[MeasureWords, ...]:
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


def count_of(measurement: Measurement) -> Count | None:
    """The counts behind a share, where there are any."""
    measured = measurement.measured
    return measured.count if isinstance(measured, Rate) else measurement.count


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
    measured, count = measurement.measured, count_of(measurement)
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
