"""Counts with the population they were taken over."""

import math
from dataclasses import dataclass


class CountError(ValueError):
    """A count that cannot be: negative, more cases than population, or no population named."""


@dataclass(frozen=True, slots=True)
class Count:
    """k cases out of n.

    Parameters
    ----------
    k : int
        Cases counted, 0 <= k <= n.
    n : int
        Size of the population they were counted in. 0 is allowed: its rate is undefined.
    population : str
        What the n are, in words a reader can check: "faces seen", "alerts".

    Raises
    ------
    CountError
        k > n, either is negative, or the population has no name.
    """

    k: int
    n: int
    population: str

    def __post_init__(self) -> None:
        if not self.population:
            raise CountError(f"a count needs its population named; got {self.k} of {self.n}")
        if not 0 <= self.k <= self.n:
            raise CountError(f"{self.k} of {self.n} {self.population}: a count needs 0 <= k <= n")


@dataclass(frozen=True, slots=True)
class Events:
    """k events over an exposure, where the events are no subset of the exposure.

    Parameters
    ----------
    k : int
        Events counted, k >= 0.
    exposure : float
        What they were counted over, finite and >= 0: hours, deployments. 0: rate undefined.
    unit : str
        One unit of exposure in words: "hour", "deployment".

    Raises
    ------
    CountError
        k or exposure negative, exposure not finite, or the unit has no name.
    """

    k: int
    exposure: float
    unit: str

    def __post_init__(self) -> None:
        if not self.unit:
            raise CountError(f"events need their unit of exposure named; got {self.k}")
        if self.k < 0 or self.exposure < 0 or not math.isfinite(self.exposure):
            raise CountError(
                f"{self.k} events over {self.exposure} {self.unit}: "
                "needs k >= 0 and a finite exposure >= 0"
            )
