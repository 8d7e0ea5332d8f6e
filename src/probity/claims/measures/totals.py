"""Totals of published deployment rows: what the record says, without sampling."""

from decimal import Decimal

from pydantic import field_validator

from probity.claims.evidence import Evidence
from probity.claims.finding import Measurement
from probity.claims.measures.measure import Measure
from probity.claims.measures.rows import Rows, borough_of, no_rows, note_on, select
from probity.core import Total
from probity.records.schema import COUNT_COLUMNS


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


def column_total(evidence: Evidence, rows: Column, _level: float) -> Measurement:
    """Sum of one column over the rows that state it."""
    selected = select(evidence, rows)
    stated = tuple(d for d in selected.deployments if getattr(d, rows.column) is not None)
    total = sum(getattr(d, rows.column) for d in stated)
    what = rows.column.replace("_", " ")
    population = f"{what}, {rows.words()}"
    return Measurement(
        name="total_in_record",
        title=f"Total of {what} in the record",
        unit=what,
        population=population,
        measured=Total(total, population) if stated else no_rows(rows),
        sources=evidence.sources_of(stated),
        note=note_on(rows, selected, stated),
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
        note=note_on(rows, selected, selected.deployments),
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
        note=note_on(rows, selected, stated),
    )


def more_deployments_in_one_borough(
    evidence: Evidence, rows: TwoBoroughs, _level: float
) -> Measurement:
    """Deployments in one borough less those in another."""
    selected = select(evidence, rows)
    boroughs = [borough_of(evidence, d) for d in selected.deployments]
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


MEASURES = (
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
