"""The recogniser: a latent space of effective dimension, and a map to the vendor's scale."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from probity.twin.scenario.quantity import Day, Name, Section

Threshold = Annotated[float, Field(gt=0, lt=1)]


class ThresholdChange(Section):
    """Another threshold from a day on."""

    from_day: Day
    threshold: Threshold


class Recogniser(Section):
    """How templates resemble each other, and from when on the system alerts.

    A frame of a person of group g and quality q is a random vector of ``dimension`` numbers,
    x = (a_g + person_spread * z) m_g + quality_effect * (1 - q) u + e, where m_g and u are fixed
    directions, a_g = group_separation * lookalike_g, z is a standard normal number of the
    person, and e has independent normal parts of variance 1 / dimension, of which the share
    ``frame_share`` is new in every frame. A listed image is a unit vector in the direction of
    (a_g + entry_spread * y) m_g + quality_effect * (1 - q) u + e', with a number y of its own. The
    latent score is their product. The latent score of a person with their own listed image is
    not made of vectors: it is normal, as the quality band says, with a part of the person
    (``mated_person_spread``) and a shift of the group (``mated_shift``).

    Parameters
    ----------
    dimension : int
        Effective dimension: that of an isotropic space with as heavy a tail of scores.
    vendor_map : pairs of float
        Latent score and the vendor's score, both increasing, from 0 to 1 on the vendor's scale:
        straight lines between the knots, 0 and 1 beyond them.
    threshold : float
        The system alerts at or above it, on the vendor's scale.
    """

    algorithm: Name
    version: Name
    test_report: Name
    dimension: Annotated[int, Field(ge=20, le=128)]
    group_separation: Annotated[float, Field(ge=0, le=2)]
    entry_spread: Annotated[float, Field(ge=0, le=2)]
    person_spread: Annotated[float, Field(ge=0, le=2)]
    quality_effect: Annotated[float, Field(ge=0, le=2)]
    frame_share: Annotated[float, Field(ge=0, le=1)]
    mated_person_spread: Annotated[float, Field(ge=0, le=2)]
    mated_shift: Annotated[
        dict[str, Annotated[float, Field(ge=-2, le=2)]], Field(min_length=1, max_length=100)
    ]
    vendor_map: Annotated[tuple[tuple[float, float], ...], Field(min_length=2, max_length=50)]
    threshold: Threshold
    threshold_changes: Annotated[tuple[ThresholdChange, ...], Field(max_length=1000)] = ()

    @model_validator(mode="after")
    def _increasing(self) -> Self:
        for (latent, vendor), (later, higher) in pairwise(self.vendor_map):
            if later <= latent or higher <= vendor:
                raise ValueError("vendor_map does not increase from knot to knot")
        if self.vendor_map[0][1] != 0 or self.vendor_map[-1][1] != 1:
            raise ValueError("vendor_map does not run from 0 to 1 on the vendor's scale")
        days = [change.from_day for change in self.threshold_changes]
        if days != sorted(set(days)):
            raise ValueError("threshold_changes are not in the order of their days")
        return self
