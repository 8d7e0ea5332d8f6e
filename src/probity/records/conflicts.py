"""Figures that others, or the operator elsewhere, publish for the same deployments.

Every version is kept and shown beside the sum of the rows. Nothing is averaged, and nothing says
which version is right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from probity.records.bundled import Bundle, BundledRow
from probity.records.dates import Span, counted_span, span_of
from probity.records.schema import Deployment, total

SAME_PERIOD = 0.9
"""Share of the days of two periods, taken together, that both must hold to count as one."""

COMPARED = (
    "faces_seen",
    "alerts",
    "true_alerts",
    "false_alerts",
    "engagements",
    "arrests",
    "watchlist_size",
    "duration_minutes",
)
"""Columns in which versions are compared; disposals are printed unreliably and are left out."""

_ORIGIN = {
    "FOUND": "annual report",
    "FOUND-2": "annual report, as summarised by others",
}
"""Where a figure of the report was read; figures derived from it are not published ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published value of a figure and where it stands.

    ``value`` is a count, a date as text, or None where the source prints no such figure.
    ``record_ids`` are the rows it was taken from, empty for a figure of a report.
    ``rows_missing`` counts rows of a sum that print no such figure.
    """

    value: int | str | None
    source_ids: tuple[str, ...]
    record_ids: tuple[str, ...]
    note: str = ""
    rows_missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure of the selection and what is published for the same thing elsewhere.

    Attributes
    ----------
    about : str
        What the figure is of: a force and period, or a day and place.
    column : str or None
        "deployments", a column of ``COMPARED`` or "date_start"; None where the versions
        disagree in words only.
    used : Version
        The value the sums use.
    elsewhere : tuple of Version
        Every other published value, in the order of the bundled files.
    basis : str
        How it was decided that they are about the same thing, in words.
    """

    about: str
    column: str | None
    used: Version
    elsewhere: tuple[Version, ...]
    basis: str

    @property
    def conflict(self) -> bool:
        """Whether some other version is not the value used.

        Where rows of the sum are missing (``used.rows_missing``) they may be the difference.
        """
        return self.column is None or any(v.value != self.used.value for v in self.elsewhere)


def published_for_period(
    deployments: Sequence[Deployment], *, force: str, start: date, end: date, bundle: Bundle
) -> tuple[Published, ...]:
    """Return totals published for the same force and period, beside the sums of the rows.

    A published total counts as one for the same period when at least ``SAME_PERIOD`` of the days
    in either period are in both. A period published by month is taken as whole months.

    Parameters
    ----------
    deployments : sequence of Deployment
        The rows of the selection.
    start, end : date
        First and last day of the selection.
    """
    selected = Span(start, end)
    found: dict[str, list[Version]] = {}
    bases: dict[str, list[str]] = {}
    for period, words, column, version in _published_totals(force, bundle):
        shared = selected.days_shared(period)
        either = selected.days + period.days - shared
        if shared / either < SAME_PERIOD:
            continue
        found[column] = _merged([*found.get(column, []), version])
        basis = (
            f"published for {words}: of the {either} days in that period or the selection "
            f"{shared} are in both ({shared / either:.0%}, shown from {SAME_PERIOD:.0%})"
        )
        if basis not in bases.setdefault(column, []):
            bases[column].append(basis)
    return tuple(
        Published(
            about=f"{force}, {start} to {end}",
            column=column,
            used=_sum_version(deployments, column),
            elsewhere=tuple(found[column]),
            basis="; ".join(bases[column]),
        )
        for column in ("deployments", *COMPARED)
        if column in found
    )


def published_for_deployments(
    deployments: Sequence[Deployment], *, bundle: Bundle
) -> tuple[Published, ...]:
    """Return other published versions of single deployments of a selection.

    They are the rows linked in ``conflicts_with``. Where the other row is a total of several
    deployments, it is compared with their sum, if all of them are in the selection.
    """
    selected = {d.record_id: d for d in deployments}
    return tuple(
        published
        for other in bundle.rows
        if other.deployment.record_id not in selected
        and other.conflicts_with
        and set(other.conflicts_with) <= selected.keys()
        for published in _compared([selected[i] for i in other.conflicts_with], other)
    )


def _published_totals(force: str, bundle: Bundle) -> Iterator[tuple[Span, str, str, Version]]:
    """Period, its words, column and value of every total published for a whole force."""
    for figure in bundle.report_2024_25 if force == "Metropolitan Police" else ():
        period = span_of(figure.period_start, figure.period_end)
        published = figure.status in _ORIGIN and figure.metric in ("deployments", *COMPARED)
        if period and published:
            yield (
                period,
                f"{figure.period_start} to {figure.period_end}",
                figure.metric,
                Version(
                    value=int(figure.value),
                    source_ids=(figure.source_id,),
                    record_ids=(),
                    note="; ".join(filter(None, (_ORIGIN[figure.status], figure.note))),
                ),
            )
    for row in bundle.rows:
        d = row.deployment
        period = span_of(d.date_start, d.date_end)
        # "aggregate" alone is the place of a force's total; sums made of these very rows by the
        # project are marked in it and would only repeat them.
        if d.force != force or row.kind != "aggregate" or d.place != "aggregate" or not period:
            continue
        for column in COMPARED:
            if (value := getattr(d, column)) is not None:
                version = Version(
                    value=value,
                    source_ids=(d.source_id,),
                    record_ids=(d.record_id,),
                    note=d.note,
                )
                yield period, f"{d.date_start} to {d.date_end}", column, version


def _merged(versions: Sequence[Version]) -> list[Version]:
    """Versions with one value become one, with the sources of all."""
    by_value: dict[object, Version] = {}
    for version in versions:
        known = by_value.get(version.value)
        by_value[version.value] = (
            version
            if known is None
            else Version(
                value=known.value,
                source_ids=_unique(known.source_ids + version.source_ids),
                record_ids=_unique(known.record_ids + version.record_ids),
                note="; ".join(_unique(tuple(n for n in (known.note, version.note) if n))),
            )
        )
    return list(by_value.values())


def _sum_version(deployments: Sequence[Deployment], column: str) -> Version:
    rows = tuple(deployments)
    counting = column == "deployments"
    used = rows if counting else tuple(d for d in rows if getattr(d, column) is not None)
    return Version(
        value=len(rows) if counting else total(rows, column),
        source_ids=_unique(tuple(d.source_id for d in used)),
        record_ids=(),
        rows_missing=len(rows) - len(used),
    )


def _compared(used: Sequence[Deployment], other: BundledRow) -> Iterator[Published]:
    theirs = other.deployment
    ours = tuple(used)
    day = counted_span(ours[0])
    about = f"{day.first if day else ours[0].date_start} {ours[0].place}"
    if len(ours) > 1:
        about += f" and {len(ours) - 1} more"
    values: Mapping[str, tuple[int | str | None, int | str | None]] = {
        column: (total(ours, column), getattr(theirs, column)) for column in COMPARED
    } | ({"date_start": (ours[0].date_start, theirs.date_start)} if len(ours) == 1 else {})
    differing = [
        column
        for column, (mine, other_value) in values.items()
        if mine is not None and other_value is not None and mine != other_value
    ]
    none: tuple[str | None, ...] = (None,)
    for column in differing or none:
        mine, other_value = values[column] if column else (None, None)
        yield Published(
            about=about,
            column=column,
            used=Version(
                value=mine,
                source_ids=_unique(tuple(d.source_id for d in ours)),
                record_ids=tuple(d.record_id for d in ours),
                note="; ".join(_unique(tuple(d.note for d in ours if d.note))),
            ),
            elsewhere=(
                Version(
                    value=other_value,
                    source_ids=(theirs.source_id,),
                    record_ids=(theirs.record_id,),
                    note=theirs.note,
                ),
            ),
            basis="linked in the bundled data as versions of one deployment"
            if len(ours) == 1
            else "linked in the bundled data as a total of these deployments",
        )


def _unique(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
