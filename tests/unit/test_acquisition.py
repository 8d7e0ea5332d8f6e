"""Whole-system rates: failures to enrol and acquire count for and against."""

import pytest

from probity.core import Count, Undefined
from probity.performance.acquisition import (
    Acquisition,
    generalised_false_accept_rate,
    generalised_false_reject_rate,
)
from probity.stats.interval import clopper_pearson_bounds

BOTH = Acquisition(
    not_enrolled=Count(1, 10, "subjects to enrol"), not_acquired=Count(1, 5, "captures")
)


def test_by_hand():
    """FTE 0.1, FTA 0.2: of 100 attempts 72 reach a comparison."""
    gfar = generalised_false_accept_rate(Count(5, 10, "non-mated comparisons"), BOTH)
    gfrr = generalised_false_reject_rate(Count(5, 10, "mated comparisons"), BOTH)
    assert gfar.value == pytest.approx(0.72 * 0.5)
    assert gfrr.value == pytest.approx(0.1 + 0.9 * 0.2 + 0.72 * 0.5)
    assert gfar.population == "attempts, failures to enrol counted, failures to acquire counted"


def test_without_failures_they_are_the_plain_rates_with_their_plain_interval():
    count = Count(3, 200, "mated comparisons")
    for rate in (generalised_false_accept_rate, generalised_false_reject_rate):
        plain = rate(count, Acquisition())
        assert plain.value == pytest.approx(3 / 200)
        assert (plain.low, plain.high) == pytest.approx(clopper_pearson_bounds(3, 200))


def test_the_bounds_join_the_worst_and_the_best_of_every_factor():
    count = Count(5, 10, "comparisons")
    each = 1 - 0.05 / 3
    match, enrol, acquire = (
        clopper_pearson_bounds(k, n, level=each) for k, n in ((5, 10), (1, 10), (1, 5))
    )
    gfar = generalised_false_accept_rate(count, BOTH)
    assert gfar.low == pytest.approx(match[0] * (1 - enrol[1]) * (1 - acquire[1]))
    assert gfar.high == pytest.approx(match[1] * (1 - enrol[0]) * (1 - acquire[0]))
    gfrr = generalised_false_reject_rate(count, BOTH)
    best = (1 - enrol[0]) * (1 - acquire[0])
    worst = (1 - enrol[1]) * (1 - acquire[1])
    assert gfrr.low == pytest.approx(1 - best * (1 - match[0]))
    assert gfrr.high == pytest.approx(1 - worst * (1 - match[1]))


def test_nothing_attempted_is_undefined():
    nothing = Acquisition(not_acquired=Count(0, 0, "captures"))
    found = generalised_false_reject_rate(Count(1, 2, "mated comparisons"), nothing)
    assert found == Undefined("no captures: a rate of none is undefined")
