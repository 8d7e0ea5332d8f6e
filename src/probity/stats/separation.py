"""Whether a logistic model has a finite maximum at all."""

import numpy as np
from numpy.typing import NDArray


def separated(events: NDArray[np.bool_], design: NDArray[np.float64]) -> bool:
    """Say whether some combination of covariates splits the units with and without an event.

    The likelihood then has no maximum: it rises for ever along that combination, and whatever an
    optimiser returns is where it stopped. Complete and quasi-complete separation are both found,
    exactly, as a linear programme: is there b with s_i x_i'b >= 0 for all i, and > 0 for some,
    where s_i is 1 with an event and -1 without?

    Parameters
    ----------
    events : ndarray of bool, shape (n,)
    design : ndarray, shape (n, k)
        Full column rank, the constant included.

    Source: Albert & Anderson, Biometrika 71 (1984) 1-10; Konis, DPhil thesis, Oxford 2007.
    """
    from scipy.optimize import linprog

    signed = np.where(events, 1.0, -1.0)[:, None] * design / np.abs(design).max(axis=0)
    found = linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        bounds=[(-1.0, 1.0)] * design.shape[1],
        method="highs",
    )
    return bool((signed @ found.x).sum() > 1e-6)  # noqa: PLR2004 - solver tolerance; the columns are scaled to 1
