"""Durations as people write them ("24 h"), and as the log counts them: whole microseconds."""

from decimal import Decimal, localcontext

_UNITS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}
UNITS = tuple(_UNITS)
MAX_US = 2**63 - 1
MAX_DIGITS = 40


class Microseconds(int):
    """A length of time. Equal to the same plain integer, and never taken for a mere number."""

    __slots__ = ()


def microseconds(number: str, unit: str) -> Microseconds:
    """Exact length of ``number`` units, such as ("1.5", "h").

    Raises
    ------
    ValueError
        No such unit, a number that is not written with digits and at most one point, a length
        that is no whole number of microseconds, or one beyond 2^63 - 1.
    """
    if unit not in _UNITS:
        raise ValueError(f"{unit} is not a unit of time")
    if len(number) > MAX_DIGITS or not number.replace(".", "", 1).isdecimal():
        raise ValueError("a duration is written with digits, and a point at most")
    with localcontext() as context:
        context.prec = 60
        length = Decimal(number) * _UNITS[unit]
    if length > MAX_US:
        raise ValueError("longer than a log can last")
    if length != length.to_integral_value():
        raise ValueError("not a whole number of microseconds")
    return Microseconds(int(length))


def written_duration(length_us: int) -> str:
    """The length in the largest unit that gives a whole number: 5400000000 is "90 min"."""
    if length_us == 0:
        return "0 s"
    unit = next(unit for unit in reversed(UNITS) if length_us % _UNITS[unit] == 0)
    return f"{length_us // _UNITS[unit]} {unit}"
