"""Moments and lengths of time as a person reads them."""

from datetime import UTC, datetime, timedelta

_MS, _SECOND = 1_000, 1_000_000
_UNITS = (("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", _SECOND))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain_moment(time_us: int) -> str:
    """``2025-06-01 14:02:03.25 UTC``; microseconds since 1970 where no calendar has the year."""
    try:
        moment = _EPOCH + timedelta(microseconds=time_us)
    except OverflowError:
        return f"{time_us} µs since 1970"
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    return f"{text} UTC"


def plain_length(length_us: int) -> str:
    """``27 h 12 min``: the two largest units that are not nought, and no others.

    Hours are used up to two days, so that a length compares with a limit of 24 h. Seconds carry
    their fraction; a length under a second is in ms or µs.
    """
    if length_us < _SECOND:
        return f"{length_us / _MS:g} ms" if length_us >= _MS else f"{length_us} µs"
    parts: list[str] = []
    rest = length_us
    for name, size in _UNITS if length_us >= 2 * _UNITS[0][1] else _UNITS[1:]:
        if name == "s":
            whole, fraction = divmod(rest, size)
            seconds = f"{whole}.{fraction:06d}".rstrip("0").rstrip(".")
            parts += [f"{seconds} s"] if rest else []
        else:
            whole, rest = divmod(rest, size)
            parts += [f"{whole} {name}"] if whole else []
    return " ".join(parts[:2])
