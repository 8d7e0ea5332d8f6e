"""Choosing the deployments of a period, without guessing at dates that are not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from probity.records.dates import Span, counted_span
from probity.records.schema import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Deployments of a period, and those that may or may not be in it.

    Attributes
    ----------
    deployments : tuple of Deployment
        Those whose every day is in the period, in the order given.
    unplaced : tuple of Deployment
        Those that overlap the period in part, or whose dates are not known well enough to say
        whether they are in it.
    start, end : date or None
        First and last day of the period; None where it is open.
    """

    deployments: tuple[Deployment, ...]
    unplaced: tuple[Deployment, ...]
    start: date | None
    end: date | None


def select(
    deployments: Sequence[Deployment], *, start: date | None = None, end: date | None = None
) -> Selection:
    """Return the deployments of the days from ``start`` to ``end``, both included.

    A date printed as a month or a year is taken as all its days, so such a deployment is in a
    period only when the whole month or year is. Without bounds every deployment is in.

    Raises
    ------
    ValueError
        ``end`` before ``start``.
    """
    if start and end and end < start:
        raise ValueError(f"the period ends ({end}) before it starts ({start})")
    if start is None and end is None:
        return Selection(deployments=tuple(deployments), unplaced=(), start=None, end=None)
    period = Span(start or date.min, end or date.max)
    inside, unplaced = [], []
    for deployment in deployments:
        days = counted_span(deployment)
        if days is not None and period.holds(days):
            inside.append(deployment)
        elif days is None or period.days_shared(days):
            unplaced.append(deployment)
    return Selection(deployments=tuple(inside), unplaced=tuple(unplaced), start=start, end=end)
