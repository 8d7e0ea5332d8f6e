"""Dates of deployments: how exactly they are known, and which ones to count under."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from probity.records.bundled import load
from probity.records.context import DateCorrection
from probity.records.schema import Deployment

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Span:
    """The days from ``first`` to ``last``, both included; ``first <= last``."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.last - self.first).days + 1

    def holds(self, other: "Span") -> bool:
        """Whether every day of the other span is one of this."""
        return self.first <= other.first and other.last <= self.last

    def days_shared(self, other: "Span") -> int:
        """Number of days that are in both."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return max(0, (last - first).days + 1)


def span_of(start: str | None, end: str | None) -> Span | None:
    """Return the days that two printed dates can mean.

    A year or a month stands for all its days: the span of ``2024-06`` is 1 to 30 June 2024.

    Parameters
    ----------
    start, end : str or None
        ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``.

    Returns
    -------
    Span or None
        None where either date is missing or no calendar date, or the end is before the start.
    """
    first, last = _days(start), _days(end)
    if first is None or last is None or last.last < first.first:
        return None
    return Span(first.first, last.last)


def _days(text: str | None) -> Span | None:
    match = _DATE.fullmatch(text or "")
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:  # no such day, month or year
        return None
    if day:
        return Span(first, first)
    last_month = int(month or 12)
    length = calendar.monthrange(first.year, last_month)[1]
    return Span(first, date(first.year, last_month, length))


def correction_of(deployment: Deployment) -> DateCorrection | None:
    """Return the bundled correction of a printed date that cannot be right, if there is one.

    It applies to the row as printed only: a record that prints another date needs none.
    """
    found = load().date_corrections.get(deployment.record_id)
    return found if found and found.printed_date == deployment.date_start else None


def counted_span(deployment: Deployment) -> Span | None:
    """Return the days a deployment is counted under: printed, unless a correction is bundled."""
    correction = correction_of(deployment)
    if correction:
        return span_of(correction.counted_date, correction.counted_date)
    return span_of(deployment.date_start, deployment.date_end or deployment.date_start)
