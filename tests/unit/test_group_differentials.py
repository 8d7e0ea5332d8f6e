"""Measures of how groups differ, by hand; intersections; tests that say what they could find."""

import numpy as np
import pytest

from probity.core import Count, Estimate, InputError, Undefined
from probity.performance.groups.differentials import (
    fairness_discrepancy_rate,
    garbe,
    gini,
    inequity_rate,
    max_minus_min,
    ratio_to_best,
    ratio_to_geometric_mean,
)
from probity.performance.groups.group_test import group_test
from probity.performance.groups.intersections import groupings
from probity.performance.groups.interval import (
    GroupRate,
    differentials_of_one,
    differentials_of_two,
)
from probity.performance.intervals.effective import Spread, person_rate
from probity.stats.compare import ratio as score_ratio

# Four groups: false positives 1%, 1%, 2%, 4%; false negatives 10%, 20%, 10%, 20%.
FALSE_POSITIVE = np.array([0.01, 0.01, 0.02, 0.04])
FALSE_NEGATIVE = np.array([0.1, 0.2, 0.1, 0.2])


def test_ratios_and_difference():
    assert ratio_to_best(FALSE_POSITIVE) == pytest.approx(4.0)
    assert max_minus_min(FALSE_POSITIVE) == pytest.approx(0.03)
    # The geometric mean of 1, 1, 2 and 4 is the fourth root of 8.
    assert ratio_to_geometric_mean(FALSE_POSITIVE) == pytest.approx(4 / 8**0.25)


def test_gini_coefficient():
    """Differences of 1, 1, 2, 4 in pairs: 0+1+3+1+3+2 = 10, each twice; mean 2; m = 4."""
    assert gini(FALSE_POSITIVE) == pytest.approx(4 / 3 * 20 / (2 * 16 * 2))
    assert gini(np.array([0.3, 0.3, 0.3])) == 0
    assert gini(np.array([0.0, 0.0, 0.3])) == pytest.approx(1)  # one group has all


def test_measures_of_two_rates():
    # Differences of .1, .2, .1, .2 in pairs: four of 0.1, each twice; mean 0.15.
    negatives = 4 / 3 * 0.8 / (2 * 16 * 0.15)
    positives = 4 / 3 * 20 / (2 * 16 * 2)
    assert garbe(FALSE_POSITIVE, FALSE_NEGATIVE) == pytest.approx((positives + negatives) / 2)
    assert garbe(FALSE_POSITIVE, FALSE_NEGATIVE, alpha=1) == pytest.approx(positives)
    fdr = fairness_discrepancy_rate(FALSE_POSITIVE, FALSE_NEGATIVE)
    assert fdr == pytest.approx(1 - (0.03 + 0.1) / 2)
    assert inequity_rate(FALSE_POSITIVE, FALSE_NEGATIVE) == pytest.approx((4 * 2) ** 0.5)


def group(name, k, n, *, people=None, worth=None):
    """A rate whose trials are of ``people`` persons and worth ``worth`` independent ones."""
    p = k / n
    variance = p * (1 - p) / (worth or n) * 0.9
    spread = Spread(
        variance=variance, people=people or n, freedom=1e9, apart=float(worth or people or n)
    )
    return GroupRate(group=name, rate=person_rate(Count(k, n, f"probes of {name}"), spread))


def test_every_differential_has_an_interval_around_its_value():
    positive = [group("a", 10, 1000), group("b", 40, 1000)]
    mated = [group("a", 90, 100), group("b", 80, 100)]
    found = differentials_of_one(positive, what="FPIR", seed=1, level=0.95)
    found |= differentials_of_two(positive, mated, seed=1, level=0.95)
    assert len(found) == 6
    for estimate in found.values():
        assert isinstance(estimate, Estimate)
        assert estimate.low <= estimate.value <= estimate.high
    ratio = found["ratio_to_best"]
    assert ratio.value == pytest.approx(4.0)
    # Of two independent groups far apart this is nearly the score interval of their ratio.
    score = score_ratio(Count(40, 1000, "probes"), Count(10, 1000, "probes"))
    assert ratio.low == pytest.approx(score.low, rel=0.1)
    assert ratio.high == pytest.approx(score.high, rel=0.1)


def test_fnir_is_one_minus_tpir():
    found = differentials_of_one(
        [group("a", 90, 100), group("b", 80, 100)],
        what="FNIR",
        complement=True,
        seed=1,
        level=0.95,
    )
    assert found["ratio_to_best"].value == pytest.approx(2.0)


def test_a_group_without_an_event_gives_a_bound_instead_of_a_ratio():
    found = differentials_of_one(
        [group("a", 0, 1000), group("b", 40, 1000)], what="FPIR", seed=1, level=0.95
    )
    ratio = found["ratio_to_best"]
    assert isinstance(ratio, Undefined)
    assert "a group has no event" in ratio.reason
    assert "interval from" in ratio.reason
    assert isinstance(found["max_minus_min"], Estimate)


def test_intervals_widen_with_what_people_make_trials_worth():
    def width(worth):
        groups = [group("a", 10, 1000, worth=worth), group("b", 40, 1000, worth=worth)]
        found = differentials_of_one(groups, what="FPIR", seed=1, level=0.95)
        return found["max_minus_min"].high - found["max_minus_min"].low

    assert width(300) > 1.5 * width(1000)


def test_one_group_is_compared_with_nothing():
    only = [group("a", 10, 1000)]
    assert isinstance(
        differentials_of_one(only, what="FPIR", seed=1, level=0.95)["max_minus_min"], Undefined
    )
    assert isinstance(group_test(only, overall=only[0].rate, seed=1), Undefined)


def test_no_difference_found_is_said_with_what_could_have_been_found():
    """Seven false alerts in three groups of 750: the test could only find enormous ratios."""
    groups = [group("a", 0, 750), group("b", 3, 750), group("c", 4, 750)]
    overall = group("all", 7, 2250)
    found = group_test(groups, overall=overall.rate, seed=1)
    assert found.p_value > 0.05
    assert "7 of 2,250" in found.power_statement
    assert "would find a" in found.power_statement or "would find no" in found.power_statement


def test_searches_of_the_same_people_do_not_pass_for_independent_ones():
    """The same rates, worth a tenth of the trials: no longer a clear difference."""
    counts = (("a", 20), ("b", 45))
    independent = group_test(
        [group(name, k, 1000) for name, k in counts],
        overall=group("all", 65, 2000).rate,
        seed=1,
    )
    clustered = group_test(
        [group(name, k, 1000, people=100, worth=100) for name, k in counts],
        overall=group("all", 65, 2000, people=200, worth=200).rate,
        seed=1,
    )
    assert independent.p_value < 0.01
    assert clustered.p_value > 0.3
    assert clustered.counts[0].population.startswith("effective")


def test_intersections_are_divided_into_their_parts():
    whole, first, second = groupings(("Black|female", "White|female", "Black|male"), separator="|")
    assert whole.classes == ("Black|female", "White|female", "Black|male")
    assert first.classes == ("Black", "White")
    assert second.classes == ("female", "male")
    assert first.member(np.array([0, 1, 2]), 0).tolist() == [True, False, True]


def test_without_a_separator_names_are_left_alone():
    (whole,) = groupings(("Black|female", "White"))
    assert whole.classes == ("Black|female", "White")


@pytest.mark.parametrize("odd", ["White", "White|", "White|male|old"])
def test_a_group_that_divides_otherwise_is_refused(odd):
    with pytest.raises(InputError, match="does not divide into the same parts"):
        groupings(("Black|female", odd), separator="|")
