"""Where the level of a series changes: Pettitt's rank test, applied again to each side."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The level differs from ``index`` on.

    ``before`` and ``after`` are the medians up to the neighbouring change points; ``p_value``
    is approximate and for this one split, before any correction for having searched.
    """

    index: int
    before: float
    after: float
    p_value: float

    @property
    def factor(self) -> float:
        """How many times larger the larger median is; infinite where the smaller is 0."""
        low, high = sorted((self.before, self.after))
        return high / low if low > 0 else float("inf")


def change_points(
    series: Sequence[float], *, alpha: float, factor: float, shortest: int
) -> tuple[ChangePoint, ...]:
    """Change points of a series by binary segmentation, in order.

    A stretch is split where Pettitt's statistic K = max |U_t| is largest, if p < ``alpha``,
    the medians of the two sides differ by at least ``factor`` and each side has at least
    ``shortest`` values; then both sides are searched in the same way. Ranks make it blind to
    the scale and unmoved by single outliers. Successive values are taken as independent.

    Parameters
    ----------
    series : sequence of float
        Values in order, shape (n,), each >= 0.
    alpha : float
        Largest p-value of a split, 0 < alpha < 1: p = 2 exp(-6 K^2 / (n^3 + n^2)).
    factor : float
        Smallest factor between the medians, >= 1.
    shortest : int
        Fewest values of a stretch, >= 1.

    Source: A. N. Pettitt, A non-parametric approach to the change-point problem, Applied
    Statistics 28 (1979) 126-135.
    """
    values = np.asarray(series, dtype=np.float64)
    found: list[tuple[int, float]] = []
    waiting = [(0, len(values))]
    while waiting:
        start, end = waiting.pop()
        if end - start < 2 * shortest:
            continue
        length, p_value = _pettitt(values[start:end])
        split = start + length
        if p_value >= alpha or min(length, end - split) < shortest:
            continue
        before, after = np.median(values[start:split]), np.median(values[split:end])
        if max(before, after) >= factor * min(before, after):
            found.append((split, p_value))
            waiting += [(start, split), (split, end)]
    found.sort()
    edges = [0, *(split for split, _ in found), len(values)]
    return tuple(
        ChangePoint(
            split,
            float(np.median(values[edges[i] : split])),
            float(np.median(values[split : edges[i + 2]])),
            p_value,
        )
        for i, (split, p_value) in enumerate(found)
    )


def _pettitt(values: np.ndarray) -> tuple[int, float]:
    """Length of the first part under the best split, and its p-value."""
    n = len(values)
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2)[place]
    t = np.arange(1, n)
    u = 2 * np.cumsum(ranks)[:-1] - t * (n + 1)
    length = int(np.argmax(np.abs(u))) + 1
    k = float(abs(u[length - 1]))
    return length, min(1.0, 2 * exp(-6 * k**2 / (n**3 + n**2)))
