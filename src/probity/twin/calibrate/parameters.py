"""What is fitted: parameters of the recogniser, each with its prior and the reason for it.

A prior is a monotone function of a standard normal coordinate, in which the sampler works.
The latent scale is that of ``scenario.Recogniser``; a latent standard deviation is
1 / sqrt(dimension), the spread of comparisons of different people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Values = NDArray[np.float64]
Natural = Mapping[str, Values]
"""Values of each parameter by name, each (m,)."""

KNOTS = (0.56, 0.58, 0.60, 0.62, 0.64)
"""Thresholds of the test, on the vendor's scale: the map to latent scores is fitted at them."""
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
        "uniform": from ``centre`` - ``spread`` to ``centre`` + ``spread``.
    reason : str
        Why this prior.
    """

    name: str
    meaning: str
    unit: str
    family: Literal["normal", "log-normal", "uniform"]
    centre: float
    spread: float
    reason: str

    def of(self, coordinate: Values) -> Values:
        """Values at standard normal coordinates."""
        if self.family == "normal":
            return self.centre + self.spread * coordinate
        if self.family == "log-normal":
            return self.centre * np.exp(self.spread * coordinate)
        return self.centre + self.spread * (2.0 * ndtr(coordinate) - 1.0)


STEP_NAMES = tuple(
    f"step_{round(100 * lower)}_{round(100 * upper)}" for lower, upper in pairwise(KNOTS)
)


def _step(name: str) -> Parameter:
    lower, upper = (f"0.{part}" for part in name.split("_")[1:])
    return Parameter(
        name=name,
        meaning=f"latent score from the vendor's {lower} to {upper}",
        unit="latent standard deviations",
        family="log-normal",
        centre=0.3,
        spread=0.5,
        reason=(
            "a scale whose 0 to 1 covers some 15 standard deviations has 0.3 for each 0.02; "
            "a factor of 2.7 either way"
        ),
    )


_RECOGNISER = (
    Parameter(
        name="fmr_decades_60",
        meaning="-log10 of the false match rate per comparison at the vendor's 0.60, in the test",
        unit="decades",
        family="log-normal",
        centre=7.0,
        spread=0.2,
        reason="from 1 in 50,000 to 1 in 30 billion: what watchlists of thousands need",
    ),
    *(_step(name) for name in STEP_NAMES),
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


def parameters(searches: tuple[int, int]) -> tuple[Parameter, ...]:
    """All parameters, the number of searches in the test among them.

    Parameters
    ----------
    searches : pair of int
        Least and greatest number of non-mated searches that fit the printed figures.
    """
    low, high = searches
    return (
        *_RECOGNISER,
        Parameter(
            name="searches",
            meaning="non-mated searches in the test",
            unit="searches",
            family="uniform",
            centre=(low + high) / 2,
            spread=(high - low) / 2,
            reason="the numbers that round to the rate printed beside the count",
        ),
    )


def natural(coordinates: Values, table: tuple[Parameter, ...]) -> dict[str, Values]:
    """Values of the parameters at coordinates (m, d), by name."""
    return {one.name: one.of(coordinates[:, i]) for i, one in enumerate(table)}
