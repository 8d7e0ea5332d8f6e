"""What an identification test hands over: probes, a gallery, and how they compared.

``Trial`` has two makers: template sets, searched by the engine, and complete score files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from probity.performance.identification.candidates import Candidates
from probity.performance.identification.gallery import NestedGalleries

Stratum = tuple[str, str]

LISTED_PAIRS = 10_000_000
"""Non-mated comparisons at or above a threshold that are listed one by one, at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Who was tested. People have codes shared by both sides: equal codes are one person.

    Parameters
    ----------
    probe_subjects, gallery_subjects : int64, (probes,) and (gallery samples,)
        Code of the person of each sample.
    probe_groups, gallery_groups : int64, same shapes
        Codes into ``groups``.
    own_sample : int64, (probes,)
        The gallery sample that is the probe itself, -1 where there is none.
    people : int
        Number of codes.
    groups : tuple of str
        Names of the groups.
    """

    probe_subjects: NDArray[np.int64]
    gallery_subjects: NDArray[np.int64]
    probe_groups: NDArray[np.int64]
    gallery_groups: NDArray[np.int64]
    own_sample: NDArray[np.int64]
    people: int
    groups: tuple[str, ...]

    def has_mate(self) -> NDArray[np.bool_]:
        """Probes whose person is in the whole gallery with a sample other than the probe."""
        samples = np.bincount(self.gallery_subjects, minlength=self.people)
        return np.asarray(samples[self.probe_subjects] - (self.own_sample >= 0) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Listed non-mated comparisons: probe and gallery sample by number, and score; (n,)."""

    probes: NDArray[np.int64]
    samples: NDArray[np.int64]
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairCounts:
    """Comparisons counted by probe group and gallery group.

    ``nonmated`` and ``mated`` hold the number of comparisons of each stratum, ``*_at_or_above``
    how many of them reach each threshold, (thresholds,). ``pairs`` lists the non-mated ones that
    reach the lowest threshold; None where they are more than ``LISTED_PAIRS``.
    """

    thresholds: tuple[float, ...]
    nonmated: Mapping[Stratum, int]
    mated: Mapping[Stratum, int]
    nonmated_at_or_above: Mapping[Stratum, NDArray[np.int64]]
    mated_at_or_above: Mapping[Stratum, NDArray[np.int64]]
    pairs: Pairs | None
    comparisons: int
    score_error_bound: float


class Trial(Protocol):
    """An identification test that can be searched at several gallery sizes."""

    @property
    def source(self) -> str: ...

    @property
    def population(self) -> Population: ...

    def search(self, galleries: NestedGalleries, *, length: int) -> tuple[Candidates, ...]:
        """Candidate lists of every probe in each sub-gallery, exact."""
        ...

    def count_pairs(self, thresholds: Sequence[float]) -> PairCounts:
        """Every comparison of the whole gallery, counted exactly."""
        ...
