"""The record itself, as the report shows it: sums, charts, conflicts and problems."""

from collections.abc import Sequence
from dataclasses import dataclass

from probity.claims import words
from probity.claims.evidence import Evidence
from probity.core import Rate, Source
from probity.publish.figures.figure import Cell, Column, Figure, Table
from probity.publish.iso_days import first_day, with_days_in_words
from probity.publish.months import in_order_of_time
from probity.publish.record_doubts import (
    ProblemsOfAKind,
    problems_by_kind,
    problems_by_source,
    sources_with_identical_columns,
    versions_elsewhere,
    versions_table,
)
from probity.publish.record_figures import MOST_POINTS, record_figures
from probity.records.cautions import cautions
from probity.records.grouping import By
from probity.records.schema import Deployment
from probity.records.summarise import Group, Summary, summarise


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """What the report shows of one force's record; ``first`` and ``last`` are ISO days."""

    force: str
    deployments: int
    first: str
    last: str
    cautions: tuple[str, ...]
    years: Table
    year_notes: tuple[str, ...]
    figures: tuple[Figure, ...]
    conflicts: Table
    problems: tuple[ProblemsOfAKind, ...]
    sources: tuple[Source, ...]


def record_page(evidence: Evidence) -> RecordPage | None:
    """Lay out the record of the force with the most deployments; None where there is none.

    Where the user gave records of their own, one of the forces in them is shown.
    """
    force = _force_shown(evidence)
    rows = in_order_of_time(evidence.rows(force)) if force else ()
    if not rows:
        return None
    summary = summarise(rows, by=By.YEAR)
    problems = problems_by_source(rows, evidence)
    versions = versions_elsewhere(rows, evidence, force=force)
    cited = (*summary.source_ids, *(i for p in versions for v in p.elsewhere for i in v.source_ids))
    return RecordPage(
        force=force,
        deployments=len(rows),
        first=first_day(rows[0]),
        last=first_day(rows[-1]),
        cautions=_cautions(rows, summary, evidence, force=force),
        years=sums_by_year(summary),
        year_notes=notes_on_sums(summary),
        figures=record_figures(
            rows,
            summary,
            evidence,
            force=force,
            unusable=sources_with_identical_columns(problems),
        ),
        conflicts=versions_table(versions, evidence),
        problems=problems_by_kind(problems, rows, evidence),
        sources=tuple(evidence.source(i) for i in dict.fromkeys(cited)),
    )


def _cautions(
    rows: Sequence[Deployment], summary: Summary, evidence: Evidence, *, force: str
) -> tuple[str, ...]:
    found = cautions(rows, summary, bundle=evidence.bundle, force=force)
    too_many = (
        f"{len(rows):,} deployments are too many to draw one by one: charts of watchlists and of "
        "faces seen per hour are left out"
    )
    return (*map(with_days_in_words, found), *((too_many,) if len(rows) > MOST_POINTS else ()))


def _force_shown(evidence: Evidence) -> str:
    own = {d.force for record in evidence.own for d in record.deployments}
    forces = sorted(own or evidence.bundle.forces)
    return max(forces, key=lambda force: len(evidence.rows(force)), default="")


def sums_by_year(summary: Summary) -> Table:
    counts = ("Deployments", "Faces seen", "Alerts", "True alerts", "False alerts", "Arrests")
    shares = ("False alerts per face seen", "False share of alerts")
    rows: list[tuple[Cell, ...]] = []
    for group in summary.groups:
        rows.append(_sums(group, group.key))
        rows.extend(_sums(part, _period(part.key)) for part in group.segments)
    return Table(
        columns=(
            Column("Period"),
            *(Column(heading, number=True) for heading in counts),
            *(Column(heading) for heading in shares),
        ),
        rows=tuple(rows),
    )


def _period(segment: str) -> str:
    """The name of a stretch of time, with its dates as a reader writes them."""
    return f"– {with_days_in_words(segment)}"


def _sums(group: Group, name: str) -> tuple[Cell, ...]:
    columns = ("faces_seen", "alerts", "true_alerts", "false_alerts", "arrests")
    shares = {rate.name: rate.measured for rate in group.rates}
    per_face, of_alerts = (
        shares["false_alerts_per_face_seen"],
        shares["false_share_of_alerts"],
    )
    return (
        name,
        group.deployments,
        *(group.totals[column] for column in columns),
        "not pooled over a break" if group.breaks else _share(per_face),
        _share(of_alerts),
    )


def _share(measured: object) -> str | None:
    if not isinstance(measured, Rate):
        return None
    ends = words.bounds(measured.low, measured.high, value=measured.value, unit="share")
    return f"{words.share(measured.value)} ({ends})"


def notes_on_sums(summary: Summary) -> tuple[str, ...]:
    missing = [
        f"{group.missing[column]} of {group.deployments} rows of {group.key} print no "
        f"{column.replace('_', ' ')}"
        for group in summary.groups
        for column in ("alerts", "true_alerts", "false_alerts")
        if group.missing[column] > 0
    ]
    notes = [
        "In brackets: 95% Clopper-Pearson interval. Faces seen are detections, not people, and "
        "are not independent of each other: probity records summary also gives intervals that "
        "let deployments differ."
    ]
    return (
        (*notes, f"A sum leaves out rows without the figure: {'; '.join(missing)}.")
        if (missing)
        else tuple(notes)
    )
