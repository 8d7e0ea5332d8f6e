"""Variance and bootstrap over people, against adding up every comparison."""

from itertools import combinations

import numpy as np
import pytest

from probity.core import Count, Rate, Undefined
from probity.performance.identification.candidates import Candidates
from probity.performance.identification.rates import Searches, resampled_fpir
from probity.performance.intervals.bootstrap import (
    NOT_DRAWN,
    draw_people,
    false_match_replicates,
    percentile_rate,
)
from probity.performance.intervals.effective import Spread, degrees_of_freedom, person_rate
from probity.performance.intervals.of_pairs import comparisons_apart, spread_of_pairs
from probity.performance.intervals.of_searches import spread_of_searches
from probity.stats.interval import clopper_pearson


@pytest.fixture(params=["everyone", "two sides", "partly"])
def campaign(request):
    """Every non-mated comparison of some people: persons on either side, and a score."""
    rng = np.random.default_rng(6)
    people = 9
    probe = rng.integers(people, size=14)
    gallery = rng.integers(people, size=12)
    if request.param == "two sides":
        gallery, people = gallery + people, 2 * people
    if request.param == "partly":
        gallery, people = gallery + 4, people + 4
    i, j = (side.ravel() for side in np.meshgrid(probe, gallery, indexing="ij"))
    i, j = i[i != j], j[i != j]
    scores = rng.normal(size=len(i)).round(1)
    samples = {
        "probe_samples": np.bincount(probe, minlength=people),
        "gallery_samples": np.bincount(gallery, minlength=people),
    }
    return people, i, j, scores, samples


def test_the_variance_is_the_sum_over_comparisons_that_share_a_person(campaign):
    """Every pair of comparisons with a person in common, one by one."""
    _, i, j, scores, samples = campaign
    event = scores >= 0.8
    count = Count(int(event.sum()), len(i), "non-mated comparisons")
    residual = event - event.mean()
    shared = (i[:, None] == i) | (i[:, None] == j) | (j[:, None] == i) | (j[:, None] == j)
    expected = (residual[:, None] * residual * shared).sum() / len(i) ** 2
    spread = spread_of_pairs(i[event], j[event], **samples, count=count)
    small = spread.people / (spread.people - 1)
    assert spread.variance == pytest.approx(small * expected)


def test_replicates_equal_reweighting_every_comparison(campaign):
    people, i, j, scores, samples = campaign
    weights = draw_people(np.arange(people) % 2, replicates=50, seed=1)
    event = scores >= 0.8
    found = false_match_replicates(weights, i[event], j[event], **samples)
    each = weights[:, i].astype(np.int64) * weights[:, j]
    assert found.k.tolist() == (each * event).sum(axis=1).tolist()
    assert found.n.tolist() == each.sum(axis=1).tolist()


def test_people_are_drawn_within_their_stratum():
    strata = np.array([0, 0, 0, 1, 1, NOT_DRAWN])
    weights = draw_people(strata, replicates=200, seed=3)
    assert (weights[:, :3].sum(axis=1) == 3).all()
    assert (weights[:, 3:5].sum(axis=1) == 2).all()
    assert not weights[:, 5].any()
    assert (draw_people(strata, replicates=200, seed=3) == weights).all()
    assert (draw_people(strata, replicates=200, seed=4) != weights).any()


def test_few_events_are_not_resampled():
    rate = percentile_rate(
        Count(9, 1000, "c"),
        false_match_replicates(
            np.ones((3, 2), np.int16),
            np.array([0]),
            np.array([1]),
            probe_samples=np.array([1, 0]),
            gallery_samples=np.array([0, 1]),
        ),
    )
    assert isinstance(rate, Undefined)


def test_the_bootstrap_of_searches_draws_people_and_needs_ten_with_events():
    """Eighty people, two passes each, both alike: as wide as for eighty searches, not 160."""
    person = np.repeat(np.arange(80), 2)
    scores = np.where(person % 4 == 0, 0.9, 0.1)[:, None]

    def rate(threshold):
        searches = Searches(
            gallery_size=3,
            candidates=Candidates(np.full((160, 1), 99), scores),
            mated=np.zeros(160, bool),
            person=person,
        )
        return resampled_fpir(searches, threshold, seed=1)

    found = rate(0.5)
    eighty = clopper_pearson(Count(20, 80, "people"))
    assert found.value == 0.25
    assert found.high - found.low == pytest.approx(eighty.high - eighty.low, rel=0.1)
    assert isinstance(rate(0.95), Undefined)


def test_searches_decided_by_nobody_else_vary_as_clusters_of_people_do():
    """One search to a person, no search decided alone: the binomial variance, n - 1 below."""
    outcome = np.array([True] * 3 + [False] * 7)
    nobody = np.empty(0, np.int64)
    spread = spread_of_searches(
        outcome, np.arange(10), decided=nobody, decider=nobody, gallery_people=5
    )
    assert spread.variance == pytest.approx(0.3 * 0.7 / 9)
    assert spread.apart == 10


def test_one_gallery_person_who_decides_many_searches_widens_the_interval():
    outcome = np.array([True] * 6 + [False] * 14)
    alone = np.arange(6)
    by_one, by_six = (
        spread_of_searches(
            outcome, np.arange(20), decided=alone, decider=decider, gallery_people=50
        ).variance
        for decider in (np.zeros(6, np.int64), np.arange(6))
    )
    assert by_one > 1.5 * by_six


def test_repeated_searches_of_one_person_count_as_one_when_they_agree():
    """Ten people, six passes each, all passes of a person alike: ten trials, not sixty."""
    person = np.repeat(np.arange(10), 6)
    outcome = person < 3
    nobody = np.empty(0, np.int64)
    spread = spread_of_searches(outcome, person, decided=nobody, decider=nobody, gallery_people=9)
    found = person_rate(Count(18, 60, "non-mated probes"), spread)
    assert found.effective < 10
    assert found.parts
    assert found.over_people.low < found.naive.low < found.naive.high < found.over_people.high


def test_without_an_event_only_trials_that_share_no_person_count():
    person = np.repeat(np.arange(10), 6)
    nobody = np.empty(0, np.int64)
    spread = spread_of_searches(
        np.zeros(60, bool), person, decided=nobody, decider=nobody, gallery_people=9
    )
    found = person_rate(Count(0, 60, "non-mated probes"), spread)
    ten = clopper_pearson(Count(0, 10, "people"))
    assert isinstance(found.over_people, Rate)
    assert isinstance(ten, Rate)
    assert found.over_people.high == pytest.approx(ten.high)


def test_most_comparisons_that_share_no_person():
    """Found by trying: no larger set of disjoint comparisons exists."""
    everyone = np.ones(5, np.int64)
    pairs = [(a, b) for a in range(5) for b in range(5) if a != b]
    most = max(
        size
        for size in (1, 2, 3)
        for chosen in combinations(pairs, size)
        if len({person for pair in chosen for person in pair}) == 2 * size
    )
    assert comparisons_apart(everyone, everyone) == most == 2
    assert comparisons_apart(np.array([1, 1, 1, 0]), np.array([0, 0, 0, 3])) == 1


def test_degrees_of_freedom_fall_where_few_people_carry_the_variance():
    rng = np.random.default_rng(2)
    even = degrees_of_freedom(rng.normal(size=2_000), people=2_000)
    assert 1_700 < even <= 1_999
    lone = np.zeros(2_000)
    lone[:4] = 1.0
    assert degrees_of_freedom(lone, people=2_000) == pytest.approx(2 * 2_000 / (500 - 1))


def test_one_person_gives_a_naive_interval_only():
    spread = Spread(variance=0.0, people=1, freedom=1.0, apart=1.0)
    found = person_rate(Count(1, 4, "mated probes"), spread)
    assert isinstance(found.over_people, Undefined)
    assert isinstance(found.naive, Rate)
    assert found.widening is None
    assert not found.parts


@pytest.mark.parametrize("k", [1, 5, 50])
def test_never_narrower_than_independent_trials(k):
    for variance in (-1.0, 0.0, 1e-9, 1e-3, 0.1):
        spread = Spread(variance=variance, people=30, freedom=12.0, apart=30.0)
        found = person_rate(Count(k, 100, "mated probes"), spread)
        assert found.over_people.low <= found.naive.low
        assert found.over_people.high >= found.naive.high
