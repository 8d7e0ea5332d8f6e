"""The record itself, as the report shows it: sums, charts, conflicts and problems."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from probity.claims import words
from probity.claims.evidence import Evidence
from probity.core import Rate, Source, Undefined
from probity.publish.boroughs import count_by_borough
from probity.publish.figures.alerts import alerts
from probity.publish.figures.deployments_over_time import deployments_over_time
from probity.publish.figures.faces_per_hour import FacesPerHour, Stretch, faces_per_hour
from probity.publish.figures.figure import Cell, Column, Figure, Table
from probity.publish.figures.outcomes import outcomes
from probity.publish.figures.tile_map import tile_map
from probity.publish.figures.watchlist_growth import WatchlistSize, watchlist_growth
from probity.publish.months import by_month, in_order_of_time, judged_alerts, usable_outcomes
from probity.records.breaks import Break
from probity.records.cautions import cautions
from probity.records.check import KINDS, problems_in
from probity.records.conflicts import Published, published_for_deployments, published_for_period
from probity.records.dates import counted_span
from probity.records.rates import FACES_PER_HOUR, rates
from probity.records.schema import Deployment, Problem
from probity.records.selection import select
from probity.records.summarise import Group, Summary, summarise

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

LONDON = "Metropolitan Police"
"""The force whose deployments the tile map can show."""


ANNUAL_REPORT = (date(2024, 9, 11), date(2025, 9, 10))
"""The report prints its year as September to September; the rows of these days give its faces
seen to the digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsOfAKind:
    """Problems that are alike: what they are, and each of them."""

    words: str
    table: Table


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
    summary = summarise(rows, by="year")
    problems = _problems(rows, evidence)
    versions = (
        *_beside_the_annual_report(evidence, force=force),
        *published_for_deployments(rows, bundle=evidence.bundle),
    )
    cited = (*summary.source_ids, *(i for p in versions for v in p.elsewhere for i in v.source_ids))
    return RecordPage(
        force=force,
        deployments=len(rows),
        first=_day(rows[0]),
        last=_day(rows[-1]),
        cautions=cautions(rows, summary, bundle=evidence.bundle, force=force),
        years=_years(summary),
        year_notes=_year_notes(summary),
        figures=_figures(rows, summary, problems, evidence, force=force),
        conflicts=_conflicts(versions, evidence),
        problems=_by_kind(problems, rows, evidence),
        sources=tuple(evidence.source(i) for i in dict.fromkeys(cited)),
    )


def _force_shown(evidence: Evidence) -> str:
    own = {d.force for record in evidence.own for d in record.deployments}
    forces = sorted(own or evidence.bundle.forces)
    return max(forces, key=lambda force: len(evidence.rows(force)), default="")


def _day(deployment: Deployment) -> str:
    span = counted_span(deployment)
    return span.first.isoformat() if span else ""


def _years(summary: Summary) -> Table:
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
    return "– " + _ISO_DAY.sub(lambda match: words.day(match.group()), segment)


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
    ends = words.bounds(measured.low, measured.high, unit="share")
    return f"{words.share(measured.value)} ({ends})"


def _year_notes(summary: Summary) -> tuple[str, ...]:
    missing = [
        f"{group.missing[column]} of {group.deployments} rows of {group.key} print no "
        f"{column.replace('_', ' ')}"
        for group in summary.groups
        for column in ("alerts", "true_alerts", "false_alerts")
        if group.missing[column] > 0
    ]
    notes = [
        "In brackets: 95% Clopper-Pearson interval. Faces seen are detections, not people, and "
        "are not independent of each other: intervals that let deployments differ are wider "
        "(probity records summary prints both)."
    ]
    return (
        (*notes, f"A sum leaves out rows without the figure: {'; '.join(missing)}.")
        if (missing)
        else tuple(notes)
    )


def _figures(
    rows: Sequence[Deployment],
    summary: Summary,
    problems: Mapping[str, Sequence[Problem]],
    evidence: Evidence,
    *,
    force: str,
) -> tuple[Figure, ...]:
    months = by_month(rows)
    unusable = frozenset(
        source
        for source, found in problems.items()
        if any(p.kind == "identical-columns" for p in found)
    )
    figures = [
        deployments_over_time({m: len(d) for m, d in months.items()}, force=force)
        if months
        else None,
        _map(rows, evidence, force=force),
        _watchlists(rows, force=force),
        _faces(rows, summary, force=force),
        alerts(
            {m: judged_alerts(d) for m, d in months.items()},
            force=force,
            notes=(
                "True and false are the operator’s own judgement. “Unconfirmed” alerts were "
                "never checked with the person. Where the source does not say whether a true "
                "alert was confirmed, it is drawn as not split.",
            ),
        )
        if months
        else None,
        outcomes(
            {m: usable_outcomes(d, unusable=unusable) for m, d in months.items()},
            force=force,
            notes=_outcome_notes(rows, unusable),
        )
        if months
        else None,
    ]
    return tuple(figure for figure in figures if figure is not None)


def _outcome_notes(rows: Sequence[Deployment], unusable: frozenset[str]) -> tuple[str, ...]:
    affected = [d for d in rows if d.source_id in unusable]
    silent = sum(d.no_action is None for d in rows)
    notes = []
    if affected:
        notes.append(
            f"In {len(affected)} rows, {words.day(_day(affected[0]))} to "
            f"{words.day(_day(affected[-1]))}, other disposals and no action are printed "
            "identical in every row. Neither can be right throughout, so only arrests are drawn."
        )
    if silent:
        notes.append(f"{silent} of {len(rows)} rows print no other outcome than arrests.")
    return tuple(notes)


def _map(rows: Sequence[Deployment], evidence: Evidence, *, force: str) -> Figure | None:
    if force != LONDON:
        return None
    counted = count_by_borough(rows, bundle=evidence.bundle)
    ways = "; ".join(f"{number} because {way}" for way, number in counted.known_by.items())
    return tile_map(
        counted.deployments,
        period=f"{words.day(_day(rows[0]))} to {words.day(_day(rows[-1]))}",
        notes=(
            f"The record gives a place, not a borough. Boroughs are known for {ways}. "
            f"{counted.not_placed} deployments, such as those on a road along a boundary, could "
            "not be placed and are on no tile.",
            "Residents of a borough are not the people who walk past a camera there.",
        ),
    )


def _watchlists(rows: Sequence[Deployment], *, force: str) -> Figure | None:
    sizes = [
        WatchlistSize(_day(d), d.place, d.watchlist_size)
        for d in rows
        if d.watchlist_size is not None
    ]
    if not sizes:
        return None
    silent = len(rows) - len(sizes)
    return watchlist_growth(
        sizes,
        force=force,
        notes=(f"{silent} of {len(rows)} rows do not give the size of the watchlist.",)
        if silent
        else (),
    )


def _faces(rows: Sequence[Deployment], summary: Summary, *, force: str) -> Figure | None:
    shown = [
        FacesPerHour(
            _day(d),
            d.place,
            d.faces_seen,
            d.duration_minutes,
            60 * d.faces_seen / d.duration_minutes,
        )
        for d in rows
        if d.faces_seen and d.duration_minutes
    ]
    if not shown:
        return None
    silent = len(rows) - len(shown)
    breaks = summary.whole.breaks
    return faces_per_hour(
        shown,
        _stretches(rows, breaks, first=shown[0].day, last=shown[-1].day),
        force=force,
        notes=(
            *(b.statement for b in breaks),
            *(
                (
                    "No explanation of these breaks is published, and alerts per hour do not "
                    "fall with them, which points to a change in what is counted. Sums of faces "
                    "seen and rates per face seen are therefore not pooled across them.",
                )
                if breaks
                else ()
            ),
            *(
                (f"{silent} of {len(rows)} rows lack faces or hours and are not drawn.",)
                if silent
                else ()
            ),
        ),
    )


def _stretches(
    rows: Sequence[Deployment], breaks: Sequence[Break], *, first: str, last: str
) -> list[Stretch]:
    """The time between breaks, each stretch with its faces per hour."""
    days = [b.day.isoformat() for b in breaks if first < b.day.isoformat() <= last]
    stretches = []
    for start, end in pairwise([first, *days, last]):
        final = end == last
        part = [d for d in rows if start <= _day(d) and (_day(d) < end or final)]
        rate = next(r for r in rates(part) if r.name == FACES_PER_HOUR)
        if not isinstance(rate.measured, Undefined):
            stretches.append(Stretch(start, end, rate.measured.value, rate.rows_used))
    return stretches


def _beside_the_annual_report(evidence: Evidence, *, force: str) -> tuple[Published, ...]:
    """Totals that the force's annual report gives for its year, beside the sums of the rows."""
    if force != LONDON:
        return ()
    start, end = ANNUAL_REPORT
    rows = select(evidence.rows(force), start=start, end=end).deployments
    return published_for_period(rows, force=force, start=start, end=end, bundle=evidence.bundle)


def _conflicts(versions: Sequence[Published], evidence: Evidence) -> Table:
    headings = ("What", "Figure", "In the sums", "Elsewhere", "Agree", "Published by", "Note")
    return Table(
        columns=tuple(Column(heading) for heading in headings),
        rows=tuple(
            (
                _ISO_DAY.sub(lambda match: words.day(match.group()), published.about),
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


def _problems(rows: Sequence[Deployment], evidence: Evidence) -> Mapping[str, Sequence[Problem]]:
    """Problems by the source they were found in: the user's as read, the bundled ones afresh."""
    own = {record.source.source_id: record.problems for record in evidence.own}
    bundled: dict[str, list[Deployment]] = {}
    for row in sorted(rows, key=lambda d: d.row):
        if row.source_id not in own:
            bundled.setdefault(row.source_id, []).append(row)
    return {**{source: problems_in(part) for source, part in bundled.items()}, **own}


def _by_kind(
    problems: Mapping[str, Sequence[Problem]], rows: Sequence[Deployment], evidence: Evidence
) -> tuple[ProblemsOfAKind, ...]:
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
            table=Table(
                columns=tuple(Column(heading) for heading in headings), rows=tuple(found[kind])
            ),
        )
        for kind in KINDS
        if kind in found
    )
