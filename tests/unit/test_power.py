"""How much evidence decides: every search against trying each n in turn."""

import time

import pytest
from scipy.stats import binom

from probity.core import Count, Events
from probity.stats.interval import clopper_pearson_bounds
from probity.stats.poisson import garwood_bounds
from probity.stats.power import (
    TRIALS_MAX,
    clean_trials_needed,
    events_needed,
    power_one_sample,
    trials_for_power,
    trials_needed,
)


def clears(k: int, n: int, limit: float, side: str) -> bool:
    low, high = clopper_pearson_bounds(k, n)
    return high < limit if side == "below" else low > limit


def further_trials_by_trying(observed: Count, limit: float, side: str, up_to: int) -> int:
    if clears(observed.k, observed.n, limit, side):
        return 0
    last_failure = observed.n
    for n in range(observed.n, up_to):
        up = -(-observed.k * n // observed.n)
        k = up if side == "below" else observed.k * n // observed.n
        if not clears(k, n, limit, side):
            last_failure = n
    return last_failure + 1 - observed.n


@pytest.mark.parametrize(("k", "n", "limit", "side"), [
    (1, 20, 0.2, "below"), (0, 3, 0.1, "below"), (3, 10, 0.5, "below"), (9, 13, 0.9, "below"),
    (9, 10, 0.7, "above"), (5, 5, 0.8, "above"), (2, 3, 0.5, "above"), (1, 7, 0.05, "above"),
    (37, 40, 0.85, "above"), (1, 2, 0.6, "below"), (1, 3, 0.5, "below"), (7, 40, 0.25, "below"),
])  # fmt: skip
def test_trials_needed_is_the_smallest_that_holds_from_there_on(
    k: int, n: int, limit: float, side: str
) -> None:
    found = trials_needed(Count(k, n, "alerts"), limit=limit, side=side)
    assert found == further_trials_by_trying(Count(k, n, "alerts"), limit, side, 1_500)
    assert found < 1_000


def test_trials_needed_sees_through_the_sawtooth() -> None:
    """At 1 in 10 the interval lies below 0.2 after 69 trials, then not, and for good at 82."""
    observed = Count(1, 10, "alerts")
    assert trials_needed(observed, limit=0.2, side="below") == 82 - 10
    cleared = [n for n in range(10, 90) if clears(-(-n // 10), n, 0.2, "below")]
    assert cleared[:3] == [69, 70, 75]
    assert cleared[-8:] == list(range(82, 90))


def test_a_limit_already_cleared_needs_nothing_more() -> None:
    assert trials_needed(Count(10, 3_147_436, "faces seen"), limit=1 / 6_000, side="below") == 0


@pytest.mark.parametrize(("observed", "limit", "side"), [
    (Count(5, 50, "x"), 0.1, "below"), (Count(5, 50, "x"), 0.1, "above"),
    (Count(6, 50, "x"), 0.1, "below"), (Count(4, 50, "x"), 0.1, "above"),
    (Count(0, 50, "x"), 0.0, "below"), (Count(50, 50, "x"), 1.0, "above"),
    (Count(0, 0, "x"), 0.5, "below"), (Count(1, 2, "x"), 0.5 + 1e-9, "below"),
])  # fmt: skip
def test_on_or_across_or_next_to_the_limit_nothing_will_do(
    observed: Count, limit: float, side: str
) -> None:
    assert trials_needed(observed, limit=limit, side=side) is None


@pytest.mark.parametrize(("k", "n", "limit", "side"), [
    (1, 2, 0.5 + 1.2e-6, "below"), (1, 2, 0.5 - 1.2e-6, "above"), (2, 3, 2 / 3 + 1e-6, "below"),
    (1_666, 10**7, 1 / 6_000, "below"), (0, 100, 1e-11, "below"), (100, 100, 1 - 1e-8, "above"),
])  # fmt: skip
def test_a_million_million_trials_are_searched_fast(
    k: int, n: int, limit: float, side: str
) -> None:
    started = time.thread_time()
    further = trials_needed(Count(k, n, "x"), limit=limit, side=side)
    assert time.thread_time() - started < 1.0
    total = n + further
    assert 10**8 < total <= TRIALS_MAX
    for trials, enough in ((int(total * 1.001), True), (int(total * 0.999), False)):
        cases = -(-k * trials // n) if side == "below" else k * trials // n
        assert clears(cases, trials, limit, side) == enough


def test_clean_trials() -> None:
    """The published shorthand: 3,000 for 1 in 1,000 and 18,000 for 1 in 6,000."""
    assert clean_trials_needed(1 / 1_000) == 2_995
    assert clean_trials_needed(1 / 6_000) == 17_973
    for n, limit in ((2_995, 1 / 1_000), (17_973, 1 / 6_000)):
        assert 1 - 0.05 ** (1 / n) < limit <= 1 - 0.05 ** (1 / (n - 1))
    with pytest.raises(ValueError, match="strictly between"):
        clean_trials_needed(0.0)


@pytest.mark.parametrize(("k", "exposure", "limit", "side"), [
    (3, 10.0, 0.5, "below"), (0, 10.0, 0.1, "below"), (30, 100.0, 0.25, "above"),
    (10, 203.0, 0.06, "below"), (1, 5.0, 0.02, "above"),
])  # fmt: skip
def test_events_needed_is_the_smallest_exposure_that_holds_from_there_on(
    k: int, exposure: float, limit: float, side: str
) -> None:
    found = events_needed(Events(k, exposure, "hour"), limit=limit, side=side)
    total = exposure + found.exposure
    rate = k / exposure

    def clear_after(hours: float) -> bool:
        exact = rate * hours
        # A whole number that rounding moved is still that number.
        events = (
            round(exact) if abs(exact - round(exact)) < 1e-9 else (int(exact) + (side == "below"))
        )
        low, high = garwood_bounds(events)
        return high / hours < limit if side == "below" else low / hours > limit

    steps = [total * (1 + 1e-6) + i * 0.0137 / max(rate, 0.01) for i in range(3_000)]
    assert all(clear_after(hours) for hours in steps)
    assert not clear_after(total * (1 - 1e-6))


def test_events_that_decide_already_or_never() -> None:
    nothing = Events(0, 0.0, "hour")
    assert events_needed(Events(3, 100.0, "hour"), limit=0.5, side="below") == nothing
    assert events_needed(Events(90, 100.0, "hour"), limit=0.5, side="above") == nothing
    assert events_needed(Events(1, 100.0, "hour"), limit=0.0, side="above") == nothing
    assert events_needed(Events(50, 100.0, "hour"), limit=0.5, side="below") is None
    assert events_needed(Events(0, 0.0, "hour"), limit=0.5, side="below") is None
    with pytest.raises(ValueError, match="not negative"):
        events_needed(Events(1, 1.0, "hour"), limit=-1.0, side="below")


@pytest.mark.parametrize("side", ["below", "above"])
@pytest.mark.parametrize(("n", "rate", "limit"), [(30, 0.2, 0.4), (55, 0.5, 0.3), (7, 0.0, 0.5)])
def test_power_is_the_chance_of_a_clear_interval(
    n: int, rate: float, limit: float, side: str
) -> None:
    expected = sum(binom.pmf(k, n, rate) for k in range(n + 1) if clears(k, n, limit, side))
    assert power_one_sample(n, rate=rate, limit=limit, side=side) == pytest.approx(
        expected, abs=1e-12
    )


@pytest.mark.parametrize(("rate", "limit", "side"), [
    (0.3, 0.5, "below"), (0.9, 0.8, "above"), (0.0, 0.05, "below"), (1.0, 0.9, "above"),
    (0.1, 0.25, "below"), (0.5, 0.35, "above"), (0.2, 0.0, "above"), (0.6, 1.0, "below"),
])  # fmt: skip
def test_trials_for_power_is_the_smallest_that_holds_from_there_on(
    rate: float, limit: float, side: str
) -> None:
    found = trials_for_power(rate=rate, limit=limit, side=side)
    enough = [power_one_sample(n, rate=rate, limit=limit, side=side) >= 0.8 for n in range(400)]
    last_failure = max(n for n in range(400) if not enough[n])
    assert found == last_failure + 1 < 300


def test_trials_for_power_on_the_limit_or_past_counting() -> None:
    assert trials_for_power(rate=0.5, limit=0.5, side="below") is None
    assert trials_for_power(rate=0.5, limit=0.5 + 1e-8, side="below") is None


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (trials_needed, {"limit": 1.5, "side": "below"}),
        (trials_needed, {"limit": 0.5, "side": "below", "level": 1.0}),
    ],
)
def test_impossible_requests_are_refused(function, arguments) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1"):
        function(Count(1, 5, "x"), **arguments)


def test_impossible_power_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="rate 2"):
        power_one_sample(5, rate=2, limit=0.5, side="below")
    with pytest.raises(ValueError, match="not negative"):
        power_one_sample(-5, rate=0.2, limit=0.5, side="below")
    with pytest.raises(ValueError, match="a power lies"):
        trials_for_power(rate=0.2, limit=0.5, side="below", power=1.0)
