"""The text of one cell to a value: counts, durations, dates, shares, thresholds.

A cell is read only where its text can mean one thing. Anything else is None with the reason;
what was read with a reservation carries the reservation. Neither is ever silent: each ``Read``
with a ``kind`` becomes a problem of the record (kinds: see ``check``).
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from probity.records import limits

T = TypeVar("T")
DateOrder = Literal["day/month/year", "month/day/year", "year/month/day"]


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A cell's value. Where there is something to say of it, ``kind`` and ``message`` say it."""

    value: T | None
    kind: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a publisher writes figures.

    Attributes
    ----------
    decimal, thousands : str
        The decimal sign and the sign between groups of three digits.
    dates : DateOrder
        Order of day and month in dates written in figures. UK records: day first.
    duration_unit : "minutes", "hours" or None
        Unit of a duration printed as a bare number; None: such a number is not read.
    """

    decimal: str = "."
    thousands: str = ","
    dates: DateOrder = "day/month/year"
    duration_unit: Literal["minutes", "hours"] | None = None


UK = Conventions()

_NOT_STATED = re.compile(
    r"n[/.]?a\.?|not (?:stated|applicable|known|available|recorded)|unknown|tbc|nil return|[-–—]+",
    re.IGNORECASE,
)
_SPACES = (" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}")


def blank_or_not_stated(text: str) -> Read[None] | None:
    """A cell that states nothing, None where it states something. A blank is no problem."""
    if not text.strip():
        return Read(None)
    if _NOT_STATED.fullmatch(text.strip()):
        return Read(None, "not-stated", "the source states no figure")
    return None


def unreadable(reason: str) -> Read[T]:
    """No value, and why."""
    return Read(None, "unreadable-cell", reason)


def count(text: str, conventions: Conventions = UK) -> Read[int]:
    """A whole number from 0 to ``limits.MAX_COUNT``; 21,940 is read with a reservation."""
    text = text.strip()
    plain = text
    grouped = False
    for sign in (conventions.thousands, *_SPACES):
        if sign and re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+", plain):
            plain, grouped = plain.replace(sign, ""), True
            break
    whole = re.fullmatch(rf"([0-9]+)(?:{re.escape(conventions.decimal)}0+)?", plain)
    if whole is None:
        return unreadable(f"not a whole number of at least 0: {_why_no_count(text)}")
    digits = whole[1]
    if len(digits) > len(str(limits.MAX_COUNT)) + 1 or int(digits) > limits.MAX_COUNT:
        return unreadable(f"larger than any count can be; allowed: up to {limits.MAX_COUNT:,}")
    if grouped:
        return Read(int(digits), "thousands-separator", "digits grouped in threes")
    if digits != plain:
        return Read(int(digits), "decimal-count", "a count printed with decimals, all zero")
    return Read(int(digits))


def _why_no_count(text: str) -> str:
    if re.fullmatch(r"[-−(][0-9.,]+\)?", text):
        return "negative"
    if re.fullmatch(r"[0-9]+[.,][0-9]+", text):
        return "a fraction, or digits not grouped in threes"
    if text.startswith("="):
        return "a formula"
    return "other text"


_HOURS_MINUTES = re.compile(
    r"([0-9]{1,3}) ?h(?:ou)?(?:rs?)?(?:[ ,]*(?:and )?([0-9]{1,2}) ?(m(?:in(?:ute)?s?)?)?)?",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"([0-9]{1,5}) ?m(?:in(?:ute)?s?)?", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,3}):([0-9]{2})(?::00)?")
_NUMBER = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?")


def duration_minutes(text: str, conventions: Conventions = UK) -> Read[int]:
    """Minutes from ``5h03m``, ``4hr 47m``, ``6 hours``, ``45 mins``, ``5h40``, ``05:40``.

    The last two leave out a unit and are read with a reservation; a bare number is read only
    where the unit is known.
    """
    text = text.strip()
    kind, message = None, ""
    if match := _HOURS_MINUTES.fullmatch(text):
        hours, minutes = int(match[1]), int(match[2] or 0)
        if match[2] and not match[3]:
            kind, message = "duration-without-unit", "the minutes have no unit"
    elif match := _CLOCK.fullmatch(text):
        hours, minutes = int(match[1]), int(match[2])
        kind, message = "duration-without-unit", "read as hours and minutes"
    elif match := _MINUTES.fullmatch(text):
        hours, minutes = divmod(int(match[1]), 60)
    elif _NUMBER.fullmatch(text):
        if conventions.duration_unit is None:
            return unreadable("a number without a unit; allowed: such as 5h 03m")
        exact = Decimal(text) * (60 if conventions.duration_unit == "hours" else 1)
        if exact != int(exact):
            return unreadable("not a whole number of minutes")
        hours, minutes = divmod(int(exact), 60)
    else:
        return unreadable("not a duration; allowed: such as 5h 03m")
    total = 60 * hours + minutes
    if minutes > 59:  # noqa: PLR2004 - minutes in an hour
        return unreadable("more than 59 minutes beside hours")
    if total > limits.MAX_DURATION_MINUTES:
        return unreadable(f"longer than {limits.MAX_DURATION_MINUTES // 1440} days")
    return Read(total, kind, message)


def share_percent(text: str, conventions: Conventions = UK) -> Read[Decimal]:
    """Percent from 0 to 100, with the decimals printed; the sign may be missing."""
    number = text.strip().removesuffix("%").strip().replace(conventions.decimal, ".")
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,12})?", number):
        return unreadable("not a percentage")
    value = Decimal(number)
    return Read(value) if value <= 100 else unreadable("more than 100%")  # noqa: PLR2004


def threshold(text: str, conventions: Conventions = UK) -> Read[Decimal]:
    """A score above 0 and at most 1, the scale of every published record so far."""
    number = text.strip().replace(conventions.decimal, ".")
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,9})?", number):
        return unreadable("not a threshold; allowed: above 0, at most 1")
    value = Decimal(number)
    return Read(value) if 0 < value <= 1 else unreadable("allowed: above 0, at most 1")


_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_YEAR = 4
"""Digits of a full year."""
_FIGURES = re.compile(
    r"([0-9]{4}|[0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{1,2})(?:[ T]00:00(?::00)?)?"
)
_IN_WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? ([0-9]{4}|[0-9]{2})")
_PART = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_RANGE = re.compile(r"(.+?) ?(?:–|—| - | to ) ?(.+)")


def date(text: str, conventions: Conventions = UK) -> Read[tuple[str, str]]:
    """First and last day as ISO dates. Two-digit years are 20xx; ``2024-05`` stays as it is.

    Days that no calendar has, such as 31/02/25, are not read, and neither is a date that fits
    only the other order of day and month.
    """
    text = " ".join(text.split())
    if (single := _single_date(text, conventions)).value is not None:
        return Read((single.value, single.value))
    if match := _RANGE.fullmatch(text):
        last = _single_date(match[2], conventions).value
        first = _single_date(match[1], conventions).value
        if last and not first and re.fullmatch(r"[0-9]{1,2}(?:st|nd|rd|th)?", match[1]):
            first = _single_date(f"{match[1]} {match[2].split(' ', 1)[-1]}", conventions).value
        if first and last and first <= last:
            return Read((first, last))
    return Read(None, single.kind, single.message)


def _single_date(text: str, conventions: Conventions) -> Read[str]:
    if match := _PART.fullmatch(text):
        known = 1 <= int(match[2] or 1) <= len(_MONTHS)
        return Read(text) if known else unreadable("no such month")
    if match := _IN_WORDS.fullmatch(text):
        name = re.sub("^sept$", "sep", match[2].casefold())
        months = [i for i, month in enumerate(_MONTHS, start=1) if month.startswith(name)]
        if len(months) == 1:
            return _day(match[3], str(months[0]), match[1])
        return unreadable("no such month")
    if match := _FIGURES.fullmatch(text):
        return _date_in_figures(match[1], match[3], match[4], conventions)
    return unreadable("not a date; allowed: such as 31/12/24")


def _date_in_figures(first: str, second: str, third: str, conventions: Conventions) -> Read[str]:
    if len(first) == _YEAR or conventions.dates == "year/month/day":
        return _day(first, second, third)
    if conventions.dates == "month/day/year":
        return _day(third, first, second)
    found = _day(third, second, first)
    if found.value is None and _day(third, first, second).value:
        return unreadable("fits month/day/year only; allowed: day/month/year")
    return found


def _day(year: str, month: str, day: str) -> Read[str]:
    if len(year) not in (_YEAR, 2):
        return unreadable("not a year of two or four digits")
    try:
        full_year = int(year) if len(year) == _YEAR else 2000 + int(year)
        found = dt.date(full_year, int(month), int(day))
    except ValueError:
        return unreadable("no such day in the calendar")
    return Read(found.isoformat())


def plain_text(text: str, _: Conventions = UK) -> Read[str]:
    """Words on one line. Characters that steer a terminal or turn text round are taken out."""
    joined = " ".join(text.split())
    steering = {"Cc", "Cf", "Co", "Cs", "Cn"}
    safe = "".join(c for c in joined if unicodedata.category(c) not in steering)
    if safe != joined:
        return Read(safe, "control-characters", "holds characters that are not printed")
    return Read(safe)


def references(text: str, _: Conventions = UK) -> Read[str]:
    """A use case; purpose numbers are written alike: "1, 2" and "1,2" are both "1,2"."""
    read = plain_text(text)
    if read.value and re.fullmatch(r"[0-9](?: ?[,&] ?[0-9])*", read.value):
        return Read(re.sub(r" ?[,&] ?", ",", read.value), read.kind, read.message)
    return read
