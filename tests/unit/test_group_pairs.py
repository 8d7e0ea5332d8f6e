"""Rates by pair of groups: counted in one sweep, whatever order the groups turn up in."""

import numpy as np
import pytest

from probity.core import InputError, Undefined
from probity.performance import group_pairs
from probity.performance.group_pairs import GroupCells, rates_by_group
from probity.performance.people import NO_SUBJECTS
from probity.performance.scores import ArrayScores

N = 3_000
RNG = np.random.default_rng(11)
SCORE = RNG.normal(size=N).astype(np.float32)
MATED = RNG.random(N) < 0.3
PROBE = np.array(["c", "a", "b"])[RNG.integers(0, 3, N)]
REFERENCE = np.array(["b", "c", "d"])[RNG.integers(0, 3, N)]
COLUMNS = ("probe_group", "reference_group")


def rates(batch_rows: int, thresholds=(0.5, float(SCORE[7]), -1.0), columns=COLUMNS):
    labels = {"probe_group": PROBE.tolist(), "reference_group": REFERENCE.tolist()}
    scores = ArrayScores(SCORE, MATED, labels=labels, batch_rows=batch_rows)
    return rates_by_group(
        scores.batches(columns),
        columns=columns,
        names=scores.names,
        thresholds=thresholds,
        cells=GroupCells(),
        spreads=NO_SUBJECTS,
    )


def test_counts_are_those_of_a_plain_count():
    found = rates(97)
    assert len(found) == 9
    assert [(g.probe_group, g.reference_group) for g in found] == sorted(
        (g.probe_group, g.reference_group) for g in found
    )
    for group in found:
        inside = (group.probe_group == PROBE) & (group.reference_group == REFERENCE)
        assert group.mated == (inside & MATED).sum()
        assert group.nonmated == (inside & ~MATED).sum()
        assert [row[0] for row in group.at] == sorted([0.5, float(SCORE[7]), -1.0])
        for threshold, fmr, fnmr in group.at:
            assert fmr.naive.count.k == (inside & ~MATED & (threshold <= SCORE)).sum()
            assert fnmr.naive.count.k == (inside & MATED & (threshold > SCORE)).sum()


@pytest.mark.parametrize("batch_rows", [1, 10, N])
def test_batches_do_not_matter(batch_rows):
    assert rates(batch_rows) == rates(97)


def test_one_column_is_enough():
    found = rates(97, columns=("probe_group",))
    assert [(g.probe_group, g.reference_group) for g in found] == [
        ("a", None),
        ("b", None),
        ("c", None),
    ]


def test_a_pair_without_mated_comparisons_has_no_fnmr():
    scores = ArrayScores(np.array([1.0]), np.array([False]), labels={"probe_group": ["a"]})
    (group,) = rates_by_group(
        scores.batches(["probe_group"]),
        columns=["probe_group"],
        names=scores.names,
        thresholds=[0.5],
        cells=GroupCells(),
        spreads=NO_SUBJECTS,
    )
    ((_, fmr, fnmr),) = group.at
    assert (fmr.naive.count.k, fmr.naive.count.n) == (1, 1)
    assert fnmr.naive == Undefined(
        "no mated comparisons of a with all: a proportion of none is undefined"
    )


def test_too_many_pairs(monkeypatch):
    monkeypatch.setattr(group_pairs, "MOST_PAIRS", 8)
    with pytest.raises(InputError, match="too many pairs of groups; allowed: at most 8"):
        rates(97)
