"""What is doubtful in a record: figures published otherwise elsewhere, and problems in its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from probity.claims.evidence import Evidence
from probity.publish.figures.figure import Cell, Column, Table
from probity.publish.iso_days import with_days_in_words
from probity.records.breaks import FORCE as LONDON
from probity.records.check import KINDS, problems_in
from probity.records.conflicts import Published, published_for_deployments, published_for_period
from probity.records.schema import Deployment, Problem
from probity.records.selection import select

MOST_PROBLEMS = 500
"""Problems of one kind that are listed; ``probity records problems`` lists all."""

ANNUAL_REPORT = (date(2024, 9, 11), date(2025, 9, 10))
"""The report prints its year as September to September; the rows of these days give its faces
seen to the digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsOfAKind:
    """Problems that are alike: what they are, how many, and the first of them."""

    words: str
    count: int
    table: Table


def versions_elsewhere(
    rows: Sequence[Deployment], evidence: Evidence, *, force: str
) -> tuple[Published, ...]:
    """Other published versions of a record's figures: of a year of it, and of single rows."""
    return (
        *_beside_the_annual_report(evidence, force=force),
        *published_for_deployments(rows, bundle=evidence.bundle),
    )


def _beside_the_annual_report(evidence: Evidence, *, force: str) -> tuple[Published, ...]:
    """Totals that the force's annual report gives for its year, beside the sums of the rows."""
    if force != LONDON:
        return ()
    start, end = ANNUAL_REPORT
    rows = select(evidence.rows(force), start=start, end=end).deployments
    return published_for_period(rows, force=force, start=start, end=end, bundle=evidence.bundle)


def versions_table(versions: Sequence[Published], evidence: Evidence) -> Table:
    """A row for each other version, beside the value used in the sums."""
    headings = ("What", "Figure", "In the sums", "Elsewhere", "Agree", "Published by", "Note")
    return Table(
        columns=tuple(Column(heading) for heading in headings),
        rows=tuple(
            (
                with_days_in_words(published.about),
                (published.column or "in words only").replace("_", " "),
                published.used.value,
                other.value,
                "yes" if other.value == published.used.value and published.column else "no",
                ", ".join(evidence.source(i).publisher for i in other.source_ids),
                other.note,
            )
            for published in versions
            for other in published.elsewhere
        ),
    )


def problems_by_source(
    rows: Sequence[Deployment], evidence: Evidence
) -> Mapping[str, Sequence[Problem]]:
    """Problems by the source they were found in: the user's as read, the bundled ones afresh."""
    own = {record.source.source_id: record.problems for record in evidence.own}
    bundled: dict[str, list[Deployment]] = {}
    for row in sorted(rows, key=lambda d: d.row):
        if row.source_id not in own:
            bundled.setdefault(row.source_id, []).append(row)
    return {**{source: problems_in(part) for source, part in bundled.items()}, **own}


def sources_with_identical_columns(problems: Mapping[str, Sequence[Problem]]) -> frozenset[str]:
    """Sources that print two columns of outcomes the same, so that neither can be used."""
    return frozenset(
        source
        for source, found in problems.items()
        if any(problem.kind == "identical-columns" for problem in found)
    )


def problems_by_kind(
    problems: Mapping[str, Sequence[Problem]], rows: Sequence[Deployment], evidence: Evidence
) -> tuple[ProblemsOfAKind, ...]:
    """Problems in the order of the kinds, each with the place and day of its row."""
    place = {(d.source_id, d.row): f"{d.place}, {d.date_start}" for d in rows}
    found: dict[str, list[tuple[Cell, ...]]] = {}
    for source, doubts in problems.items():
        for doubt in doubts:
            where = (
                place.get((source, doubt.row), f"row {doubt.row}") if doubt.row else "whole record"
            )
            found.setdefault(doubt.kind, []).append(
                (
                    where,
                    (doubt.column or "").replace("_", " "),
                    doubt.got,
                    doubt.message,
                    doubt.done,
                    evidence.source(source).title,
                )
            )
    headings = ("Where", "Column", "Printed", "Doubt", "What became of it", "Record")
    return tuple(
        ProblemsOfAKind(
            words=KINDS[kind],
            count=len(found[kind]),
            table=Table(
                columns=tuple(Column(heading) for heading in headings),
                rows=tuple(found[kind][:MOST_PROBLEMS]),
            ),
        )
        for kind in KINDS
        if kind in found
    )
