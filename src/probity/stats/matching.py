"""Matched pairs, and the exact test of what differs within them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.stats.test_result import Test

_FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Matched pairs by their positions.

    Attributes
    ----------
    cases, controls : ndarray of int, shape (number of pairs,)
        Rows of the cases and of the controls; pair i is (cases[i], controls[i]).
    distances : ndarray, shape (number of pairs,)
    unmatched : ndarray of int
        Cases without a control within the caliper.
    """

    cases: NDArray[np.intp]
    controls: NDArray[np.intp]
    distances: NDArray[np.float64]
    unmatched: NDArray[np.intp]


def nearest_pairs(
    cases: NDArray[np.float64], controls: NDArray[np.float64], *, caliper: float
) -> Pairs:
    """Give each case one control of its own: as many pairs as can be, then the nearest.

    The pairing is the best over all cases together (assignment problem), not one case after
    another, so it does not depend on their order.

    Parameters
    ----------
    cases, controls : ndarray, shapes (m, d) and (n, d)
        Covariates on comparable scales, such as in standard deviations.
    caliper : float
        Largest Euclidean distance of a pair.
    """
    from scipy.optimize import linear_sum_assignment

    distances = np.sqrt(((cases[:, None, :] - controls[None, :, :]) ** 2).sum(axis=2))
    chosen, partners = linear_sum_assignment(np.where(distances <= caliper, distances, _FORBIDDEN))
    found = distances[chosen, partners]
    within = found <= caliper
    return Pairs(
        cases=chosen[within],
        controls=partners[within],
        distances=found[within],
        unmatched=np.setdiff1d(np.arange(len(cases)), chosen[within]),
    )


def sign_flip_test(differences: NDArray[np.int_]) -> Test:
    """Exact test that differences within pairs are as likely positive as negative.

    All 2**n assignments of signs are counted, by adding up the distribution of the sum one pair
    at a time. Two-sided: the share of assignments whose sum is at least as far from 0.

    Parameters
    ----------
    differences : ndarray of int, shape (n,)
        Case minus control in whole units (such as hundredths of a percentage point): the count
        is exact for them.

    Source: Fisher, The Design of Experiments (1935), section 21; Pagano & Tritchler, JASA 78
    (1983) 435-440.
    """
    sizes = np.abs(differences)
    reach = int(sizes.sum())
    chance = np.zeros(2 * reach + 1)
    chance[reach] = 1.0
    for size in sizes:
        chance = (np.roll(chance, size) + np.roll(chance, -size)) / 2
    observed = abs(int(np.sum(differences)))
    sums = np.abs(np.arange(-reach, reach + 1))
    return Test(
        p_value=min(1.0, float(chance[sums >= observed].sum())),
        method=f"exact sign-flip test of the mean difference in {len(sizes)} pairs, two-sided",
        statistic=float(np.mean(differences)),
    )
