"""FMR and FNMR over people, from comparisons that stream with their subjects."""

import numpy as np
import pytest

from probity.core import Count, Rate, Undefined
from probity.performance import people
from probity.performance.intervals.effective import person_rate
from probity.performance.intervals.of_pairs import spread_of_pairs
from probity.performance.people import spreads_over_people
from probity.performance.scores import ArrayScores
from probity.performance.verification import verification


def score_set(probe, reference, score, *, batch_rows=1 << 18) -> ArrayScores:
    probe, reference = np.asarray(probe), np.asarray(reference)
    return ArrayScores(
        np.asarray(score, dtype=np.float64),
        probe == reference,
        labels={
            "probe_subject": [f"person {code}" for code in probe],
            "reference_subject": [f"person {code}" for code in reference],
        },
        batch_rows=batch_rows,
    )


def spreads(scores, threshold, false_matches):
    found = spreads_over_people(
        scores.batches, scores.names, false_matches_at={threshold: false_matches}
    )
    assert not isinstance(found, Undefined)
    return found.whole[threshold]


def shared_people(i, j, event):
    """The variance by its definition: every two comparisons with a person in common."""
    residual = event - event.mean()
    shared = (i[:, None] == i) | (i[:, None] == j) | (j[:, None] == i) | (j[:, None] == j)
    return (residual[:, None] * residual * shared).sum() / len(i) ** 2


@pytest.fixture
def all_pairs():
    """One sample of each of seven people with one of five of them and two others."""
    i, j = (side.ravel() for side in np.meshgrid(np.arange(7), np.arange(2, 9), indexing="ij"))
    score = np.random.default_rng(3).normal(size=len(i)) + 2.0 * (i == j) + 0.8 * (i == 1)
    keep = i <= j  # nobody is compared twice with the same person
    return i[keep], j[keep], score[keep]


def test_three_comparisons_by_hand():
    """A-B and A-C match falsely, D-E and D-F do not: p = 1/2.

    D_A = 2 - 1 = 1, D_B = D_C = 1/2, D_D = -1, D_E = D_F = -1/2: squares 3. The four pairs of
    people have (1/2)^2 each: 1. Two people are probes, so times 2/1: 2 (3 - 1) / 4^2 = 1/4.
    A-B and D-E share nobody; a third comparison would.
    """
    found = spreads(score_set([0, 0, 3, 3], [1, 2, 4, 5], [9, 9, 1, 1]), 5.0, 2).fmr
    assert found.variance == pytest.approx(1 / 4)
    assert (found.people, found.apart) == (2, 2.0)


def test_mated_comparisons_by_hand():
    """A: 2 of 2 below; B: 0 of 2. p = 1/2, D = 1 and -1: 2/1 * (1 + 1) / 4^2 = 1/4."""
    found = spreads(score_set([0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 9, 9]), 5.0, 0).fnmr
    assert found.variance == pytest.approx(1 / 4)
    assert (found.people, found.apart) == (2, 2.0)


def test_the_variance_is_the_sum_over_comparisons_that_share_a_person(all_pairs):
    i, j, score = all_pairs
    other = i != j
    i_other, j_other, event = i[other], j[other], score[other] >= 0.7
    found = spreads(score_set(i, j, score), 0.7, int(event.sum())).fmr
    small = found.people / (found.people - 1)
    assert found.variance == pytest.approx(small * shared_people(i_other, j_other, event))


def test_repeated_comparisons_err_to_the_wide_side():
    i, j = (side.ravel() for side in np.meshgrid(np.arange(5), np.arange(5, 9), indexing="ij"))
    i, j = np.repeat(i, 3), np.repeat(j, 3)
    event = np.random.default_rng(4).random(len(i)) < 0.2
    found = spreads(score_set(i, j, event), 0.5, int(event.sum())).fmr
    exact = shared_people(i, j, event) * found.people / (found.people - 1)
    small = found.people / (found.people - 1)
    most = small * event.mean() ** 2 * 20 * 3**2 / len(i) ** 2  # 20 pairs, compared 3 times each
    assert 0 < found.variance - exact < most


def test_all_with_all_equals_what_the_numbers_of_samples_give():
    i, j = (side.ravel() for side in np.meshgrid(np.arange(12), np.arange(12, 20), indexing="ij"))
    event = np.random.default_rng(5).random(len(i)) < 0.1
    found = spreads(score_set(i, j, event), 0.5, int(event.sum())).fmr
    expected = spread_of_pairs(
        i[event],
        j[event],
        probe_samples=(np.arange(20) < 12).astype(int),
        gallery_samples=(np.arange(20) >= 12).astype(int),
        count=Count(int(event.sum()), len(i), "non-mated comparisons"),
    )
    assert found.variance == pytest.approx(expected.variance)
    assert found.freedom == pytest.approx(expected.freedom)
    assert (found.people, found.apart) == (expected.people, expected.apart)


@pytest.mark.parametrize("batch_rows", [1, 7, 1_000])
def test_batches_do_not_show(all_pairs, batch_rows):
    whole = verification(score_set(*all_pairs), fmrs=(0.2, 0.1))
    assert verification(score_set(*all_pairs, batch_rows=batch_rows), fmrs=(0.2, 0.1)) == whole
    assert isinstance(whole.points[0].false_matches.over_people, Rate)


def clustered(probes_each=40, persons=30):
    """Whoever is hard to recognise is so every time, and whoever resembles others does so."""
    generator = np.random.default_rng(6)
    person = np.repeat(np.arange(persons), probes_each)
    trait = generator.normal(0.0, 1.5, persons)
    mated = 4.0 + trait[person] + generator.normal(0.0, 0.3, len(person))
    other = (person + generator.integers(1, persons, len(person))) % persons
    nonmated = trait[person] + trait[other] + generator.normal(0.0, 0.3, len(person))
    probe = np.concatenate([person, person])
    return score_set(probe, np.concatenate([person, other]), np.concatenate([mated, nonmated]))


def test_where_the_intervals_part_it_is_said():
    found = verification(clustered(), fmrs=(0.05,))
    point = found.points[0]
    assert point.false_matches.parts
    assert point.false_nonmatches.parts
    assert point.fnmr.high < point.false_nonmatches.over_people.high
    assert any("times as wide as the naive one" in said for said in found.about_intervals)
    assert any("claim too much" in said for said in found.about_intervals)


def test_without_subjects_the_naive_interval_says_what_it_takes():
    scores = ArrayScores(np.arange(200.0), np.arange(200) % 2 == 0)
    found = verification(scores, fmrs=(0.1,))
    assert found.points[0].false_matches.over_people == people.NO_SUBJECTS
    assert isinstance(found.points[0].fmr, Rate)
    assert any("no subject columns" in said for said in found.about_intervals)


def test_subjects_that_contradict_a_flag_give_no_interval():
    scores = score_set([0, 1, 2, 3] * 30, [0, 2, 2, 1] * 30, np.arange(120.0))
    scores._mated[5] = True
    over = verification(scores, fmrs=(0.1,)).points[0].false_nonmatches.over_people
    assert isinstance(over, Undefined)
    assert "two subjects" in over.reason


def test_beyond_the_limits_the_reason_is_given(monkeypatch, all_pairs):
    monkeypatch.setattr(people, "MOST_FALSE_MATCHES", 3)
    low, high = verification(score_set(*all_pairs), fmrs=(0.3, 0.1)).points[:2]
    assert "to list by person" in low.false_matches.over_people.reason
    assert isinstance(low.false_nonmatches.over_people, Rate)
    assert isinstance(high.false_matches.over_people, Rate)
    monkeypatch.setattr(people, "MOST_PEOPLE", 5)
    refused = verification(score_set(*all_pairs), fmrs=(0.1,)).points[0].false_matches.over_people
    assert "too many people" in refused.reason


def test_the_rates_of_a_pair_of_groups_vary_as_if_nothing_else_had_been_compared():
    rng = np.random.default_rng(8)
    people, rows = 60, 6_000
    group_of = np.array(["a", "b", "c"])[np.arange(people) % 3]
    probe = rng.integers(0, people, rows)
    reference = np.where(rng.random(rows) < 0.2, probe, rng.integers(0, people, rows))
    score = rng.normal(size=rows) + 3.0 * (probe == reference) + 0.7 * (probe % 5 == 0)

    def test_of(chosen, **batches) -> ArrayScores:
        labels = {
            "probe_subject": [f"person {code}" for code in probe[chosen]],
            "reference_subject": [f"person {code}" for code in reference[chosen]],
            "probe_group": group_of[probe[chosen]].tolist(),
            "reference_group": group_of[reference[chosen]].tolist(),
        }
        mated = probe[chosen] == reference[chosen]
        return ArrayScores(score[chosen], mated, labels=labels, **batches)

    everyone = np.ones(rows, bool)
    found = verification(test_of(everyone), fmrs=[0.05])
    again = verification(test_of(everyone, batch_rows=131), fmrs=[0.05])
    assert found.groups == again.groups
    assert len(found.groups) == 9
    parted = 0
    for pair in found.groups:
        inside = group_of[probe] == pair.probe_group
        inside &= group_of[reference] == pair.reference_group
        alone = test_of(inside)
        counts = {threshold: fmr.naive.count.k for threshold, fmr, _ in pair.at}
        apart = spreads_over_people(alone.batches, alone.names, false_matches_at=counts)
        assert not isinstance(apart, Undefined)
        for threshold, fmr, fnmr in pair.at:
            spread = apart.whole[threshold]
            assert fmr == person_rate(fmr.naive.count, spread.fmr)
            if pair.mated:
                assert fnmr == person_rate(fnmr.naive.count, spread.fnmr)
            else:
                assert isinstance(fnmr.naive, Undefined)
            parted += fmr.parts
    assert parted  # people differ here by construction, so the naive intervals claim too much


def test_groups_count_towards_the_limit_of_memory(monkeypatch, all_pairs):
    i, j, score = all_pairs
    labels = {
        "probe_subject": [str(code) for code in i],
        "reference_subject": [str(code) for code in j],
        "probe_group": [str(code) for code in i],
    }
    grouped = ArrayScores(score, i == j, labels=labels)
    # Nine people at two thresholds; the whole and seven groups.
    monkeypatch.setattr(people, "MOST_TALLIES", 9 * 2 * 7)
    found = verification(grouped, fmrs=[0.2])
    assert "too many people" in found.eer.at.false_matches.over_people.reason
    assert "too many people" in found.groups[0].at[0][1].over_people.reason
