"""Counts taken deployment by deployment: validation, and what all deployments share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, CountError


@dataclass(frozen=True, slots=True)
class Clusters:
    """Cases and trials of each deployment that has trials at all.

    Attributes
    ----------
    k, n : ndarray of float64, shape (deployments,)
        Cases and trials, 0 <= k <= n, n > 0; whole numbers below 2^53.
    """

    k: NDArray[np.float64]
    n: NDArray[np.float64]

    @property
    def cases(self) -> int:
        """Cases over all deployments."""
        return int(self.k.sum())

    @property
    def trials(self) -> int:
        """Trials over all deployments."""
        return int(self.n.sum())

    def count(self, population: str) -> Count:
        """All deployments as one count."""
        return Count(self.cases, self.trials, population)


def clusters(ks: Sequence[int], ns: Sequence[int]) -> Clusters:
    """Cases ``ks`` of trials ``ns``, one of each per deployment; deployments without any dropped.

    Raises
    ------
    CountError
        Of different length, or 0 <= k <= n does not hold somewhere.
    """
    if len(ks) != len(ns):
        raise CountError(f"{len(ks)} numbers of cases for {len(ns)} deployments")
    for k, n in zip(ks, ns, strict=True):
        if not 0 <= k <= n:
            raise CountError(f"{k} of {n} in one deployment: a count needs 0 <= k <= n")
    k_all, n_all = np.asarray(ks, dtype=np.float64), np.asarray(ns, dtype=np.float64)
    some = n_all > 0
    return Clusters(k_all[some], n_all[some])
