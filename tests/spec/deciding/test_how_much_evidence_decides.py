"""A claim that is undecided comes with the evidence that would decide it."""

from probity.core import Count, Events
from probity.stats.power import (
    clean_trials_needed,
    events_needed,
    power_one_sample,
    trials_for_power,
    trials_needed,
)

ONE_IN_6_000 = 1 / 6_000


def test_a_clean_test_of_a_small_rate_must_be_large() -> None:
    """To show less than 1 in 6,000 without any event takes 17,973 trials, in each group."""
    assert clean_trials_needed(ONE_IN_6_000) == 17_973


def test_seven_events_in_41_176_searches_do_not_settle_one_in_6_000() -> None:
    """1 in 5,882 lies across the limit of "1 in 6,000 at worst": no number of trials shows it."""
    observed = Count(7, 41_176, "searches")
    assert trials_needed(observed, limit=ONE_IN_6_000, side="below") is None


def test_a_rate_near_the_limit_takes_very_many_trials() -> None:
    """At 1 in 6,100 the claim holds, and needs 87 million searches to show."""
    observed = Count(10, 61_000, "searches")
    further = trials_needed(observed, limit=ONE_IN_6_000, side="below")
    assert 80_000_000 < further < 95_000_000


def test_a_rate_far_from_the_limit_takes_few() -> None:
    """At 1 in 33,000, where 43,346 searches would have 2 events, they settle it."""
    observed = Count(1, 33_000, "searches")
    assert trials_needed(observed, limit=ONE_IN_6_000, side="below") == 43_346 - 33_000


def test_what_is_settled_needs_nothing_more() -> None:
    """10 of 3,147,436 faces is below 1 in 6,000 with all its interval."""
    assert trials_needed(Count(10, 3_147_436, "faces"), limit=ONE_IN_6_000, side="below") == 0


def test_a_planned_test_has_its_power() -> None:
    """For 80% power to show under 1 in 6,000 when it is 1 in 33,000: 52,601 searches."""
    n = trials_for_power(rate=1 / 33_000, limit=ONE_IN_6_000, side="below")
    assert n == 52_601
    assert power_one_sample(n, rate=1 / 33_000, limit=ONE_IN_6_000, side="below") >= 0.8
    assert power_one_sample(n // 2, rate=1 / 33_000, limit=ONE_IN_6_000, side="below") < 0.8


def test_events_over_deployments() -> None:
    """3 events in 10 deployments, claimed below 0.5 each: 15 more events, in 47 more of them."""
    further = events_needed(Events(3, 10.0, "deployment"), limit=0.5, side="below")
    assert (further.k, round(further.exposure)) == (15, 47)
