"""Identification by hand: four probes and a gallery of three people.

    probe     person   Ann   Bob   Cat       the gallery holds Ann, Bob and Cat
    a1        Ann       90    40    30       right person first
    b1        Bob       60    50    20       right person second, behind Ann
    x1        Xen       35    70    10       nobody in the gallery: Bob resembles
    y1        Yaz       15    25     5       nobody in the gallery: nobody resembles

A probe is mated when its person is in the gallery searched: a1 and b1 are, x1 and y1 are not.
A candidate counts when its score is at or above the threshold.
"""

import numpy as np
import pytest

from probity.core import InputError, Undefined
from probity.performance.identification.measure import identification
from probity.performance.identification.modes import mode_of
from probity.performance.identification.score_trial import ScoreTrial
from probity.performance.scores import ArrayScores


def trial(table, *, gallery=None, groups=None):
    """A trial of a table {(probe, person): {gallery sample: score}}; ``gallery`` names persons."""
    rows = [
        (probe, person, sample, (gallery or {}).get(sample, sample), score)
        for (probe, person), row in table.items()
        for sample, score in row.items()
    ]
    labels = {
        "probe_id": [row[0] for row in rows],
        "probe_subject": [row[1] for row in rows],
        "reference_id": [row[2] for row in rows],
        "reference_subject": [row[3] for row in rows],
    }
    if groups:
        labels["probe_group"] = [groups[row[1]] for row in rows]
        labels["reference_group"] = [groups[row[3]] for row in rows]
    score = np.array([float(row[4]) for row in rows])
    mated = np.array([row[1] == row[3] for row in rows])
    return ScoreTrial(ArrayScores(score, mated, labels=labels, batch_rows=2))


def lists(**rows):
    return dict(zip(("Ann", "Bob", "Cat"), rows.pop("scores"), strict=True))


TABLE = {
    ("a1", "Ann"): lists(scores=(90, 40, 30)),
    ("b1", "Bob"): lists(scores=(60, 50, 20)),
    ("x1", "Xen"): lists(scores=(35, 70, 10)),
    ("y1", "Yaz"): lists(scores=(15, 25, 5)),
}


def counts(found, number=0):
    """(k, n) of FPIR and of TPIR."""
    at = found.at[number]
    return tuple(
        (rate.naive.count.k, rate.naive.count.n) if not isinstance(rate.naive, Undefined) else None
        for rate in (at.fpir, at.tpir)
    )


@pytest.mark.parametrize(
    ("threshold", "fpir", "tpir"),
    [
        (5, (2, 2), (1, 2)),  # every search returns somebody; b1 returns Ann first
        (25, (2, 2), (1, 2)),  # y1's best, Bob at 25, is at the threshold: it counts
        (25.5, (1, 2), (1, 2)),
        (70, (1, 2), (1, 2)),
        (71, (0, 2), (1, 2)),
        (91, (0, 2), (0, 2)),  # Ann's 90 no longer reaches it
    ],
)
def test_fpir_counts_searches_with_a_candidate_and_tpir_the_right_person_first(
    threshold, fpir, tpir
):
    assert counts(identification(trial(TABLE), thresholds=[threshold])) == (fpir, tpir)


def test_at_rank_2_the_second_place_counts_too():
    found = identification(trial(TABLE), thresholds=[50.0], mode=mode_of("live", rank=2))
    assert counts(found) == ((1, 2), (2, 2))


def test_at_rank_2_the_right_person_must_still_reach_the_threshold():
    found = identification(trial(TABLE), thresholds=[50.5], mode=mode_of("live", rank=2))
    assert counts(found) == ((1, 2), (1, 2))


def test_a_search_that_returns_three_people_is_one_false_alarm_not_three():
    """FPIR counts searches. Selectivity counts candidates: x1 returns three, y1 none."""
    table = {key: row for key, row in TABLE.items() if key[0] in ("x1", "y1")}
    table["x1", "Xen"] = lists(scores=(35, 70, 40))
    mode = mode_of("operator-initiated", list_length=3)
    found = identification(trial(table), thresholds=[30.0], mode=mode)
    assert counts(found)[0] == (1, 2)
    assert found.at[0].selectivity.events.k == 3
    assert found.at[0].selectivity.value == 1.5


def test_without_mated_probes_tpir_is_undefined_and_says_so():
    table = {key: row for key, row in TABLE.items() if key[0] in ("x1", "y1")}
    tpir = identification(trial(table), thresholds=[30.0]).at[0].tpir.over_people
    assert isinstance(tpir, Undefined)
    assert "no mated probes" in tpir.reason


def test_a_tie_at_the_top_does_not_identify():
    """b1 scores 60 with both Ann and Bob. Which of the two a system shows is chance."""
    table = {("b1", "Bob"): lists(scores=(60, 60, 20))}
    assert counts(identification(trial(table), thresholds=[50.0]))[1] == (0, 1)
    at_rank_2 = identification(trial(table), thresholds=[50.0], mode=mode_of("live", rank=2))
    assert counts(at_rank_2)[1] == (1, 1)


def test_a_person_with_several_gallery_samples_takes_one_place_with_the_best_of_them():
    """Ann's two samples both beat Bob's. As people, Bob is second."""
    table = {("b1", "Bob"): {"ann1": 60, "ann2": 58, "bob1": 50}}
    gallery = {"ann1": "Ann", "ann2": "Ann", "bob1": "Bob"}
    found = identification(
        trial(table, gallery=gallery), thresholds=[10.0], mode=mode_of("live", rank=2)
    )
    assert counts(found)[1] == (1, 1)


def test_a_gallery_sample_is_not_compared_with_itself():
    """Probe ann1 is itself in the gallery with a score of 100. Only ann2 can find Ann."""
    table = {("ann1", "Ann"): {"ann1": 100, "ann2": 30, "bob1": 40}}
    gallery = {"ann1": "Ann", "ann2": "Ann", "bob1": "Bob"}
    found = identification(trial(table, gallery=gallery), thresholds=[10.0])
    assert counts(found)[1] == (0, 1)
    assert found.comparisons == 2


def test_a_probe_whose_only_gallery_sample_is_itself_is_non_mated():
    table = {("ann1", "Ann"): {"ann1": 100, "bob1": 40}}
    found = identification(trial(table, gallery={"ann1": "Ann", "bob1": "Bob"}), thresholds=[30.0])
    assert counts(found) == ((1, 1), None)


def test_in_a_sub_gallery_without_its_person_a_probe_is_non_mated():
    """Galleries of one person. Whoever is drawn, of a1 and b1 those not drawn are non-mated."""
    found = identification(trial(TABLE), thresholds=[30.0], gallery_sizes=[1, 3], seed=4)
    (fpir_k, fpir_n), tpir = counts(found)
    mated = 0 if tpir is None else tpir[1]
    assert mated + fpir_n == 4
    assert found.at[0].gallery_size == 1
    assert counts(found, 1) == ((1, 2), (1, 2))
    assert fpir_k <= fpir_n


def test_the_mean_over_all_galleries_of_one_is_worked_out_not_drawn():
    """Galleries {Ann}, {Bob}, {Cat} at threshold 30, non-mated probes only:

    {Ann}: b1 (60) and x1 (35) alert, y1 not    2 of 3
    {Bob}: a1 (40) and x1 (70) alert, y1 not    2 of 3
    {Cat}: a1 (30) alerts; b1, x1 and y1 not    1 of 4

    Over all of them 5 of 10.
    """
    found = identification(trial(TABLE), thresholds=[30.0], gallery_sizes=[1, 3])
    assert found.at[0].over_galleries.mean == pytest.approx(5 / 10)
    assert found.at[1].over_galleries.mean == pytest.approx(1 / 2)  # x1 of x1 and y1


def test_the_formula_for_independent_comparisons_stands_beside_it():
    """Ten non-mated comparisons, five of them at or above 30: 1 - (1 - 5/10)^3 in a gallery of 3.
    The count says 1 of 2."""
    over = identification(trial(TABLE), thresholds=[30.0]).at[0].over_galleries
    assert over.binomial == pytest.approx(1 - 0.5**3)


def test_cmc_counts_the_right_person_by_rank_without_a_threshold():
    found = identification(trial(TABLE), mode=mode_of("operator-initiated", list_length=3))
    ranks = {rank: rate.naive.count.k for rank, rate in found.cmc[3]}
    assert ranks == {1: 1, 2: 2, 3: 2}
    assert found.at[0].threshold == float("-inf")


def test_rates_by_group_and_false_matches_within_and_across():
    """Ann and Xen are of group A, Bob, Cat and Yaz of group B; threshold 35."""
    groups = {"Ann": "A", "Xen": "A", "Bob": "B", "Cat": "B", "Yaz": "B"}
    found = identification(trial(TABLE, groups=groups), thresholds=[35.0])
    by_group = found.at[0].groupings[0].groups
    assert by_group["A"].fpir.naive.count.k == 1  # x1
    assert by_group["B"].fpir.naive.count.k == 0  # y1
    assert by_group["A"].tpir.naive.count.k == 1  # a1
    assert by_group["B"].tpir.naive.count.k == 0  # b1
    matches = {
        (one.probe_group, one.gallery_group): (one.rate.naive.count.k, one.rate.naive.count.n)
        for one in found.false_matches
    }
    # x1-Ann; a1-Bob and x1-Bob; b1-Ann; nobody of B with another of B
    assert matches == {
        ("A", "A"): (1, 1),
        ("A", "B"): (2, 4),
        ("B", "A"): (1, 2),
        ("B", "B"): (0, 3),
    }


def test_a_group_with_one_person_has_counts_but_no_interval_over_people():
    groups = {"Ann": "A", "Xen": "A", "Bob": "B", "Cat": "B", "Yaz": "B"}
    group = identification(trial(TABLE, groups=groups), thresholds=[35.0]).at[0].groupings[0]
    assert isinstance(group.groups["A"].fpir.over_people, Undefined)
    assert isinstance(group.fpir["ratio_to_best"], Undefined)
    assert isinstance(group.fpir_test, Undefined)
    assert "1 person" in group.fpir_test.reason


def test_a_search_that_left_out_a_gallery_sample_is_refused():
    table = dict(TABLE)
    table["y1", "Yaz"] = {"Ann": 15, "Bob": 25}
    with pytest.raises(InputError, match=r"not compared with the whole gallery.*y1: 2 comparisons"):
        trial(table)


def test_one_sample_of_two_people_is_refused():
    table = dict(TABLE)
    table["a1", "Bob"] = lists(scores=(1, 2, 3))
    with pytest.raises(InputError, match="one probe_id is given two values of probe_subject"):
        trial(table)


@pytest.mark.parametrize("size", [0, 4])
def test_a_gallery_larger_than_the_one_tested_is_not_guessed_at(size):
    with pytest.raises(InputError, match="1 to 3, the number of people in the gallery"):
        identification(trial(TABLE), thresholds=[1.0], gallery_sizes=[size])
