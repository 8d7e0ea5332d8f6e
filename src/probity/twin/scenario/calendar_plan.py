"""Where and when deployments are held."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from probity.twin.scenario.lists import Shares
from probity.twin.scenario.quantity import Day, Name, Section, Share, Span, require_shares


class Place(Section):
    """Somewhere a deployment may be held.

    Parameters
    ----------
    weight : float
        Share of deployments held here.
    faces_per_hour : float
        Mean number of passers-by in an hour of deployment.
    """

    name: Name
    place_type: Name
    weight: Share
    faces_per_hour: Annotated[float, Field(gt=0, le=1_000_000)]


class CalendarPlan(Section):
    """When deployments are held. Their length lies within one day.

    Parameters
    ----------
    start_hour : Span
        In hours since midnight UTC.
    """

    first_day: Day
    last_day: Day
    deployments: Annotated[int, Field(ge=1, le=100_000)]
    start_hour: Span
    duration_minutes: Span
    use_cases: Shares

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        require_shares(self.use_cases, "calendar.use_cases")
        if self.start_hour.least < 0 or self.duration_minutes.least < 1:
            raise ValueError("a deployment starts before midnight or lasts less than a minute")
        if self.start_hour.most * 60 + self.duration_minutes.most > 24 * 60:
            raise ValueError("a deployment may run past midnight")
        return self
