"""The compiled engines give, bit for bit, what plain NumPy gives, however the work is divided."""

from itertools import pairwise

import numpy as np
import pytest

from people import People, people
from probity.performance.engine import PairCounts, Threads, compare_all_pairs, top_k
from probity.performance.engine.reference import dots, exact_scores
from probity.performance.engine.reference import screened_float32 as screened_in_numpy

SCREENS = ["int16", "float32"]
WHOLE = ((6144, 8192), 1)
DIVISIONS = [WHOLE, ((10, 10), 2), ((64, 33), 1), ((1, 500), 3), ((97, 1), 2), ((6, 16), 2)]
SETS = {
    "several groups": people(probes=203, references=157, dimension=37, subjects=60, groups=3),
    "one group": people(probes=64, references=96, dimension=512, subjects=40),
    "one number": people(probes=50, references=40, dimension=1, subjects=10, groups=2),
    "odd dimension": people(probes=50, references=40, dimension=7, subjects=10, groups=2),
    "one subject": people(probes=50, references=40, dimension=16, subjects=1),
    "one pair": people(probes=1, references=1, dimension=16, subjects=2),
    "all alike": people(probes=50, references=70, dimension=16, subjects=9, spread=0.0),
}


def thresholds_of(given: People) -> np.ndarray:
    """Thresholds that are hard: scores of pairs, exactly, their neighbours, and the ends."""
    scores = np.unique(exact_scores(given.probes, given.references))
    chosen = scores[:: max(1, len(scores) // 5)]
    return np.concatenate([chosen, np.nextafter(chosen, 2), [-1.0, 0.0, 1.0]])


def require_equal(one: PairCounts, other: PairCounts) -> None:
    assert one.strata.keys() == other.strata.keys()
    assert one.score_error_bound == other.score_error_bound
    for key, counts in one.strata.items():
        np.testing.assert_array_equal(counts.histogram, other.strata[key].histogram)
        np.testing.assert_array_equal(counts.at_or_above, other.strata[key].at_or_above)
        for part in ("scores", "probes", "references"):
            np.testing.assert_array_equal(
                getattr(counts.tail, part), getattr(other.strata[key].tail, part)
            )
    assert one.digest() == other.digest()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", SETS)
def test_all_pairs_of_every_division_are_those_of_numpy(name: str, screen: str) -> None:
    given = SETS[name]
    asked = {"thresholds": thresholds_of(given), "nonmated_tail": 20, "mated_tail": 30}
    truth = compare_all_pairs(
        given.probes, given.references, engine=f"reference-{screen}", **asked, **given.labels
    )
    for block, threads in DIVISIONS:
        fast = compare_all_pairs(
            given.probes,
            given.references,
            engine=screen,
            block=block,
            runner=Threads(threads),
            **asked,
            **given.labels,
        )
        require_equal(truth, fast)


@pytest.mark.parametrize("tail", [0, 1, 10**6])
def test_tails_of_any_length_are_those_of_numpy(tail: int) -> None:
    given = SETS["several groups"]
    asked = {"nonmated_tail": tail, "mated_tail": tail, **given.labels}
    truth, fast = (
        compare_all_pairs(given.probes, given.references, engine=engine, block=(50, 50), **asked)
        for engine in ("reference-int16", "int16")
    )
    require_equal(truth, fast)


def test_a_list_that_fills_up_loses_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probity.performance.engine.block.LISTED_PAIRS", 1)
    monkeypatch.setattr("probity.performance.engine.packed.CACHED_BYTES", 1)
    given = people(probes=400, references=500, dimension=8, subjects=50)
    asked = {"thresholds": thresholds_of(given), "nonmated_tail": 300, **given.labels}
    truth = compare_all_pairs(given.probes, given.references, engine="reference-int16", **asked)
    fast = compare_all_pairs(given.probes, given.references, engine="int16", **asked)
    require_equal(truth, fast)


def test_the_order_of_templates_changes_no_count() -> None:
    given = SETS["several groups"]
    order = np.random.default_rng(5).permutation(len(given.probes))
    mixed = {
        name: np.asarray(values)[order] if name.startswith("probe") else values
        for name, values in given.labels.items()
    }
    asked = {"thresholds": thresholds_of(given), "engine": "int16"}
    one = compare_all_pairs(given.probes, given.references, **asked, **given.labels)
    other = compare_all_pairs(given.probes[order], given.references, **asked, **mixed)
    for key, counts in one.strata.items():
        np.testing.assert_array_equal(counts.histogram, other.strata[key].histogram)
        np.testing.assert_array_equal(counts.at_or_above, other.strata[key].at_or_above)
        np.testing.assert_array_equal(counts.tail.scores, other.strata[key].tail.scores)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", ["several groups", "odd dimension", "all alike"])
@pytest.mark.parametrize("k", [1, 3, 40])
def test_candidates_of_every_division_are_those_of_numpy(name: str, screen: str, k: int) -> None:
    given = SETS[name]
    truth = top_k(given.probes, given.references, k=k, engine=f"reference-{screen}")
    for block, threads in DIVISIONS:
        fast = top_k(
            given.probes, given.references, k=k, engine=screen, block=block, threads=threads
        )
        np.testing.assert_array_equal(truth.references, fast.references)
        np.testing.assert_array_equal(truth.scores, fast.scores)


def test_the_screens_agree_on_all_that_is_exact() -> None:
    given = SETS["several groups"]
    asked = {"thresholds": thresholds_of(given), **given.labels}
    whole, single = (
        compare_all_pairs(given.probes, given.references, engine=engine, **asked)
        for engine in SCREENS
    )
    assert whole.digest() != single.digest()  # their histograms are of different scores
    for key, counts in whole.strata.items():
        np.testing.assert_array_equal(counts.at_or_above, single.strata[key].at_or_above)
        np.testing.assert_array_equal(counts.tail.scores, single.strata[key].tail.scores)


def test_rounding_once_is_not_rounding_twice() -> None:
    # 1 + 2^-23, plus a product just below 2^-24, lies just below the middle of two float32. In
    # float64 the sum falls on the middle, and from there to the even neighbour above.
    one_up = np.float32(1 + 2.0**-23)
    a = np.array([[one_up, 2.0**-12 * (1 + 2.0**-16)]], np.float32)
    b = np.array([[1.0, 2.0**-12 * (1 - 2.0**-16)]], np.float32)
    twice = np.float32(np.float64(one_up) + np.float64(a[0, 1]) * np.float64(b[0, 1]))
    assert twice == np.float32(1 + 2.0**-22)
    assert screened_in_numpy(a, b)[0, 0] == one_up * 2.0**30


def test_sums_in_numpy_keep_their_order() -> None:
    rng = np.random.default_rng(2)
    a = rng.standard_normal((1, 21)).astype(np.float32)
    b = rng.standard_normal((1, 21)).astype(np.float32)
    lanes = [0.0] * 8
    for k in range(16):
        lanes[k % 8] += float(a[0, k]) * float(b[0, k])
    rest = 0.0
    for k in range(16, 21):
        rest += float(a[0, k]) * float(b[0, k])
    s = lanes
    total = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])) + rest
    assert dots(a, b)[0, 0] == total


def test_tails_are_in_order() -> None:
    given = SETS["several groups"]
    counts = compare_all_pairs(given.probes, given.references, **given.labels)
    for (_, _, mated), tail in counts.tail.items():
        for before, after in pairwise(tail.scores):
            assert before <= after if mated else before >= after
