"""Sums and rates of deployments, by group, with what is missing and what must not be pooled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType

from probity.records.breaks import Break, breaks_crossed
from probity.records.context import DateCorrection
from probity.records.dates import Span, correction_of, counted_span
from probity.records.grouping import By
from probity.records.rates import GroupRate, rates
from probity.records.schema import Deployment, total

SUMMED = ("faces_seen", "alerts", "true_alerts", "false_alerts", "arrests", "duration_minutes")
"""Columns that are summed. Watchlists overlap from day to day, and disposals are printed
unreliably: neither has a sum that means anything."""

NOT_STATED = "not stated"
ALL = "all deployments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Deployments that share something, summed.

    Attributes
    ----------
    key : str
        What they share, "not stated" where their rows do not say.
    deployments : int
        Number of deployments.
    totals : Mapping of str to int or None
        Sum of each column of ``SUMMED`` over the rows that print it; None where none does.
    missing : Mapping of str to int
        Rows that do not print each column.
    rates : tuple of GroupRate
        See ``probity.records.rates``.
    breaks : tuple of Break
        Breaks in faces seen with deployments on both sides. Where there are any, ``faces_seen``
        and the rates with ``uses_faces`` mix ways of counting: read ``segments`` instead.
    segments : tuple of Group
        The same deployments, cut at the breaks, in order of time; empty without breaks.
    """

    key: str
    deployments: int
    totals: Mapping[str, int | None]
    missing: Mapping[str, int]
    rates: tuple[GroupRate, ...]
    breaks: tuple[Break, ...]
    segments: tuple["Group", ...]

    @property
    def warning(self) -> str:
        """Why faces seen must not be pooled here; empty where they may."""
        if not self.breaks:
            return ""
        days = ", ".join(str(b.day) for b in self.breaks)
        return (
            f"faces seen are not comparable across {days}: the count per hour changes there "
            "without a published explanation. The pooled figure and rates per face seen mix "
            "ways of counting; read the segments"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Groups of deployments, and all of them together.

    ``corrections`` are the rows counted under another date than the printed one. ``source_ids``
    are the sources of the rows, in order of first use.
    """

    by: By | None
    groups: tuple[Group, ...]
    whole: Group
    corrections: tuple[DateCorrection, ...]
    source_ids: tuple[str, ...]


def summarise(deployments: Sequence[Deployment], *, by: By | None = None) -> Summary:
    """Sum deployments, all together and by group.

    The rows must not overlap: two versions of one deployment, or a deployment and a total it is
    part of, would be counted twice. ``Bundle.series`` gives rows that do not.

    Parameters
    ----------
    deployments : sequence of Deployment
        In any order: the sums and intervals do not depend on it.
    by : str, optional
        What to group by. Places and use cases are grouped as printed.

    Raises
    ------
    ValueError
        ``by`` is no ``By``.
    """
    rows = sorted(deployments, key=_order)
    groups: tuple[Group, ...] = ()
    if by is not None:
        if by not in _KEYS:
            raise ValueError(f"by {by!r}; allowed: {', '.join(By)}")
        members: dict[str, list[Deployment]] = {}
        for row in rows:
            members.setdefault(_KEYS[by](row) or NOT_STATED, []).append(row)
        groups = tuple(
            _group(key, members[key])
            for key in sorted(members, key=lambda key: (key == NOT_STATED, key))
        )
    return Summary(
        by=by,
        groups=groups,
        whole=_group(ALL, rows),
        corrections=tuple(c for row in rows if (c := correction_of(row))),
        source_ids=tuple(dict.fromkeys(row.source_id for row in rows)),
    )


def _order(row: Deployment) -> tuple[str, str, str, int]:
    return (row.force, row.date_start or "", row.record_id, row.row)


def _group(key: str, rows: Sequence[Deployment]) -> Group:
    breaks = _breaks_between(rows)
    cut = _cut(rows, breaks)
    return Group(
        key=key,
        deployments=len(rows),
        totals=MappingProxyType({c: total(tuple(rows), c) for c in SUMMED}),
        missing=MappingProxyType({c: sum(getattr(row, c) is None for row in rows) for c in SUMMED}),
        rates=rates(rows),
        breaks=breaks,
        segments=tuple(_group(name, part) for name, part in cut.items()),
    )


def _breaks_between(rows: Sequence[Deployment]) -> tuple[Break, ...]:
    """Breaks with rows that print faces seen on both sides of them."""
    found: dict[Break, None] = {}
    spans: dict[str, list[Span]] = {}
    for row in rows:
        if row.faces_seen is not None and (span := counted_span(row)):
            spans.setdefault(row.force, []).append(span)
    for force, days in spans.items():
        first, last = min(s.first for s in days), max(s.first for s in days)
        found.update(dict.fromkeys(breaks_crossed(first, last, force=force)))
    return tuple(found)


def _cut(rows: Sequence[Deployment], breaks: Sequence[Break]) -> dict[str, list[Deployment]]:
    """Rows by stretch of time between breaks; a row of several days goes by its first."""
    if not breaks:
        return {}
    force = breaks[0].force
    days = [b.day for b in breaks]
    names = [
        f"before {days[0]}",
        *(f"{a} to {b - timedelta(days=1)}" for a, b in pairwise(days)),
        f"from {days[-1]}",
        "date not known",
        "other forces",
    ]
    parts: dict[str, list[Deployment]] = {name: [] for name in names}
    for row in rows:
        span = counted_span(row)
        if row.force != force:
            parts["other forces"].append(row)
        elif span is None:
            parts["date not known"].append(row)
        else:
            parts[names[sum(day <= span.first for day in days)]].append(row)
    return {name: part for name, part in parts.items() if part}


def _year(row: Deployment) -> str | None:
    span = counted_span(row)
    return str(span.first.year) if span and span.first.year == span.last.year else None


def _month(row: Deployment) -> str | None:
    span = counted_span(row)
    if span is None or f"{span.first:%Y-%m}" != f"{span.last:%Y-%m}":
        return None
    return f"{span.first:%Y-%m}"


_KEYS: Mapping[By, Callable[[Deployment], str | None]] = {
    By.FORCE: lambda row: row.force,
    By.YEAR: _year,
    By.MONTH: _month,
    By.PLACE: lambda row: row.place,
    By.BOROUGH: lambda row: row.borough,
    By.THRESHOLD: lambda row: None if row.threshold is None else f"{row.threshold.normalize():f}",
    By.USE_CASE: lambda row: row.use_case,
}
