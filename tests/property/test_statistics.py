"""What must hold of every interval, test and search, whatever the counts."""

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probity.core import Count, Estimate, Events, Rate
from probity.stats.beta_binomial import beta_binomial
from probity.stats.compare import (
    difference,
    difference_newcombe,
    event_rate_ratio,
    ratio,
    two_group_test,
)
from probity.stats.groups import k_group_test
from probity.stats.interval import clopper_pearson, jeffreys, wilson
from probity.stats.poisson import garwood
from probity.stats.power import trials_needed
from probity.stats.resampling import cluster_bootstrap, korn_graubard

LEVELS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


@st.composite
def counts(draw: st.DrawFn, *, largest: int = 10**7, smallest: int = 1) -> Count:
    """A count with n up to ``largest``, its k anywhere, ends included."""
    n = draw(st.integers(smallest, largest))
    k = draw(st.one_of(st.integers(0, min(n, 20)), st.integers(0, n), st.just(n)))
    return Count(k, n, "trials")


@st.composite
def deployments(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Cases and trials of two to thirty deployments."""
    ns = draw(st.lists(st.integers(1, 20_000), min_size=2, max_size=30))
    rate = draw(st.sampled_from([0.0, 1e-4, 0.05, 0.5, 1.0]))
    ks = [min(n, draw(st.integers(0, 1 + int(n * rate)))) for n in ns]
    return ks, ns


def complement(count: Count) -> Count:
    return Count(count.n - count.k, count.n, count.population)


@pytest.mark.parametrize("interval", [clopper_pearson, wilson, jeffreys])
class TestOneProportion:
    @given(count=counts(largest=10**12), level=LEVELS)
    def test_the_value_lies_within(self, interval, count: Count, level: float) -> None:
        rate = interval(count, level=level)
        assert isinstance(rate, Rate)
        assert 0.0 <= rate.low <= rate.value <= rate.high <= 1.0
        assert rate.low < rate.high

    @given(count=counts(), level=LEVELS)
    def test_counting_the_others_mirrors_it(self, interval, count: Count, level: float) -> None:
        rate, mirrored = interval(count, level=level), interval(complement(count), level=level)
        assert rate.low == pytest.approx(1 - mirrored.high, rel=1e-8, abs=1e-12)
        assert rate.high == pytest.approx(1 - mirrored.low, rel=1e-8, abs=1e-12)

    @given(count=counts(), level=LEVELS)
    def test_one_more_case_raises_both_bounds(self, interval, count: Count, level: float) -> None:
        if count.k == count.n:
            return
        fewer = interval(count, level=level)
        more = interval(Count(count.k + 1, count.n, "trials"), level=level)
        assert fewer.low < more.low
        # Jeffreys' end correction puts its last bound at 1, the one before may round to it.
        assert fewer.high <= more.high

    @given(count=counts())
    def test_a_higher_level_is_wider(self, interval, count: Count) -> None:
        narrow, wide = interval(count, level=0.9), interval(count, level=0.99)
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(k=st.integers(0, 10**6), exposure=st.floats(1e-3, 1e9), level=LEVELS)
def test_an_event_rate_lies_within(k: int, exposure: float, level: float) -> None:
    rate = garwood(Events(k, exposure, "hour"), level=level)
    assert 0.0 <= rate.low <= rate.value <= rate.high < inf
    assert rate.low < rate.high


@given(k=st.integers(0, 500))
def test_rare_proportions_are_event_rates(k: int) -> None:
    """Clopper-Pearson for k of a very large n tends to Garwood: two implementations agree."""
    proportion = clopper_pearson(Count(k, 10**10, "trials"))
    events = garwood(Events(k, 1e10, "trial"))
    assert proportion.low == pytest.approx(events.low, rel=1e-6)
    assert proportion.high == pytest.approx(events.high, rel=1e-6)


@given(a=counts(), b=counts(), level=LEVELS)
def test_differences_mirror_when_groups_are_swapped(a: Count, b: Count, level: float) -> None:
    for compare in (difference, difference_newcombe):
        there, back = compare(a, b, level=level), compare(b, a, level=level)
        assert isinstance(there, Estimate)
        assert -1.0 <= there.low <= there.value <= there.high <= 1.0
        assert there.low == pytest.approx(-back.high, rel=1e-6, abs=1e-11)
        assert there.high == pytest.approx(-back.low, rel=1e-6, abs=1e-11)


@given(a=counts(largest=10**5), b=counts(largest=10**5))
def test_a_difference_does_not_care_which_outcome_is_counted(a: Count, b: Count) -> None:
    there, back = difference(a, b), difference(complement(a), complement(b))
    assert there.low == pytest.approx(-back.high, rel=1e-6, abs=1e-10)
    assert there.high == pytest.approx(-back.low, rel=1e-6, abs=1e-10)


@given(a=counts(), b=counts(), level=LEVELS)
def test_ratios_invert_when_groups_are_swapped(a: Count, b: Count, level: float) -> None:
    there, back = ratio(a, b, level=level), ratio(b, a, level=level)
    if a.k == b.k == 0:
        return
    assert 0.0 <= there.low <= there.value <= there.high
    for bound, inverse in ((there.low, back.high), (there.high, back.low)):
        if bound == 0.0:
            assert inverse == inf
        elif bound == inf:
            assert inverse == 0.0
        else:
            assert bound * inverse == pytest.approx(1.0, rel=1e-6)


@given(a=counts(largest=10**6), b=counts(largest=10**6))
def test_score_intervals_agree_on_whether_groups_differ(a: Count, b: Count) -> None:
    """At equality both score tests pool the groups; the difference's is the more cautious."""
    if a.k + b.k == 0:
        return
    gap, factor = difference(a, b), ratio(a, b)
    if gap.low > 0:
        assert factor.low > 1
    if gap.high < 0:
        assert factor.high < 1


@given(
    a=st.tuples(st.integers(0, 10**6), st.floats(1e-2, 1e6)),
    b=st.tuples(st.integers(0, 10**6), st.floats(1e-2, 1e6)),
)
def test_event_rate_ratios_invert(a: tuple[int, float], b: tuple[int, float]) -> None:
    first, second = Events(*a, "hour"), Events(*b, "hour")
    if first.k + second.k == 0:
        return
    there, back = event_rate_ratio(first, second), event_rate_ratio(second, first)
    assert 0.0 <= there.low <= there.value <= there.high
    if there.low > 0:
        assert there.low * back.high == pytest.approx(1.0, rel=1e-9)


@given(
    groups=st.lists(counts(largest=12), min_size=2, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_groups_may_come_in_any_order(groups: list[Count], order) -> None:
    test = k_group_test(groups, seed=1)
    shuffled = list(groups)
    order.shuffle(shuffled)
    again = k_group_test(shuffled, seed=1)
    assert again.p_value == pytest.approx(test.p_value, rel=1e-9)
    assert 0.0 < test.p_value <= 1.0
    if test.detectable.ratio is None:
        assert again.detectable.ratio is None
    else:
        assert again.detectable.ratio == pytest.approx(test.detectable.ratio, rel=1e-4)


@given(a=counts(largest=60), b=counts(largest=60))
def test_two_groups_are_a_special_case(a: Count, b: Count) -> None:
    assert k_group_test([a, b], seed=1).p_value == pytest.approx(
        two_group_test(a, b).p_value, rel=1e-6
    )


@given(a=counts(largest=25), b=counts(largest=25))
def test_boschloo_is_never_above_fisher(a: Count, b: Count) -> None:
    fisher, boschloo = two_group_test(a, b), two_group_test(a, b, method="boschloo")
    assert 0.0 < boschloo.p_value <= fisher.p_value * (1 + 1e-7)


@settings(max_examples=40)
@given(record=deployments(), level=LEVELS)
def test_intervals_over_deployments_contain_the_pooled_rate(record, level: float) -> None:
    ks, ns = record
    for rate in (
        korn_graubard(ks, ns, population="trials", level=level),
        cluster_bootstrap(ks, ns, population="trials", level=level, seed=1, replicates=1_000),
        beta_binomial(ks, ns, population="trials", level=level),
    ):
        if not isinstance(rate, Rate):
            assert sum(ks) in (0, sum(ns))
            continue
        assert 0.0 <= rate.low <= rate.value <= rate.high <= 1.0
        assert rate.low < rate.high
        assert (rate.count.k, rate.count.n) == (sum(ks), sum(ns))


@given(record=deployments())
def test_the_widened_interval_is_never_narrower(record) -> None:
    ks, ns = record
    naive = clopper_pearson(Count(sum(ks), sum(ns), "trials"))
    widened = korn_graubard(ks, ns, population="trials")
    assert widened.low <= naive.low * (1 + 1e-9)
    assert widened.high >= naive.high * (1 - 1e-9)


@given(
    observed=counts(largest=2_000),
    limit=st.floats(0.0, 1.0),
    side=st.sampled_from(["below", "above"]),
)
def test_trials_needed_clear_the_limit_and_keep_clearing_it(
    observed: Count, limit: float, side: str
) -> None:
    further = trials_needed(observed, limit=limit, side=side)
    if further is None:
        return
    assert further >= 0
    for later in (0, 1, 2, 3, 10, 1_000, 10**6) if further else (0,):
        n = observed.n + further + later
        up = -(-observed.k * n // observed.n)
        k = up if side == "below" else observed.k * n // observed.n
        rate = clopper_pearson(Count(k, n, "trials"))
        # Bounds are accurate to 11 digits, which counts where the limit is next to 0 or 1.
        if side == "below":
            assert rate.high < limit + 1e-11
        else:
            assert rate.low > limit - 1e-11


@given(observed=counts(largest=2_000), limit=st.floats(0.0, 1.0))
def test_sides_mirror_in_what_they_need(observed: Count, limit: float) -> None:
    exact = round(limit * 1024) / 1024  # so that 1 - limit is exact
    there = trials_needed(observed, limit=exact, side="below")
    back = trials_needed(complement(observed), limit=1 - exact, side="above")
    if there is None or back is None:
        assert there is back
    else:
        assert there == pytest.approx(back, rel=1e-9)
