"""Operator-initiated and retrospective search."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from probity.twin.scenario.governance import SearchRetention
from probity.twin.scenario.lists import Shares
from probity.twin.scenario.people import QualityBand
from probity.twin.scenario.quantity import (
    ByGroup,
    Day,
    Hours,
    Name,
    Rank,
    Seconds,
    Section,
    Share,
    Span,
    require_names,
    require_shares,
)
from probity.twin.scenario.recogniser import Threshold

MAX_GALLERY = 20_000_000


class Search(Section):
    """Searches of single images in a gallery.

    Parameters
    ----------
    searches_per_day : float
        Mean over the days from ``first_day`` to ``last_day``.
    mated_share : float
        Share of probes whose person is in the gallery.
    bands : quality bands
        Of probes.
    image_quality : Span
        Of the gallery's images, 0 to 1.
    list_length : int
        Candidates returned at most.
    threshold : float, optional
        Candidates are at or above it; without, the best ``list_length`` are returned.
    reviewers : 1 or 2
        People who compare the candidates by eye, one after the other.
    operator_sensitivity, operator_specificity : tables by group
        Share of returned true candidates that the first person finds, and of lists without one
        that they reject. ``reviewer_...`` is the same for the second.
    corroboration_share : float
        Share of accepted results confirmed by other means before anybody acts.
    authorised_rank : int, optional
        Rank that authorises each search, where one must.
    reasons, place_types : tables
        Shares of the codes that a search is recorded with.
    private_place_reason : str, optional
        The only reason for a search anywhere but in a place of type "public"; without, the
        reasons are the same everywhere.
    """

    first_day: Day
    last_day: Day
    searches_per_day: Annotated[float, Field(gt=0, le=1_000_000)]
    mated_share: Share
    gallery_size: Annotated[int, Field(ge=100, le=MAX_GALLERY)]
    bands: Annotated[tuple[QualityBand, ...], Field(min_length=1, max_length=10)]
    image_quality: Span
    list_length: Annotated[int, Field(ge=1, le=1000)]
    threshold: Threshold | None = None
    reviewers: Annotated[int, Field(ge=1, le=2)]
    operator_sensitivity: ByGroup
    operator_specificity: ByGroup
    reviewer_sensitivity: ByGroup
    reviewer_specificity: ByGroup
    review_s: Seconds
    corroboration_share: Share
    corroboration_h: Hours
    acted_share: Share
    authorised_rank: Rank | None = None
    actors: Annotated[int, Field(ge=1, le=100_000)]
    devices: Annotated[int, Field(ge=1, le=100_000)]
    reasons: Shares
    place_types: Shares
    private_place_reason: Name | None = None
    eye_pixels: Span
    retention: SearchRetention

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        if not 0 <= self.image_quality.least <= self.image_quality.most <= 1:
            raise ValueError("image_quality is not between 0 and 1")
        require_names([band.name for band in self.bands], "quality bands")
        require_shares(self.reasons, "search.reasons")
        require_shares(self.place_types, "search.place_types")
        if self.private_place_reason not in {None, *self.reasons}:
            raise ValueError(f"private_place_reason {self.private_place_reason}: no such reason")
        return self
