"""How a comparison rate (1:1) varies between people.

A comparison has a person on either side, and everyone takes part in many. Two comparisons are
correlated when they share a person on any side, so the variance of FMR = k/n is

    V = (1/n^2) [ sum over people s of D_s^2 - sum over pairs of people {s, t} of E_st^2 ],

where E_st is what was counted of the comparisons of s with t (either way round) less p times
their number, and D_s the sum of E_st over t. It is Bickel's variance where the two sides are
different people, and the dyadic cluster-robust variance in general.

Only comparisons at or above the threshold are ever listed. All others enter through the numbers
of samples: with m_s probes and g_s gallery samples of person s, M and G in all,

    n = M G - sum m_s g_s,    N_s = m_s (G - g_s) + g_s (M - m_s),
    sum of n_st^2 over pairs = (sum m^2)(sum g^2) + (sum m g)^2 - 2 sum m^2 g^2.

Sources: Bickel, in Bolle, Ratha & Pankanti 2004, Computer Vision and Image Understanding 93,
1-25; Schuckers 2010, Computational Methods in Biometric Authentication, ch. 3-4; Aronow, Samii &
Assenova 2015, Political Analysis 23, 564-577.
"""

from math import fsum

import numpy as np
from numpy.typing import NDArray

from probity.core import Count
from probity.performance.intervals.effective import Spread, degrees_of_freedom

Codes = NDArray[np.int64]


def spread_of_pairs(
    probe_people: Codes,
    gallery_people: Codes,
    *,
    probe_samples: Codes,
    gallery_samples: Codes,
    count: Count,
) -> Spread:
    """Variance of a non-mated comparison rate over people.

    Parameters
    ----------
    probe_people, gallery_people : int64, (k,)
        The people of each comparison that was counted.
    probe_samples, gallery_samples : int64, (people,)
        Samples of each person on either side: m and g.
    count : Count
        k of all n non-mated comparisons.
    """
    m, g = probe_samples.astype(np.float64), gallery_samples.astype(np.float64)
    people = _limiting_people(m, g)
    if not count.n:
        return Spread(variance=0.0, people=people, freedom=1.0, apart=0.0)
    p = count.k / count.n
    size = m * (g.sum() - g) + g * (m.sum() - m)
    events = np.bincount(probe_people, minlength=len(m)).astype(np.float64)
    events += np.bincount(gallery_people, minlength=len(m))
    # Sums are rounded once, so that the order of people does not show in the last digit.
    residual = (events - p * size)[size > 0]
    persons = fsum(residual**2)

    low, high = np.minimum(probe_people, gallery_people), np.maximum(probe_people, gallery_people)
    pair, k_pair = np.unique(low * len(m) + high, return_counts=True)
    s, t = pair // len(m), pair % len(m)
    n_pair = m[s] * g[t] + m[t] * g[s]
    squares = (m**2).sum() * (g**2).sum() + (m * g).sum() ** 2 - 2 * (m**2 * g**2).sum()
    pairs = fsum(k_pair * (k_pair - 2 * p * n_pair)) + p**2 * squares

    small = people / (people - 1) if people > 1 else 1.0
    return Spread(
        variance=small * (persons - pairs) / count.n**2,
        people=people,
        freedom=degrees_of_freedom(residual, people=people),
        apart=comparisons_apart(probe_samples, gallery_samples),
    )


def comparisons_apart(probe_samples: Codes, gallery_samples: Codes) -> float:
    """Most non-mated comparisons no two of which share a person.

    Everyone can be in one of them: as many as there are people on the smaller side, or half of
    all people where that is less.
    """
    probes, gallery = probe_samples > 0, gallery_samples > 0
    return float(min(probes.sum(), gallery.sum(), (probes | gallery).sum() // 2))


def _limiting_people(m: NDArray[np.float64], g: NDArray[np.float64]) -> int:
    return int(min((m > 0).sum(), (g > 0).sum()))
