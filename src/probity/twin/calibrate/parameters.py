"""What is fitted: parameters of the recogniser, each with its prior and the reason for it.

A prior is a monotone function of a standard normal coordinate, in which the sampler works.
The latent scale is that of ``scenario.Recogniser``; a latent standard deviation is
1 / sqrt(dimension), the spread of comparisons of different people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Natural = Mapping[str, Values]
"""Values of each parameter by name, each (m,)."""

KNOTS = (0.56, 0.58, 0.60, 0.62, 0.64)
"""Thresholds of the test, on the vendor's scale: the map to latent scores is fitted at them. Below
0.60 there is one count, at one of two settings, which informs one number: the rate's fall there
is taken to be straight."""
DIMENSION = 64
"""Effective dimension of the latent space. It is not fitted: with the map from latent scores to
the vendor's free, another dimension gives the same rates at the knots."""
LEVEL_KNOT = KNOTS.index(0.60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter and its prior.

    Parameters
    ----------
    name, meaning, unit : str
        The name is that of the scenario's parameter where there is one.
    family : str
        "normal": ``centre`` + ``spread`` z. "log-normal": ``centre`` exp(``spread`` z).
    reason : str
        Why this prior.
    """

    name: str
    meaning: str
    unit: str
    family: Literal["normal", "log-normal"]
    centre: float
    spread: float
    reason: str

    def of(self, coordinate: Values) -> Values:
        """Values at standard normal coordinates."""
        if self.family == "normal":
            return self.centre + self.spread * coordinate
        return self.centre * np.exp(self.spread * coordinate)


def _fall(name: str, meaning: str) -> Parameter:
    return Parameter(
        name=name,
        meaning=meaning,
        unit="decades",
        family="log-normal",
        centre=0.55,
        spread=0.5,
        reason=(
            "a scale whose 0 to 1 covers some 15 standard deviations passes 0.3 of one in 0.02, "
            "which at such rarity is half a decade or a little more; a factor of 2.7 either way"
        ),
    )


PARAMETERS = (
    Parameter(
        name="fmr_decades_60",
        meaning=(
            "-log10 of the false match rate per comparison at the vendor's 0.60 that gives the "
            "test's FPIR, were all pairs of people alike"
        ),
        unit="decades",
        family="log-normal",
        centre=7.0,
        spread=0.2,
        reason="from 1 in 50,000 to 1 in 30 billion: what watchlists of thousands need",
    ),
    _fall("fall_below_60", "decades that this rate falls by in each 0.02 from 0.56 to 0.60"),
    _fall("fall_60_62", "decades that it falls by from 0.60 to 0.62"),
    _fall("fall_62_64", "decades that it falls by from 0.62 to 0.64"),
    Parameter(
        name="mated_margin",
        meaning=(
            "how far the mean score of people with their own listed images lies above the "
            "vendor's 0.60"
        ),
        unit="standard deviations of those scores, over people and passes",
        family="normal",
        centre=1.0,
        spread=1.0,
        reason="TPIR there from 16% to 98% within one and a half spreads; a half is 84% or more",
    ),
    Parameter(
        name="mated_spread",
        meaning="standard deviation of that score from pass to pass",
        unit="latent scale",
        family="log-normal",
        centre=0.10,
        spread=0.4,
        reason="pose, light and focus; of the order of the spread of other people's scores",
    ),
    Parameter(
        name="mated_person_spread",
        meaning="standard deviation of that score from person to person",
        unit="latent scale",
        family="log-normal",
        centre=0.06,
        spread=0.5,
        reason="some people are found less often than others; below the spread between passes",
    ),
    Parameter(
        name="group_separation",
        meaning="how far the people of a group stand off all others",
        unit="latent scale",
        family="log-normal",
        centre=0.25,
        spread=0.3,
        reason="false matches within a group some 2 to 20 times those between groups (NISTIR 8280)",
    ),
    Parameter(
        name="entry_spread",
        meaning="how much listed images differ in being matched by others",
        unit="latent scale",
        family="log-normal",
        centre=0.15,
        spread=0.4,
        reason="a few entries draw many false alerts in published score sets; our judgement",
    ),
    Parameter(
        name="person_spread",
        meaning="how much passers-by differ in matching others",
        unit="latent scale",
        family="log-normal",
        centre=0.10,
        spread=0.4,
        reason="as for entries, weaker: a passer-by is seen once; our judgement",
    ),
    Parameter(
        name="quality_effect",
        meaning="how much poor images resemble each other",
        unit="latent scale",
        family="log-normal",
        centre=0.25,
        spread=0.4,
        reason="a property of the system that no source gives; our judgement",
    ),
    Parameter(
        name="lookalike_asian",
        meaning="group separation of Asian people, as a multiple of that of White people",
        unit="ratio",
        family="log-normal",
        centre=1.0,
        spread=0.25,
        reason="no difference taken for granted; published ratios of false matches are allowed for",
    ),
    Parameter(
        name="lookalike_black",
        meaning="group separation of Black people, as a multiple of that of White people",
        unit="ratio",
        family="log-normal",
        centre=1.0,
        spread=0.25,
        reason="no difference taken for granted; published ratios of false matches are allowed for",
    ),
)


def natural(coordinates: Values) -> dict[str, Values]:
    """Values of the parameters at coordinates (m, d), by name."""
    return {one.name: one.of(coordinates[:, i]) for i, one in enumerate(PARAMETERS)}
