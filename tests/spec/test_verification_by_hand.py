"""Verification by hand: ten comparisons on a line.

    score        1  2  3  4  5  6  7  8  9  10
    mated              x        x  x     x  x       five mated (x), five non-mated

A comparison matches when its score is at or above the threshold.
"""

import numpy as np
import pytest

from probity.core import Rate, Undefined
from probity.performance.scores import ArrayScores
from probity.performance.thresholds.cut import (
    allowed_false_matches,
    at_most_false_matches,
    fmr_at_most_fnmr,
)
from probity.performance.thresholds.reference import sorted_cuts
from probity.performance.thresholds.search import exact_cuts
from probity.performance.thresholds.sweep import count_coarsely
from probity.performance.verification import showable_fmr, verification

SCORE = np.arange(1.0, 11.0)
MATED = np.array([0, 0, 1, 0, 0, 1, 1, 0, 1, 1], dtype=bool)


def fast(score, mated, targets):
    scores = ArrayScores(score, mated, batch_rows=3)
    return exact_cuts(scores.batches, count_coarsely(scores.batches()), targets)


@pytest.fixture(params=[fast, sorted_cuts], ids=["histograms", "sort"])
def cuts(request):
    """Both ways of finding thresholds must pass every test of this chapter."""
    return request.param


@pytest.mark.parametrize(
    ("allowed", "threshold", "rejected"),
    [
        (0, 9.0, 3),  # above the non-mated 8: mated 3, 6 and 7 are rejected
        (1, 6.0, 1),  # only the non-mated 8 is accepted, and only the mated 3 rejected
        (2, 5.0, 1),
        (3, 3.0, 0),
        (4, 2.0, 0),
        (5, 1.0, 0),  # everything is accepted
    ],
)
def test_the_lowest_threshold_that_allows_so_many_false_matches(cuts, allowed, threshold, rejected):
    (cut,) = cuts(SCORE, MATED, [at_most_false_matches(allowed)])
    assert cut.at.threshold == threshold
    assert cut.at.nonmated_accepted == allowed
    assert cut.at.mated_rejected == rejected


def test_tied_scores_are_accepted_or_rejected_together(cuts):
    """Three non-mated comparisons score 5. To allow at most two false matches, all three must
    go: the threshold is 6 and the false matches are none."""
    score = np.array([5.0, 5.0, 5.0, 4.0, 6.0])
    mated = np.array([False, False, False, False, True])
    (cut,) = cuts(score, mated, [at_most_false_matches(2)])
    assert (cut.at.threshold, cut.at.nonmated_accepted, cut.at.mated_rejected) == (6.0, 0, 0)


def test_where_no_observed_score_will_do_the_threshold_lies_just_above_all(cuts):
    score, mated = np.array([1.0, 2.0]), np.array([True, False])
    (cut,) = cuts(score, mated, [at_most_false_matches(0)])
    assert cut.at.threshold == np.nextafter(2.0, np.inf)
    assert (cut.at.nonmated_accepted, cut.at.mated_rejected) == (0, 1)


def test_minus_zero_and_zero_are_one_score(cuts):
    score, mated = np.array([-0.0, 0.0, 0.0, 1.0]), np.array([False, False, True, True])
    (cut,) = cuts(score, mated, [at_most_false_matches(1)])
    assert (cut.at.threshold, cut.at.mated_rejected) == (1.0, 1)


def test_fmr_and_fnmr_cross_between_two_neighbouring_scores(cuts):
    """At 6 the FMR is 1/5 and the FNMR 1/5: equal. Just below, at 5, the FMR is 2/5."""
    (cut,) = cuts(SCORE, MATED, [fmr_at_most_fnmr(nonmated=5, mated=5)])
    assert (cut.at.threshold, cut.at.nonmated_accepted, cut.at.mated_rejected) == (6.0, 1, 1)
    assert cut.before is not None
    assert (cut.before.threshold, cut.before.nonmated_accepted) == (5.0, 2)


def test_the_equal_error_rate_is_the_mean_of_both_where_they_are_closest():
    found = verification(ArrayScores(SCORE, MATED))
    assert found.eer.value == pytest.approx(0.2)
    assert found.eer.at.threshold == 6.0


def test_of_two_equally_close_scores_the_higher_gives_the_equal_error_rate():
    """One mated 1 and one non-mated 2: at 2 FMR and FNMR are both 1, at 1 they are 1 and 0.
    Just above 2 they are 0 and 1."""
    found = verification(ArrayScores(np.array([1.0, 2.0]), np.array([True, False])))
    assert (found.eer.at.threshold, found.eer.value) == (2.0, 1.0)


def test_scores_that_part_the_classes_have_an_equal_error_rate_of_zero_with_an_interval():
    found = verification(ArrayScores(SCORE, SCORE > 5))
    assert found.eer.value == 0.0
    assert found.eer.at.threshold == 6.0
    assert found.eer.at.fmr.high == pytest.approx(0.5218, abs=1e-4)  # 0 of 5 shows no more


def test_a_wanted_fmr_is_read_as_the_decimal_it_is_written_as():
    """0.29 of 100 is 29, though the nearest double to 0.29 times 100 is a little less."""
    assert 0.29 * 100 < 29
    assert allowed_false_matches(0.29, 100) == 29
    assert allowed_false_matches(1e-6, 10**6) == 1


def test_no_fmr_is_reported_that_the_sample_cannot_show():
    """299 comparisons without a false match show an FMR of 0.01 (rule of three); 298 do not."""
    assert showable_fmr(0.01, 299) is None
    reason = showable_fmr(0.01, 298)
    assert reason == Undefined(
        "298 non-mated comparisons cannot show an FMR of 0.01: none false would only show it to "
        "be below 0.01; it takes at least 299"
    )
    score = np.arange(300.0)
    found = verification(ArrayScores(score, score >= 299), fmrs=(0.01, 0.001))
    shown, hidden = found.fnmr_at_fmr
    assert isinstance(shown[1].fnmr, Rate)
    assert isinstance(hidden[1], Undefined)


def test_without_mated_pairs_fnmr_and_eer_are_undefined_but_fmr_is_not():
    found = verification(ArrayScores(np.arange(1000.0), np.zeros(1000, bool)), fmrs=(0.01,))
    ((_, point),) = found.fnmr_at_fmr
    assert point.fmr.count.k == 10
    assert point.fnmr == Undefined("no mated comparisons: a proportion of none is undefined")
    assert isinstance(found.eer, Undefined)


def test_without_nonmated_pairs_nothing_but_the_counts_is_known():
    found = verification(ArrayScores(np.arange(9.0), np.ones(9, bool)), fmrs=(0.01,))
    assert isinstance(found.fnmr_at_fmr[0][1], Undefined)
    assert isinstance(found.eer, Undefined)
    assert (found.comparisons, found.mated) == (9, 9)


def test_groups_share_the_thresholds_of_the_whole():
    """One threshold serves everyone: the non-mated 8 of group b is the one false match."""
    groups = ["a"] * 5 + ["b"] * 5
    scores = ArrayScores(SCORE, MATED, labels={"probe_group": groups, "reference_group": groups})
    found = verification(scores)
    a, b = found.groups
    assert (a.probe_group, a.reference_group, a.nonmated, a.mated) == ("a", "a", 4, 1)
    ((threshold, fmr_a, fnmr_a),) = a.at
    ((_, fmr_b, fnmr_b),) = b.at
    assert threshold == 6.0
    assert (fmr_a.naive.count.k, fnmr_a.naive.count.k) == (0, 1)
    fmr_b, fnmr_b = fmr_b.naive.count, fnmr_b.naive.count
    assert (fmr_b.k, fmr_b.n, fnmr_b.k, fnmr_b.n) == (1, 1, 0, 4)
