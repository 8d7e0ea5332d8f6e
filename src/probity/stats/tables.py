"""Tables of cases by group with fixed margins: all of them, how probable each is, draws of them.

A table is an array of whole numbers of shape (m,): the cases in each of m groups with ``sizes``
(n_1 .. n_m). Given the total of cases, and the same proportion in every group, tables follow the
multivariate hypergeometric distribution: P(table) = prod C(n_i, k_i) / C(N, K).
"""

from collections.abc import Sequence
from math import comb, prod

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

Tables = NDArray[np.int64]
Values = NDArray[np.float64]

# Tables as probable as another count as such although their logarithms round differently.
LOG_TIE = 1e-7
# Cases drawn one by one over all tables are at most this many, to bound memory.
FEW_CASES_DRAWN_MAX = 20_000_000


def tables_at_most(sizes: Sequence[int], cases: int) -> int:
    """Upper bound on the number of tables with ``cases`` in all, found without listing them."""
    fewer = min(cases, sum(sizes) - cases)
    free = sorted(sizes)[:-1]
    return min(
        prod(min(size, fewer) + 1 for size in free),
        comb(fewer + len(sizes) - 1, len(sizes) - 1),
    )


def every_table(sizes: Sequence[int], cases: int) -> Tables:
    """All tables with ``cases`` in all; shape (tables, m)."""
    room = np.append(np.cumsum(np.asarray(sizes, dtype=np.int64)[::-1])[::-1], 0)
    tables = np.zeros((1, 0), dtype=np.int64)
    left = np.array([cases], dtype=np.int64)
    for group, size in enumerate(sizes):
        fewest = np.maximum(0, left - room[group + 1])
        choices = np.minimum(size, left) - fewest + 1
        row = np.repeat(np.arange(len(left)), choices)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(choices) - choices, choices)
        here = fewest[row] + nth
        tables = np.column_stack([tables[row], here])
        left = left[row] - here
    return tables


def log_ways(tables: Tables | Values, sizes: Sequence[int]) -> Values:
    """log of prod C(n_i, k_i) along the last axis; k_i need not be whole."""
    n = np.asarray(sizes, dtype=np.float64)
    return np.asarray(
        -(betaln(tables + 1.0, n - tables + 1.0) + np.log1p(n)).sum(axis=-1), dtype=np.float64
    )


def p_values(log_weight: Values) -> Values:
    """For each of all tables, the probability of tables that are no more probable than it.

    ``log_weight`` is log of each table's probability, up to a constant.
    """
    ascending = np.sort(log_weight)
    cumulative = np.cumsum(np.exp(ascending - ascending[-1]))
    last_as_probable = np.searchsorted(ascending, log_weight + LOG_TIE, side="right") - 1
    shares: Values = cumulative[last_as_probable] / cumulative[-1]
    return shares


def draw_tables(
    sizes: Sequence[int], cases: int, *, tables: int, generator: np.random.Generator
) -> Tables:
    """Random tables with ``cases`` in all, all groups sharing one proportion; (tables, m).

    Raises
    ------
    ValueError
        10^9 trials or more, which numpy cannot draw from, unless cases are few among them.
    """
    trials = sum(sizes)
    fewer = min(cases, trials - cases)
    if fewer**2 > trials or fewer * tables > FEW_CASES_DRAWN_MAX:
        return generator.multivariate_hypergeometric(list(sizes), cases, size=tables)
    drawn = _draw_few(sizes, fewer, tables=tables, generator=generator)
    return drawn if fewer == cases else np.asarray(sizes, dtype=np.int64) - drawn


def _draw_few(
    sizes: Sequence[int], cases: int, *, tables: int, generator: np.random.Generator
) -> Tables:
    """As ``draw_tables``, by drawing which trials are the cases: fast when those are few.

    A draw in which some trial came up twice is drawn again, which leaves all sets of different
    trials equally probable.
    """
    trials = generator.integers(sum(sizes), size=(tables, cases))
    while len(again := np.flatnonzero((np.diff(np.sort(trials, axis=1), axis=1) == 0).any(axis=1))):
        trials[again] = generator.integers(sum(sizes), size=(len(again), cases))
    groups = np.searchsorted(np.cumsum(sizes), trials, side="right")
    cells = (groups + len(sizes) * np.arange(tables)[:, np.newaxis]).ravel()
    return np.bincount(cells, minlength=tables * len(sizes)).reshape(tables, len(sizes))
