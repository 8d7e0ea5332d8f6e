"""Rules the operator keeps: deletion clocks, authority, notice, signs, publication, training."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from probity.twin.scenario.quantity import (
    SUM_TOLERANCE,
    Days,
    Hours,
    Identifier,
    Minutes,
    Name,
    Rank,
    Seconds,
    Section,
    Share,
    Span,
)

DataClass = Literal["template", "alert", "watchlist", "medium", "footage"]
DATA_CLASSES: tuple[DataClass, ...] = ("template", "alert", "watchlist", "medium", "footage")


class Clock(Section):
    """When one class of data is deleted.

    Parameters
    ----------
    after : str
        From when the delay counts: the making of the thing, the end of the deployment, or the
        deletion of another class of data.
    delay_s : Duration
        Its ``most`` is the limit that the operator keeps.
    """

    after: Literal["made", "deployment-end"] | DataClass
    delay_s: Seconds


class RetentionException(Section):
    """A share of one class of data that is kept longer on a stated ground."""

    data_class: Literal["alert", "footage", "watchlist"]
    code: Name
    share: Share
    kept_days: Days


class Retention(Section):
    """Deletion clocks of live recognition."""

    template: Clock
    alert: Clock
    watchlist: Clock
    medium: Clock
    footage: Clock
    exceptions: Annotated[tuple[RetentionException, ...], Field(max_length=50)] = ()

    def clock(self, data_class: str) -> Clock:
        """Clock of one of ``DATA_CLASSES``."""
        clock: Clock = getattr(self, data_class)
        return clock

    @model_validator(mode="after")
    def _no_circle(self) -> Self:
        for start in DATA_CLASSES:
            chain: list[str] = [start]
            while (after := _class_before(self.clock(chain[-1]).after)) is not None:
                if after in chain:
                    raise ValueError(f"clocks in a circle: {' after '.join([*chain, after])}")
                chain.append(after)
        return self

    @model_validator(mode="after")
    def _kept_once(self) -> Self:
        for kept in sorted({one.data_class for one in self.exceptions}):
            total = sum(one.share for one in self.exceptions if one.data_class == kept)
            if total > 1 + SUM_TOLERANCE:
                raise ValueError(f"exceptions keep {total:.6g} of each {kept}: at most 1")
        return self


def _class_before(after: str) -> str | None:
    return after if after in DATA_CLASSES else None


class Authority(Section):
    """Written authority for a deployment.

    Parameters
    ----------
    granted_lead_h : Duration
        Hours from the grant to the start of the deployment.
    application_h : Duration
        Hours from the application to the grant.
    urgent_share : float
        Share of deployments authorised under the urgency procedure, by ``urgent_rank``, and
        ratified by ``rank`` after ``ratified_after_h``.
    window_margin_h : float
        Hours that the authority holds before the start and after the end.
    documents : names
        Policies and assessments in force.
    """

    rank: Rank
    granted_lead_h: Hours
    application_h: Hours
    urgent_share: Share
    urgent_rank: Rank
    ratified_after_h: Hours
    window_margin_h: Annotated[float, Field(gt=0, le=240)]
    purpose: Name
    documents: Annotated[tuple[Name, ...], Field(max_length=20)] = ()


class Notice(Section):
    """Telling the public beforehand."""

    lead_h: Hours
    channel: Name


class Signs(Section):
    """Signs placed before the start, readable before the zone of recognition."""

    number: Annotated[int, Field(ge=0, le=100)]
    lead_minutes: Minutes
    distance_m: Span


class Publication(Section):
    """The published record of each deployment."""

    delay_h: Hours


class Training(Section):
    """Staff of whom each deployment takes some, and how long their training is valid."""

    staff: Annotated[int, Field(ge=1, le=100_000)]
    valid_days: Annotated[int, Field(ge=1, le=3650)]


class SearchRetention(Section):
    """Deletion of the probe of a search."""

    delay_s: Seconds
    exception_code: Identifier | None = None
    exception_share: Share = 0.0
