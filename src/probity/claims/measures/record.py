"""Measures summed from published deployment rows.

A share counts only the rows that state both its parts; the note says how many were left out. A
share is taken in two ways: as a rate with its interval, which says what the system does, and as a
total, which says what the record reports for its period.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from probity.claims import words
from probity.claims.evidence import Evidence
from probity.claims.finding import Basis, Measurement
from probity.claims.measures.measure import Measure, Params
from probity.core import Count, InputError, Measured, Total, Undefined
from probity.records.breaks import breaks_crossed
from probity.records.dates import Span, counted_span, span_of
from probity.records.schema import COUNT_COLUMNS, Deployment
from probity.records.selection import Selection
from probity.records.selection import select as select_period

Date = Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-\d\d(-\d\d)?)?$")]
Take = Callable[[Evidence, "Rows", float], Measurement]


class Rows(Params):
    """Which deployment rows: of one force, in a period, and where asked only some of them."""

    force: str = Field(min_length=1)
    start: Date | None = Field(default=None, alias="from", description="first date counted")
    end: Date | None = Field(default=None, alias="to", description="last date counted")
    threshold: str | None = Field(
        default=None, pattern=r"^\d(\.\d{1,4})?$", description="only rows that print this threshold"
    )
    borough: str | None = Field(default=None, description="only rows whose place names it")
    place: str | None = Field(default=None, description="only rows with exactly this place")

    def words(self) -> str:
        """Whose rows, and when."""
        only = [f"at threshold {self.threshold}"] if self.threshold else []
        only += [f"in {self.borough or self.place}"] if self.borough or self.place else []
        return ", ".join([self.force, *only, words.period(self.start, self.end)])


class Column(Rows):
    """A column of the record to sum."""

    column: str

    @field_validator("column")
    @classmethod
    def _can_be_summed(cls, column: str) -> str:
        if column not in COUNT_COLUMNS:
            raise ValueError(f"{column!r} is none of {', '.join(COUNT_COLUMNS)}")
        return column


class TwoBoroughs(Rows):
    """Two boroughs whose deployments are compared."""

    more: str
    fewer: str


def select(evidence: Evidence, rows: Rows) -> Selection:
    """The rows of one force in a period, and those whose dates are too vague to place.

    Raises
    ------
    InputError
        The period ends before it starts, or a date is no day of the calendar.
    """
    start = _span(rows.start).first if rows.start else None
    end = _span(rows.end).last if rows.end else None
    if start and end and end < start:
        raise InputError("the period ends before it starts", got=f"{rows.start} to {rows.end}")
    wanted = [d for d in evidence.rows(rows.force) if _fits(d, rows)]
    return select_period(wanted, start=start, end=end)


def no_rows(rows: Rows) -> Undefined:
    """Say that no row was found, and what would change that."""
    return Undefined(
        f"no deployment rows with these figures are at hand for {rows.words()}; the force's own "
        "deployment record is needed, given with --records FILE"
    )


def year_of(deployment: Deployment) -> str:
    """The year a row is counted in; "not dated" where it has no usable date."""
    span = counted_span(deployment)
    return str(span.first.year) if span else "not dated"


def false_alerts(deployment: Deployment) -> int | None:
    """Alerts the operator adjudicated false."""
    return deployment.false_alerts


def false_or_unconfirmed(deployment: Deployment) -> int | None:
    """False alerts, and the true ones that were never checked with the person."""
    if deployment.false_alerts is None or deployment.true_unconfirmed is None:
        return None
    return deployment.false_alerts + deployment.true_unconfirmed


def arrests(deployment: Deployment) -> int | None:
    """Arrests, in some layouts arrests or disposals."""
    return deployment.arrests


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of the record: what is counted, and out of what."""

    name: str
    title: str
    cases: Callable[[Deployment], int | None]
    column: str

    def as_rate(self, evidence: Evidence, rows: Rows, level: float) -> Measurement:
        """The share with its exact interval."""
        from probity.stats.interval import clopper_pearson

        return self._take(evidence, rows, lambda count: clopper_pearson(count, level=level))

    def as_total(self, evidence: Evidence, rows: Rows, _level: float) -> Measurement:
        """The share as the record gives it for its period."""
        return self._take(
            evidence,
            rows,
            lambda count: (
                Total(count.k / count.n, count.population)
                if count.n
                else Undefined(f"no {count.population} in the record")
            ),
            suffix="_in_record",
        )

    def _take(
        self,
        evidence: Evidence,
        rows: Rows,
        measure: Callable[[Count], Measured],
        suffix: str = "",
    ) -> Measurement:
        selected = select(evidence, rows)
        stated = tuple(d for d in selected.deployments if self._states_both(d))
        k = sum(self.cases(d) or 0 for d in stated)
        n = sum(getattr(d, self.column) for d in stated)
        population = f"{_IN_WORDS[self.column]}, {rows.words()}"
        count = None
        measured: Measured
        if not stated:
            measured = no_rows(rows)
        elif k > n:
            measured = Undefined(f"the rows give {k:,} of {n:,} {population}")
        else:
            count = Count(k, n, population)
            measured = measure(count)
        return Measurement(
            name=self.name + suffix,
            title=self.title,
            unit="share",
            population=population,
            measured=measured,
            count=count if isinstance(measured, Total) else None,
            sources=evidence.sources_of(stated),
            note=_note(rows, selected, stated, faces=self.column == "faces_seen"),
            series=self._by_year(stated),
            basis=Basis.ROWS,
        )

    def _states_both(self, deployment: Deployment) -> bool:
        return self.cases(deployment) is not None and getattr(deployment, self.column) is not None

    def _by_year(
        self, deployments: tuple[Deployment, ...]
    ) -> tuple[dict[str, str | int | float | None], ...]:
        years: dict[str, list[int]] = {}
        for deployment in deployments:
            sums = years.setdefault(year_of(deployment), [0, 0, 0])
            sums[0] += 1
            sums[1] += self.cases(deployment) or 0
            sums[2] += getattr(deployment, self.column)
        return tuple(
            {"year": year, "deployments": sums[0], "k": sums[1], "n": sums[2]}
            for year, sums in sorted(years.items())
        )


def column_total(evidence: Evidence, rows: Column, _level: float) -> Measurement:
    """Sum of one column over the rows that state it."""
    selected = select(evidence, rows)
    stated = tuple(d for d in selected.deployments if getattr(d, rows.column) is not None)
    total = sum(getattr(d, rows.column) for d in stated)
    what = _IN_WORDS.get(rows.column, rows.column.replace("_", " "))
    population = f"{what}, {rows.words()}"
    return Measurement(
        name="total_in_record",
        title=f"Total of {what} in the record",
        unit=what,
        population=population,
        measured=Total(total, population) if stated else no_rows(rows),
        sources=evidence.sources_of(stated),
        note=_note(rows, selected, stated),
    )


def deployments_total(evidence: Evidence, rows: Rows, _level: float) -> Measurement:
    """How many deployment rows the record has."""
    selected = select(evidence, rows)
    population = f"deployment rows, {rows.words()}"
    return Measurement(
        name="deployments_in_record",
        title="Deployments in the record",
        unit="deployments",
        population=population,
        measured=Total(len(selected.deployments), population)
        if evidence.rows(rows.force)
        else no_rows(rows),
        sources=evidence.sources_of(selected.deployments),
        note=_note(rows, selected, selected.deployments),
    )


def lowest_threshold(evidence: Evidence, rows: Rows, _level: float) -> Measurement:
    """The lowest threshold that any row prints."""
    selected = select(evidence, rows)
    stated = tuple(d for d in selected.deployments if d.threshold is not None)
    printed = [d.threshold for d in stated if d.threshold is not None]
    population = f"deployment rows that print a threshold, {rows.words()}"
    lowest = min(printed, default=Decimal(0))
    return Measurement(
        name="lowest_threshold_in_record",
        title="Lowest threshold in the record",
        unit="score on the vendor's scale",
        population=population,
        measured=Total(float(lowest), population) if printed else no_rows(rows),
        sources=evidence.sources_of(stated),
        note=_note(rows, selected, stated),
    )


def more_deployments_in_one_borough(
    evidence: Evidence, rows: TwoBoroughs, _level: float
) -> Measurement:
    """Deployments in one borough less those in another.

    The borough is the one the record's place names, else that of the approximate ward which a
    third party gives.
    """
    selected = select(evidence, rows)
    placed = {ward.record_id: ward.borough for ward in evidence.bundle.deployment_wards}
    boroughs = [d.borough or placed.get(d.record_id) for d in selected.deployments]
    more, fewer = boroughs.count(rows.more), boroughs.count(rows.fewer)
    population = f"deployment rows with a known borough, {rows.words()}"
    return Measurement(
        name="more_deployments_in_one_borough",
        title=f"Deployments in {rows.more} less those in {rows.fewer}",
        unit="deployments",
        population=population,
        measured=Total(more - fewer, population) if selected.deployments else no_rows(rows),
        sources=(
            *evidence.sources_of(selected.deployments),
            evidence.source("garbett-2024-sheet"),
        ),
        note=f"{more} rows in {rows.more}, {fewer} in {rows.fewer}; {boroughs.count(None)} of "
        f"{len(boroughs)} rows have no known borough.",
        series=(
            {"borough": rows.more, "deployments": more},
            {"borough": rows.fewer, "deployments": fewer},
        ),
    )


def _note(
    rows: Rows, selected: Selection, stated: tuple[Deployment, ...], *, faces: bool = False
) -> str:
    parts = [f"{len(stated):,} rows."]
    if left_out := len(selected.deployments) - len(stated):
        parts.append(f"{left_out:,} more do not state what is counted and are left out.")
    if selected.unplaced:
        parts.append(f"{len(selected.unplaced):,} rows have dates too vague to place.")
    if second_hand := sum(d.confidence != "primary" for d in stated):
        parts.append(f"{second_hand:,} rows were read in a transcription, not in the original.")
    days = [span for d in stated if (span := counted_span(d))]
    if faces and days:
        first, last = min(s.first for s in days), max(s.last for s in days)
        crossed = breaks_crossed(first, last, force=rows.force)
        if crossed:
            dates = ", ".join(words.day(b.day.isoformat()) for b in crossed)
            parts.append(f"The count of faces seen breaks on {dates}: the sum mixes two ways.")
    return " ".join(parts)


def _fits(deployment: Deployment, rows: Rows) -> bool:
    return (
        (rows.threshold is None or deployment.threshold == Decimal(rows.threshold))
        and (rows.borough is None or deployment.borough == rows.borough)
        and (rows.place is None or deployment.place == rows.place)
    )


def _span(date: str) -> Span:
    span = span_of(date, date)
    if span is None:
        raise InputError("no day of the calendar", got=date, allowed="YYYY-MM-DD, YYYY-MM or YYYY")
    return span


_IN_WORDS = {
    "faces_seen": "faces seen",
    "alerts": "alerts",
    "false_alerts": "false alerts",
    "arrests": "arrests",
}
_SHARES = (
    Share(
        name="false_alerts_per_face_seen",
        title="False alerts per face seen",
        cases=false_alerts,
        column="faces_seen",
    ),
    Share(
        name="false_share_of_alerts",
        title="False share of alerts",
        cases=false_alerts,
        column="alerts",
    ),
    Share(
        name="false_or_unconfirmed_alerts_per_face_seen",
        title="Alerts false or never confirmed, per face seen",
        cases=false_or_unconfirmed,
        column="faces_seen",
    ),
    Share(
        name="arrests_per_alert",
        title="Arrests per alert",
        cases=arrests,
        column="alerts",
    ),
)
MEASURES = (
    *(
        Measure(
            name=share.name,
            title=share.title,
            unit="share",
            gives="interval",
            params=Rows,
            take=share.as_rate,
        )
        for share in _SHARES
    ),
    *(
        Measure(
            name=f"{share.name}_in_record",
            title=f"{share.title}, as the record has it",
            unit="share",
            gives="total",
            params=Rows,
            take=share.as_total,
        )
        for share in _SHARES
    ),
    Measure(
        name="total_in_record",
        title="Total of a column of the record",
        unit="what is counted",
        gives="total",
        params=Column,
        take=column_total,
    ),
    Measure(
        name="deployments_in_record",
        title="Deployments in the record",
        unit="deployments",
        gives="total",
        params=Rows,
        take=deployments_total,
    ),
    Measure(
        name="lowest_threshold_in_record",
        title="Lowest threshold in the record",
        unit="score on the vendor's scale",
        gives="total",
        params=Rows,
        take=lowest_threshold,
    ),
    Measure(
        name="more_deployments_in_one_borough",
        title="Deployments in one borough less those in another",
        unit="deployments",
        gives="total",
        params=TwoBoroughs,
        take=more_deployments_in_one_borough,
    ),
)
