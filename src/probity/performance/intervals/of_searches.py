"""How a search rate (1:N) varies between people: those who are searched for, and the gallery.

Searches of one person come out alike; and one person in the gallery can draw alerts from many.
With e_p = x_p - x/n over searches p, and c the people searched for,

    V = (1/n^2) [ m/(m-1) sum_c D_c^2 + max(0, N/(N-1) sum_j (u_j - u/N)^2 - sum_cj u_cj^2) ].

D_c sums e_p over the searches of person c. The second part is what leaving out each person j of
the gallery in turn changes (the jackknife): u_j counts the searches that j alone decides - a
false alert nobody else would have raised, a right person kept off the list by j. What a person
and a gallery person decide together, u_cj, is in the first part already. Efron & Stein (1981,
Annals of Statistics 9, 586-596) show that the jackknife errs to the wide side.
"""

from math import fsum

import numpy as np
from numpy.typing import NDArray

from probity.performance.intervals.effective import Spread, degrees_of_freedom

Codes = NDArray[np.int64]


def spread_of_searches(
    outcome: NDArray[np.bool_],
    person: Codes,
    *,
    decided: Codes,
    decider: Codes,
    gallery_people: int,
) -> Spread:
    """Variance of a search rate over people.

    Parameters
    ----------
    outcome : bool, (n,)
        Whether each search was counted.
    person : int64, (n,)
        Code of the person searched for.
    decided, decider : int64, (decisions,)
        A search, as position in ``outcome``, and the gallery person without whom it would have
        come out the other way.
    gallery_people : int
        N, those who decide nothing included.
    """
    n = len(outcome)
    codes, place = np.unique(person, return_inverse=True)
    people = len(codes)
    if not n:
        return Spread(variance=0.0, people=0, freedom=1.0, apart=0.0)
    trials = np.bincount(place).astype(np.float64)
    residual = np.bincount(place, weights=outcome) - float(outcome.mean()) * trials
    # Sums are rounded once, so that the order of people does not show in the last digit.
    searched = fsum(residual**2) * (people / (people - 1) if people > 1 else 1.0)
    drawn = 0.0
    if len(decided) and gallery_people > 1:
        by_person = np.unique(decider, return_counts=True)[1].astype(np.float64)
        both = np.unique(np.stack([place[decided], decider]), axis=1, return_counts=True)[1]
        squares = float((by_person**2).sum()) - by_person.sum() ** 2 / gallery_people
        drawn = squares * gallery_people / (gallery_people - 1) - float((both**2).sum())
    return Spread(
        variance=(searched + max(0.0, drawn)) / n**2,
        people=people,
        freedom=degrees_of_freedom(residual, people=people),
        apart=float(n**2 / (trials**2).sum()),
    )
