"""Histograms and the full sort agree on every score set, however it is cut into batches."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from probity.performance.scores import ArrayScores
from probity.performance.thresholds.cut import at_most_false_matches, fmr_at_most_fnmr
from probity.performance.thresholds.order import key_of, score_of
from probity.performance.thresholds.reference import sorted_cuts
from probity.performance.thresholds.search import exact_cuts
from probity.performance.thresholds.sweep import COARSE_BITS, count_coarsely, count_within
from probity.performance.verification import verification

FINITE = st.floats(allow_nan=False, allow_infinity=False)
NEIGHBOURS = st.integers(0, 40).map(lambda steps: 1.0 + steps * 2.0**-52)
FEW = st.integers(-3, 3).map(float)


@st.composite
def score_sets(draw):
    values = draw(st.sampled_from([FINITE, NEIGHBOURS, FEW, FINITE | NEIGHBOURS | FEW]))
    size = draw(st.integers(1, 60))
    score = np.array(draw(st.lists(values, min_size=size, max_size=size)))
    if draw(st.booleans()):
        with np.errstate(over="ignore"):
            score = np.clip(score.astype(np.float32), -3.0e38, 3.0e38)
    mated = draw(nps.arrays(np.bool_, size))
    return score, mated


def targets_for(mated, allowed):
    targets = [at_most_false_matches(k) for k in allowed]
    if mated.any() and not mated.all():
        sizes = {"nonmated": int((~mated).sum()), "mated": int(mated.sum())}
        targets.append(fmr_at_most_fnmr(**sizes))
    return targets


@given(score_sets(), st.lists(st.integers(0, 60), max_size=4), st.integers(1, 61))
def test_histograms_find_what_the_sort_finds(scores, allowed, batch_rows):
    score, mated = scores
    targets = targets_for(mated, allowed)
    read = ArrayScores(score, mated, batch_rows=batch_rows)
    found = exact_cuts(read.batches, count_coarsely(read.batches()), targets)
    assert found == sorted_cuts(score, mated, targets)


@settings(max_examples=30)
@given(score_sets(), st.integers(1, 61), st.integers(1, 61))
def test_the_figures_do_not_depend_on_the_batches(scores, one, other):
    score, mated = scores
    first, second = (
        verification(ArrayScores(score, mated, batch_rows=rows), fmrs=(0.3, 0.05))
        for rows in (one, other)
    )
    assert first == second


@settings(max_examples=30)
@given(score_sets(), score_sets(), score_sets())
def test_counts_merge_in_any_order(a, b, c):
    one, two, three = (count_coarsely(ArrayScores(*part).batches()) for part in (a, b, c))
    whole = np.concatenate([part[0].astype(float) for part in (c, a, b)])
    flags = np.concatenate([part[1] for part in (c, a, b)])
    assert np.array_equal((one + two) + three, one + (two + three))
    assert np.array_equal(one + two + three, count_coarsely(ArrayScores(whole, flags).batches()))


@settings(max_examples=30)
@given(score_sets(), score_sets())
def test_fine_counts_merge_too(a, b):
    prefixes = np.unique(np.array([key_of(x) >> (64 - COARSE_BITS) for x in a[0]], np.uint64))
    parts = [
        count_within(ArrayScores(*part).batches(), prefixes, prefix_bits=COARSE_BITS)
        for part in (a, b)
    ]
    joined = ArrayScores(
        np.concatenate([a[0].astype(float), b[0].astype(float)]), np.concatenate([a[1], b[1]])
    )
    whole = count_within(joined.batches(), prefixes, prefix_bits=COARSE_BITS)
    assert np.array_equal(whole.counts, parts[0].counts + parts[1].counts)
    assert np.array_equal(whole.lowest, np.minimum(parts[0].lowest, parts[1].lowest))
    assert np.array_equal(whole.highest, np.maximum(parts[0].highest, parts[1].highest))


@given(FINITE, FINITE)
def test_keys_order_as_scores_do(a, b):
    assert (key_of(a) < key_of(b)) == (a < b)
    assert (key_of(a) == key_of(b)) == (a == b)
    assert score_of(key_of(a)) == a


@settings(max_examples=30)
@given(score_sets())
def test_points_of_the_det_curve_lie_on_it(scores):
    score, mated = scores
    wide = score.astype(np.float64)
    for point in verification(ArrayScores(score, mated), fmrs=(0.3,)).det:
        assert point.nonmated_accepted == int((wide[~mated] >= point.threshold).sum())
        assert point.mated_rejected == int((wide[mated] < point.threshold).sum())
