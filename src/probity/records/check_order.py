"""Doubts about a row that only the rows around it raise: order, size, level."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from statistics import median

from probity.records.kinds import doubt
from probity.records.schema import Deployment, Problem

NEIGHBOURS = 5
"""Rows on each side that a watchlist is compared with."""
WATCHLIST_SHARE = 0.15
WATCHLIST_DEVIATIONS = 5.0
"""An outlier differs from its neighbours' median by more than this share of it, and by more
than this many of their own deviations (1.4826 times the median absolute deviation)."""
FAR_DAYS = 366
BREAK_ALPHA = 0.001
BREAK_FACTOR = 2.0
BREAK_SHORTEST = 10
"""A break in faces per hour: Pettitt's test at this level, medians differing by this factor,
this many deployments at least on each side (``stats.change_point``)."""
UNORDERED_SHARE = 0.1
"""Where more rows than this share are out of order, the record is not in order of date."""


def order_problems(series: Sequence[Deployment]) -> Iterator[Problem]:
    """Doubts about the rows of one force, in the order printed."""
    unordered = out_of_order(series)
    yield from _date_problems(series, unordered)
    yield from _threshold_conflicts(series)
    yield from _outlier_watchlists(series)
    yield from _faces_per_hour_breaks(series, unordered)


def _full_date(d: Deployment) -> date | None:
    try:
        return date.fromisoformat(d.date_start or "")
    except ValueError:
        return None


def out_of_order(series: Sequence[Deployment]) -> frozenset[int]:
    """Rows whose dates break the order: the fewest whose removal leaves the others in order.

    Empty where the record as a whole is in no order. Newest first is an order too.
    """
    dated = [(day.toordinal(), d.row) for d in series if (day := _full_date(d)) is not None]
    kept = max(_longest_rising(dated), _longest_rising([(-n, row) for n, row in dated]), key=len)
    rows = frozenset(row for _, row in dated) - kept
    return rows if len(rows) <= UNORDERED_SHARE * len(dated) else frozenset()


def _longest_rising(values: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Rows of a longest non-falling subsequence of (value, row) pairs."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for i, (value, _) in enumerate(values):
        place = bisect_right(ends, value)
        before.append(at[place - 1] if place else None)
        ends[place : place + 1] = [value]
        at[place : place + 1] = [i]
    kept = set()
    step = at[-1] if at else None
    while step is not None:
        kept.add(values[step][1])
        step = before[step]
    return frozenset(kept)


def _date_problems(series: Sequence[Deployment], unordered: frozenset[int]) -> Iterator[Problem]:
    dated = [(day, d) for d in series if (day := _full_date(d)) is not None]
    days = sorted(day for day, _ in dated)
    for i, (day, d) in enumerate(dated):
        got = d.printed.get("date", day.isoformat())
        if d.row in unordered:
            beside = [
                other.isoformat() for other, _ in dated[max(0, i - 1) : i + 2] if other != day
            ]
            yield doubt(
                d,
                "date_start",
                "date-out-of-order",
                got=got,
                message=f"read as {day.isoformat()}; the rows beside it are dated "
                f"{' and '.join(dict.fromkeys(beside))}",
            )
        gaps = [abs((day - other).days) for other in _beside(days, day)]
        if gaps and min(gaps) > FAR_DAYS:
            yield doubt(
                d,
                "date_start",
                "date-far-from-others",
                got=got,
                message=f"{min(gaps)} days from the nearest other date",
            )


def _beside(days: Sequence[date], day: date) -> list[date]:
    """The dates next to one in sorted order; the date itself where it occurs again."""
    low, high = bisect_left(days, day), bisect_right(days, day)
    if high - low > 1:
        return [day]
    return [*days[max(0, low - 1) : low], *days[high : high + 1]]


def _threshold_conflicts(series: Sequence[Deployment]) -> Iterator[Problem]:
    dated = sorted(
        ((day, d) for d in series if (day := _full_date(d)) and d.threshold is not None),
        key=lambda pair: (pair[0], pair[1].row),
    )
    for (_, a), (day, d), (_, b) in zip(dated, dated[1:], dated[2:], strict=False):
        if a.threshold == b.threshold != d.threshold:
            yield doubt(
                d,
                "threshold",
                "threshold-date-conflict",
                got=d.threshold,
                message=f"{d.threshold} on {day.isoformat()}, between {a.date_start} and "
                f"{b.date_start} at {a.threshold}",
            )


def _outlier_watchlists(series: Sequence[Deployment]) -> Iterator[Problem]:
    sized = [(d, d.watchlist_size) for d in series if d.watchlist_size is not None]
    for i, (d, size) in enumerate(sized):
        around = [*sized[max(0, i - NEIGHBOURS) : i], *sized[i + 1 : i + 1 + NEIGHBOURS]]
        if len(around) < NEIGHBOURS:
            continue
        middle = median(n for _, n in around)
        spread = 1.4826 * median(abs(n - middle) for _, n in around)
        away = abs(size - middle)
        if away > WATCHLIST_SHARE * middle and away > WATCHLIST_DEVIATIONS * spread:
            same_day = [n for other, n in around if other.date_start == d.date_start is not None]
            beside = f"; {same_day[0]} in another row of that day" if same_day else ""
            yield doubt(
                d,
                "watchlist_size",
                "outlier-watchlist",
                got=size,
                message=f"the rows around it have about {round(middle)}{beside}",
            )


def _faces_per_hour_breaks(
    series: Sequence[Deployment], unordered: frozenset[int]
) -> Iterator[Problem]:
    """Breaks by Pettitt's test, in order of date; rows of doubtful date are left out."""
    from probity.stats.change_point import change_points

    by_row = {d.row: d for d in series}
    timed = sorted(
        (d.date_start or "", d.row, 60 * d.faces_seen / d.duration_minutes)
        for d in series
        if d.faces_seen is not None
        and d.duration_minutes
        and _full_date(d)
        and d.row not in unordered
    )
    for point in change_points(
        [rate for _, _, rate in timed],
        alpha=BREAK_ALPHA,
        factor=BREAK_FACTOR,
        shortest=BREAK_SHORTEST,
    ):
        day, row, _ = timed[point.index]
        yield doubt(
            by_row[row],
            "faces_seen",
            "faces-per-hour-break",
            got=f"{point.before:.0f} before, {point.after:.0f} after",
            message=f"the median of faces seen per hour changes about {day} by a factor of "
            f"{point.factor:.1f}: rates per face seen are not comparable across it",
        )
