"""The same counts in plain NumPy: the readable truth that the fast engine is tested against.

No blocks, no screening, no lists: every pair is scored exactly, and screened again for the
histogram. It needs memory for all pairs of a stratum at once, so it is for small sets.
"""

import numpy as np
from numpy.typing import NDArray

from probity.performance.engine.comparison import Comparison
from probity.performance.engine.fixed_point import BINS, SCORE_SCALE, TEMPLATE_SCALE
from probity.performance.engine.part import Check, Counts, Part, Tail
from probity.performance.engine.side import Side

Matrix = NDArray[np.float64]


def compare(comparison: Comparison) -> dict[tuple[int, int], Part]:
    """The part of every stratum."""
    parts = {}
    for p in range(len(comparison.probes.group_names)):
        for r in range(len(comparison.references.group_names)):
            rows_p = _rows(comparison.probes, p)
            rows_r = _rows(comparison.references, r)
            parts[p, r] = _stratum(comparison, rows_p, rows_r)
    return parts


def exact_scores(probes: NDArray[np.float32], references: NDArray[np.float32]) -> Matrix:
    """Cosine of all pairs, (n_probes, n_references), each summed in the engine's order."""
    products = dots(probes, references)
    squared_p = np.array([dots(row[None], row[None])[0, 0] for row in probes])
    squared_r = np.array([dots(row[None], row[None])[0, 0] for row in references])
    return np.asarray(np.clip(products / np.sqrt(squared_p[:, None] * squared_r), -1.0, 1.0))


def dots(probes: NDArray[np.float32], references: NDArray[np.float32]) -> Matrix:
    """Sums of products in float64: eight interleaved sums over the dimension, then their sum."""
    a, b = probes.astype(np.float64), references.astype(np.float64)
    dimension = a.shape[1]
    whole = dimension // 8 * 8
    sums = np.zeros((8, len(a), len(b)))
    for k in range(whole):
        sums[k % 8] += np.multiply.outer(a[:, k], b[:, k])
    rest = np.zeros((len(a), len(b)))
    for k in range(whole, dimension):
        rest += np.multiply.outer(a[:, k], b[:, k])
    s = sums
    even, odd = (s[0] + s[4]) + (s[2] + s[6]), (s[1] + s[5]) + (s[3] + s[7])
    return np.asarray((even + odd) + rest)


def quantised(side: Side, rows: NDArray[np.int64]) -> tuple[Matrix, NDArray[np.float64]]:
    """Unit templates x 2^15 as whole numbers, and the length of what rounding left."""
    factor = TEMPLATE_SCALE / np.sqrt(side.squared_norms[rows])
    exact = side.values[rows].astype(np.float64) * factor[:, None]
    whole = np.clip(np.rint(exact), -32767, 32767)
    return whole, _length(exact - whole) / TEMPLATE_SCALE


def singles(side: Side, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], Matrix]:
    """Unit templates as float32, and the length of what rounding left."""
    factor = 1.0 / np.sqrt(side.squared_norms[rows])
    exact = side.values[rows].astype(np.float64) * factor[:, None]
    near = exact.astype(np.float32)
    return near, _length(exact - near)


def screened_float32(a: NDArray[np.float32], b: NDArray[np.float32]) -> Matrix:
    """Scores x 2^30 rounded down, of sums in float32, one fused multiply-add at a time.

    A product of two float32 is exact in float64; the sum with a third is rounded there to an
    odd last digit when it is not exact, which makes the second rounding, to float32, the same
    as rounding once (Boldo and Melquiond 2008).
    """
    total = np.zeros((len(a), len(b)), np.float32)
    for k in range(a.shape[1]):
        product = np.multiply.outer(a[:, k].astype(np.float64), b[:, k].astype(np.float64))
        total = _rounded_to_odd(product, total.astype(np.float64)).astype(np.float32)
    return np.asarray(np.floor(total * np.float32(SCORE_SCALE)), np.float64)


def _rounded_to_odd(a: Matrix, b: Matrix) -> Matrix:
    near = a + b
    back = near - a
    left = (a - (near - back)) + (b - back)
    even = (near.view(np.int64) & 1) == 0
    towards = np.where(left > 0, np.inf, -np.inf)
    return np.asarray(np.where((left != 0) & even, np.nextafter(near, towards), near))


def _length(rest: Matrix) -> NDArray[np.float64]:
    """Length of each row, its squares summed in four interleaved sums."""
    squares = rest * rest
    whole = rest.shape[1] // 4 * 4
    sums = np.zeros((4, len(rest)))
    for k in range(whole):
        sums[k % 4] += squares[:, k]
    last = np.zeros(len(rest))
    for k in range(whole, rest.shape[1]):
        last += squares[:, k]
    return np.asarray(np.sqrt((sums[0] + sums[2]) + (sums[1] + sums[3]) + last))


def _rows(side: Side, group: int) -> NDArray[np.int64]:
    return side.rows[side.group_starts[group] : side.group_starts[group + 1]]


def _stratum(comparison: Comparison, rows_p: NDArray[np.int64], rows_r: NDArray[np.int64]) -> Part:
    probes, references = comparison.probes, comparison.references
    exact = exact_scores(probes.values[rows_p], references.values[rows_r])
    if comparison.screen == "int16":
        whole_p, left_p = quantised(probes, rows_p)
        whole_r, left_r = quantised(references, rows_r)
        screened = whole_p @ whole_r.T  # whole numbers below 2^53: exact in any order
    else:
        single_p, left_p = singles(probes, rows_p)
        single_r, left_r = singles(references, rows_r)
        screened = screened_float32(single_p, single_r)
    bins = np.clip(np.floor(screened / TEMPLATE_SCALE) + BINS // 2, 0, BINS - 1).astype(np.int64)
    one_person = probes.subjects[rows_p][:, None] == references.subjects[rows_r]
    one_sample = probes.samples[rows_p][:, None] == references.samples[rows_r]
    kinds = []
    for chosen, size, highest in (
        (~one_person, comparison.tails.nonmated, True),
        (one_person & ~one_sample, comparison.tails.mated, False),
    ):
        i, j = np.nonzero(chosen)
        scores = exact[chosen]
        above = [int((scores >= threshold).sum()) for threshold in comparison.thresholds]
        tail = Tail.of(scores, rows_p[i], rows_r[j], size=size, highest=highest)
        histogram = np.bincount(bins[chosen], minlength=BINS)
        kinds.append(Counts(histogram, np.array(above, np.int64), tail))
    difference = float(np.abs(exact - screened / SCORE_SCALE).max())
    check = Check(exact.size, difference)
    return Part(kinds[0], kinds[1], float(left_p.max()), float(left_r.max()), check)
