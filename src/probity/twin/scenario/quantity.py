"""Parts that every section of a scenario is made of: shares, spans, durations, tables by group."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Self

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from probity.twin.stages import Floats

SHARES_MUST_SUM_TO = 1.0
SUM_TOLERANCE = 1e-6
EVERY_GROUP = "all"
"""Key of a table by group that holds one value for all groups."""

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Rank = Annotated[int, Field(ge=0, le=6)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
"""Published records give a year two digits, which are read as 2000 to 2099."""
ByGroup = Annotated[dict[str, Share], Field(min_length=1, max_length=100)]


class Section(BaseModel):
    """A part of a scenario: frozen, without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Span(Section):
    """A quantity that varies between two limits: a normal distribution cut off at both."""

    mean: float
    sd: NotNegative
    least: float
    most: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.mean <= self.most:
            raise ValueError("least, mean and most are not in order")
        return self


class Duration(Section):
    """A time that something takes: a gamma distribution, cut off at ``most``.

    The unit stands in the name of the parameter. With ``cv`` 0 it always takes ``mean``.
    """

    mean: NotNegative
    cv: Annotated[float, Field(ge=0, le=5)] = 0.0
    most: NotNegative

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.mean > self.most:
            raise ValueError("the mean is above the most")
        return self


def _within_a_century(of_a_century: int) -> AfterValidator:
    """``of_a_century``: how many of the duration's unit a hundred years have."""

    def checked(duration: Duration) -> Duration:
        if duration.most > of_a_century:
            raise ValueError(f"most is {duration.most:g}: at most {of_a_century:,}, a century")
        return duration

    return AfterValidator(checked)


_DAYS_OF_A_CENTURY = 36_525
Days = Annotated[Duration, _within_a_century(_DAYS_OF_A_CENTURY)]
Hours = Annotated[Duration, _within_a_century(_DAYS_OF_A_CENTURY * 24)]
Minutes = Annotated[Duration, _within_a_century(_DAYS_OF_A_CENTURY * 1_440)]
Seconds = Annotated[Duration, _within_a_century(_DAYS_OF_A_CENTURY * 86_400)]
"""Durations in the unit that the parameter's name ends in; longer ones leave the calendar."""


def require_shares(shares: Mapping[str, float], what: str) -> None:
    """Refuse shares that do not sum to 1.

    Raises
    ------
    ValueError
        They do not.
    """
    total = sum(shares.values())
    if abs(total - SHARES_MUST_SUM_TO) > SUM_TOLERANCE:
        raise ValueError(f"shares of {what} sum to {total:.6g}, not 1")


def require_names(given: Sequence[str], what: str) -> None:
    """Refuse a name that stands twice.

    Raises
    ------
    ValueError
        One does.
    """
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise ValueError(f"two {what} are called {twice[0]}")


def by_group(table: Mapping[str, float], groups: Sequence[str]) -> Floats:
    """Values of a table by group, (n_groups,), in the order of ``groups``."""
    if set(table) == {EVERY_GROUP}:
        return np.full(len(groups), table[EVERY_GROUP])
    return np.array([table[name] for name in groups], np.float64)
