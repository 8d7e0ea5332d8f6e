"""Who passes, how often, and what the cameras catch of them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from probity.twin.scenario.quantity import (
    ByGroup,
    Name,
    NotNegative,
    Positive,
    Seconds,
    Section,
    Share,
    require_names,
)


class Group(Section):
    """People of one demographic group.

    Parameters
    ----------
    crowd_share, listed_share : float
        Its share of passers-by (or of searched people), and of the people in the pool that
        watchlists (or the gallery) are drawn from.
    lookalike : float
        How alike its people are to the recogniser: multiplies ``recogniser.group_separation``.
    """

    name: Name
    crowd_share: Share
    listed_share: Share
    lookalike: Annotated[float, Field(ge=0, le=5)] = 1.0


class Crowd(Section):
    """How many people pass, and when within a day.

    Parameters
    ----------
    dispersion : float
        Of faces seen between deployments of one place: variance = mean + dispersion * mean^2.
        0 is Poisson.
    hourly_profile : str or 24 numbers
        How passers-by are spread over the hours of a day. "leeds-footfall" has a profile for
        weekdays, Saturdays and Sundays; "flat" has none; 24 numbers are relative rates.
    """

    dispersion: Annotated[float, Field(ge=0, le=10)]
    hourly_profile: (
        Literal["leeds-footfall", "flat"]
        | Annotated[tuple[NotNegative, ...], Field(min_length=24, max_length=24)]
    )

    @model_validator(mode="after")
    def _somebody_passes(self) -> Self:
        if not isinstance(self.hourly_profile, str) and min(self.hourly_profile) <= 0:
            raise ValueError("hourly_profile needs a rate above 0 for every hour")
        return self


class QualityBand(Section):
    """Frames of one quality.

    Parameters
    ----------
    quality : float
        From 0 to 1, as an event says it.
    share : table by group
        Share of passes whose usable frames are of this quality; over the bands, 1 for a group.
    mated_mean, mated_spread : float
        Score of a person with their own listed image, on the recogniser's latent scale: mean
        over people, and standard deviation from pass to pass and frame to frame together, of
        whose square the share ``recogniser.frame_share`` is new in every frame.
    """

    name: Name
    quality: Share
    share: ByGroup
    mated_mean: Annotated[float, Field(ge=-2, le=4)]
    mated_spread: Annotated[float, Field(ge=0, le=2)]


class Capture(Section):
    """From a passing person to usable frames.

    A pass has about dwell time x frames per second x usable share of usable frames, of which
    at most ``most_frames`` are compared. Somebody without a usable frame is not a face seen.

    Parameters
    ----------
    usable_frame_share : float
        By day, in a thin crowd.
    light_from_hour, light_to_hour : int
        Hours of good light. Outside them the usable share is multiplied by ``dark_factor``.
    crowding_half_faces_per_hour : float
        The rate of passers-by at which half of the usable frames are lost to people in front.
    """

    cameras: Annotated[int, Field(ge=1, le=1000)]
    dwell_s: Seconds
    frames_per_s: Annotated[float, Field(gt=0, le=120)]
    usable_frame_share: Annotated[float, Field(gt=0, le=1)]
    most_frames: Annotated[int, Field(ge=1, le=16)]
    light_from_hour: Annotated[int, Field(ge=0, le=23)]
    light_to_hour: Annotated[int, Field(ge=1, le=24)]
    dark_factor: Share
    crowding_half_faces_per_hour: Positive
    bands: Annotated[tuple[QualityBand, ...], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.light_from_hour >= self.light_to_hour:
            raise ValueError("light_from_hour is not before light_to_hour")
        require_names([band.name for band in self.bands], "quality bands")
        return self
