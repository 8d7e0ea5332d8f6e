"""Lengths of time in round words: to two figures, since no reader needs the microseconds."""

from math import floor, log10

_UNITS = (
    ("day", 86_400_000_000, 1.5),
    ("hour", 3_600_000_000, 1.5),
    ("minute", 60_000_000, 1.5),
    ("second", 1_000_000, 1.0),
)


def about(length_us: int) -> str:
    """ "0.24 seconds", "17 minutes", "29 days": two figures, without a sign."""
    length = abs(length_us)
    for name, size, least in _UNITS:
        if length >= least * size:
            return _of(length / size, name)
    return _of(length / 1_000_000, "second")


def after(length_us: int, clock: str) -> str:
    """ "17 minutes after the face is seen"; before it, or at that moment, said so."""
    if length_us == 0:
        return f"When {clock}"
    return f"{about(length_us)} {'after' if length_us > 0 else 'before'} {clock}"


def _of(number: float, unit: str) -> str:
    if number == 0:
        return "no time"
    digits = max(0, 1 - floor(log10(number)))
    text = f"{round(number, digits):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}{'' if text == '1' else 's'}"
