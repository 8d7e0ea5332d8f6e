"""Numbers in words: the same figure reads the same in the terminal and in the report."""

from math import floor, inf, log10

from probity.claims.finding import Measurement
from probity.claims.relation import Limit, Relation
from probity.core import Count, Estimate, EventRate, Rate, Total, Undefined

SMALL_SHARE = 1e-3
"""Shares below this read as "1 in N", others in percent."""
_NEARLY_ALL = 0.99
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHARES = frozenset({"share", "per search"})


def one_in(share: float) -> str:
    """A share as "1 in N", N to three significant figures; "0" for none."""
    return f"1 in {_significant(1.0 / share):,.0f}" if share > 0 else "0"


def percent(share: float) -> str:
    """A share in percent to three significant figures; near 1, two figures of what is missing."""
    if _NEARLY_ALL < share < 1.0:
        digits = f"{100 * share:.{1 - floor(log10(100 * (1.0 - share)))}f}"
        return f"{digits.rstrip('0').rstrip('.')}%"
    return f"{_significant(100 * share):.12g}%"


def share(value: float) -> str:
    """A share as a reader says it: "1 in 315,000" when small, else "85.7%"."""
    if value < 0:
        return f"minus {share(-value)}"
    return one_in(value) if 0 < value < SMALL_SHARE else percent(value)


def number(value: float) -> str:
    """A number that is no share: with thousands commas, to three figures when not whole."""
    if value in (inf, -inf):
        return "without bound"
    return f"{value:,.0f}" if value == round(value) else f"{_significant(value):,.12g}"


def count(value: Count) -> str:
    """Counts: "10 of 3,147,436"."""
    return f"{value.k:,} of {value.n:,}"


def quantity(value: float, *, unit: str) -> str:
    """A value in the unit of its measure: a share as a share, anything else as a number."""
    return share(value) if unit in _SHARES else number(value)


def bounds(low: float, high: float, *, unit: str) -> str:
    """Return "1 in 171,000 to 1 in 656,000", the more frequent first, or "44.4% to 97.5%"."""
    if unit not in _SHARES:
        above = "no upper bound" if high == inf else f"{number(high)}"
        below = "no lower bound" if low == -inf else f"{number(low)}"
        return f"{below} to {above}"
    if low > 0 and high < SMALL_SHARE:
        return f"{one_in(high)} to {one_in(low)}"
    return f"{share(low)} to {share(high)}"


def key_figure(measurement: Measurement) -> str:
    """The measure on one line: counts, value and interval, or the reason why there is none."""
    measured, unit = measurement.measured, measurement.unit
    match measured:
        case Undefined():
            return f"not measurable: {measured.reason}"
        case Total():
            if measurement.count is not None:
                return f"{count(measurement.count)} ({share(measured.value)}; exact total)"
            return f"{quantity(measured.value, unit=unit)} (exact total)"
        case Rate():
            counted = count(measured.count)
        case EventRate():
            events = measured.events
            counted = f"{events.k:,} in {number(round(events.exposure))} {plural(events.unit)}"
        case Estimate():
            counted = ""
    if isinstance(measured, Rate):
        unit = "share"
    value = quantity(measured.value, unit=unit)
    ends = bounds(measured.low, measured.high, unit=unit)
    interval = f"{100 * measured.level:g}% interval {ends}"
    return f"{counted} ({value}; {interval})" if counted else f"{value} ({interval})"


def relation(kind: Relation, limit: Limit, *, unit: str) -> str:
    """Return "at most 1 in 6,000", "between 0.8 and 1.25"."""
    if isinstance(limit, tuple):
        low, high = (quantity(end, unit=unit) for end in limit)
        return f"{kind} {low} and {high}"
    return f"{kind} {quantity(limit, unit=unit)}"


def plural(unit: str) -> str:
    """The plural of a unit of exposure: "searches", "deployments"."""
    return f"{unit}es" if unit.endswith(("ch", "s", "x")) else f"{unit}s"


def day(date: str) -> str:
    """An ISO date, or the known part of one: "11 Sep 2024", "Sep 2024", "2024"."""
    year, *rest = date.split("-")
    if not rest:
        return year
    month = _MONTHS[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if len(rest) > 1 else f"{month} {year}"


def period(start: str | None, end: str | None) -> str:
    """Return "11 Sep 2024 to 10 Sep 2025"; an open end is said so."""
    if start is None and end is None:
        return "all dates"
    if start == end and start is not None:
        return day(start)
    return f"{day(start) if start else 'the first row'} to {day(end) if end else 'the last row'}"


def _significant(value: float, figures: int = 3) -> float:
    if value == 0:
        return 0.0
    return round(value, figures - 1 - floor(log10(abs(value))))
