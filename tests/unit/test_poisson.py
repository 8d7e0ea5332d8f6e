"""The exact interval of an event rate."""

from math import log

import pytest
from scipy.stats import poisson

from probity.core import Events, Undefined
from probity.stats.poisson import garwood, garwood_bounds


def test_no_exposure_is_undefined() -> None:
    assert garwood(Events(0, 0.0, "hour")) == Undefined(
        "exposure of 0 hours: a rate of events is undefined"
    )


def test_no_event_leaves_an_upper_bound() -> None:
    low, high = garwood_bounds(0)
    assert low == 0.0
    assert high == pytest.approx(-log(0.025))


@pytest.mark.parametrize("k", [1, 7, 10, 962, 10**9])
def test_bounds_solve_their_definition(k: int) -> None:
    low, high = garwood_bounds(k, level=0.9)
    assert poisson.sf(k - 1, low) == pytest.approx(0.05, rel=1e-6)
    assert poisson.cdf(k, high) == pytest.approx(0.05, rel=1e-6)


def test_bounds_scale_with_exposure() -> None:
    rate = garwood(Events(10, 203.0, "deployment"))
    low, high = garwood_bounds(10)
    assert (rate.low, rate.value, rate.high) == (low / 203, 10 / 203, high / 203)


def test_seven_events_are_between_2_8_and_14_4() -> None:
    assert [round(bound, 1) for bound in garwood_bounds(7)] == [2.8, 14.4]
