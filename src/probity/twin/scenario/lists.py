"""Who is on a watchlist, which of them pass, and the operator's own test subjects."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from probity.twin.scenario.quantity import (
    Days,
    Hours,
    Name,
    Section,
    Share,
    Span,
    require_shares,
)

MAX_POOL = 2_000_000
Shares = Annotated[dict[Name, Share], Field(min_length=1, max_length=100)]


class Watchlist(Section):
    """Lists compiled for deployments, each a random part of one pool of listed people.

    Parameters
    ----------
    pool_size : int
        People any list may be drawn from.
    size : Span
        Images on the list of one deployment before enrolment.
    categories, age_bands, image_sources, legal_bases : tables of shares
        As an item of a list states them; each sums to 1.
    compile_lead_h : Duration
        Hours from compiling a list to the start of its deployment.
    item_quality : Span
        Quality of listed images, 0 to 1.
    """

    pool_size: Annotated[int, Field(ge=1, le=MAX_POOL)]
    size: Span
    categories: Shares
    age_bands: Shares
    image_sources: Shares
    legal_bases: Shares
    enrolment_failure_share: Annotated[float, Field(ge=0, lt=1)]
    compile_lead_h: Hours
    item_quality: Span
    image_age_days: Days

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for what in ("categories", "age_bands", "image_sources", "legal_bases"):
            require_shares(getattr(self, what), f"watchlist.{what}")
        if self.size.least < 1:
            raise ValueError("a watchlist has at least 1 image")
        if self.size.most > self.pool_size:
            raise ValueError("a watchlist may be larger than the pool it is drawn from")
        if not 0 <= self.item_quality.least <= self.item_quality.most <= 1:
            raise ValueError("item_quality is not between 0 and 1")
        return self


class Presence(Section):
    """Listed people among those who pass.

    Parameters
    ----------
    listed_people_per_deployment : table by category
        Mean number of listed people who pass while the cameras are on. Deployment records do
        not show it: they show it times the share that the system alerts on.
    dispersion : float
        Between deployments: variance = mean + dispersion * mean^2. 0 is Poisson.
    repeat_pass_share : float
        Share of passes after which the same person passes once more in the same deployment.
    """

    listed_people_per_deployment: Annotated[
        dict[Name, Annotated[float, Field(ge=0, le=100_000)]], Field(min_length=1, max_length=100)
    ]
    dispersion: Annotated[float, Field(ge=0, le=10)]
    repeat_pass_share: Annotated[float, Field(ge=0, le=0.9)]


class BlueList(Section):
    """Staff put on the watchlist and walked past, to test that the system recognises them.

    Parameters
    ----------
    deployments_share : float
        Share of deployments in which it is done.
    """

    deployments_share: Share
    subjects: Annotated[int, Field(ge=0, le=1000)]
    passes_each: Annotated[int, Field(ge=1, le=100)]
