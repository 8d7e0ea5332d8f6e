"""No event in n trials does not show that there never is one."""

import pytest

from probity.core import Count, Events, Undefined
from probity.stats.interval import clopper_pearson, rule_of_three, three_over_n
from probity.stats.poisson import garwood

NONE_IN_6_000 = Count(0, 6_000, "passes")


def test_the_rate_is_0_and_its_upper_bound_is_not() -> None:
    """0 of 6,000 is compatible with any rate up to 1 in 1,627 (two-sided 95%)."""
    rate = clopper_pearson(NONE_IN_6_000)
    assert rate.value == rate.low == 0.0
    assert round(1 / rate.high) == 1_627


def test_the_one_sided_bound_is_the_rule_of_three() -> None:
    """Asked only how high the rate may be, 95% confidence ends at 1 in 2,003, close to 3/n."""
    assert round(1 / rule_of_three(NONE_IN_6_000).high) == 2_003
    assert three_over_n(NONE_IN_6_000).high == 1 / 2_000


def test_fewer_trials_bound_it_less() -> None:
    """The same result in each of three groups of 2,000 bounds each group's rate at 1 in 668."""
    assert round(1 / rule_of_three(Count(0, 2_000, "passes")).high) == 668


def test_nothing_but_events_has_a_lower_bound() -> None:
    """40 of 40 found is 100%, and compatible with 91.2%."""
    rate = clopper_pearson(Count(40, 40, "searches"))
    assert rate.value == rate.high == 1.0
    assert rate.low == pytest.approx(0.912, abs=0.0005)


def test_no_event_over_an_exposure_is_bounded_too() -> None:
    """No event in 203 deployments: at most 3.69 events per 203 deployments, or 1 in 55."""
    rate = garwood(Events(0, 203.0, "deployment"))
    assert rate.low == 0.0
    assert round(1 / rate.high) == 55


def test_none_of_none_is_undefined() -> None:
    """Without a single trial there is no rate, neither 0 nor 1."""
    assert clopper_pearson(Count(0, 0, "searches")) == Undefined(
        "no searches: a proportion of none is undefined"
    )
