"""What-if answers against closed forms, and against what cannot differ."""

import numpy as np
import pytest
from scipy import stats

from probity.core import Count, Estimate, InputError, Undefined
from probity.twin.compare import Compared, Side, compare, run_side
from probity.twin.history import History
from probity.twin.outcomes import measures_of, outcomes_of
from probity.twin.queue import LEFT, serve
from probity.twin.replicates import Run, history_of
from probity.twin.scenario import LiveScenario
from probity.twin.totals import totals_of
from probity.twin.what_if import MOST_POINTS, Vary, answer, ask_of_two, ask_of_values, vary_of
from small_twin import small_scenario

LOW = ("recogniser.threshold=0.54", "places.0.faces_per_hour=2000.0")
"""Enough false alerts to compare."""


def side(scenario: LiveScenario, *, base: LiveScenario, replicates: int = 30) -> Side:
    return run_side(scenario, base=base, seed=3, replicates=replicates)


def by_name(first: Side, second: Side) -> dict[str, Compared]:
    return {one.measure.name: one for one in compare(first, second)}


@pytest.fixture(scope="module")
def base() -> LiveScenario:
    return small_scenario(*LOW)


@pytest.fixture(scope="module")
def base_side(base: LiveScenario) -> Side:
    return side(base, base=base)


@pytest.fixture(scope="module")
def history(base: LiveScenario) -> History:
    return history_of(Run(scenario=base, seed=1), 0)


def test_outcomes_are_the_sums_of_a_run(base: LiveScenario, history: History) -> None:
    totals = totals_of(history, replicate=0)
    found = dict(
        zip((one.name for one in measures_of(base)), outcomes_of(history).tolist(), strict=True)
    )
    assert found["false_alerts_per_face_seen"] == [totals.false_alerts, totals.faces_seen]
    assert found["false_share_of_alerts"] == [totals.false_alerts, totals.alerts]
    assert found["true_alerts_per_year"] == [totals.true_alerts, 1]
    assert found["arrests_per_year"] == [totals.arrests, 1]
    assert found["engagements_per_year"] == [totals.engagements, 1]
    assert found["alerts_per_listed_pass"] == [totals.listed_alerts, totals.listed_passes]
    fpir = found["fpir_per_nonmated_pass"]
    assert fpir[1] == totals.faces_seen - totals.listed_passes - totals.seeded_passes
    assert 0 < fpir[0] <= totals.nonmated_alerts
    groups = [value for name, value in found.items() if name.startswith("share_of_false")]
    assert sum(k for k, _ in groups) == totals.false_alerts
    decisions, real = history.decisions, ~history.alerts.seeded
    waits = (decisions.operator_us - history.alerts.time_us)[real] / 1e6
    assert found["mean_s_from_alert_to_operator_decision"] == pytest.approx(
        [waits.sum(), totals.alerts]
    )


def test_a_scenario_does_not_differ_from_itself(base: LiveScenario, base_side: Side) -> None:
    other = side(small_scenario(*LOW, "title='Another title'"), base=base)
    assert np.array_equal(other.outcomes, base_side.outcomes)
    for one in compare(base_side, other):
        if isinstance(one.difference, Undefined):
            continue
        assert one.difference.value == 0
        assert one.difference.low <= 0 <= one.difference.high
        if one.apart is not None:
            assert one.apart.deployments is None
            assert not one.apart.possible


def test_another_seed_is_another_year_of_the_same_rates(
    base: LiveScenario, base_side: Side
) -> None:
    other = run_side(base, base=base, seed=4, replicates=30)
    assert not np.array_equal(other.outcomes, base_side.outcomes)
    found = by_name(base_side, other)
    for name in ("false_alerts_per_face_seen", "alerts_per_listed_pass"):
        gap = found[name].difference
        assert isinstance(gap, Estimate)
        reach = (gap.high - gap.low) / 2
        assert abs(gap.value) < 2 * reach


def test_twice_the_list_gives_twice_the_false_positives(base: LiveScenario) -> None:
    """At a low FPIR; the pool is the same, so the people are as well."""
    short = small_scenario(*LOW, "watchlist.pool_size=1000", "watchlist.size=400")
    long = small_scenario(*LOW, "watchlist.pool_size=1000", "watchlist.size=800")
    first, second = side(short, base=short, replicates=60), side(long, base=short, replicates=60)
    times = by_name(first, second)["fpir_per_nonmated_pass"].ratio
    assert isinstance(times, Estimate)
    assert times.low <= 2 <= times.high
    assert times.high / times.low < 1.6


def test_crowds_calendar_and_listed_people_are_shared_when_the_threshold_changes(
    base: LiveScenario, base_side: Side
) -> None:
    other = side(small_scenario(*LOW, "recogniser.threshold=0.64"), base=base)
    names = [one.name for one in measures_of(base)]
    faces, listed = (
        names.index("false_alerts_per_face_seen"),
        names.index("alerts_per_listed_pass"),
    )
    assert np.array_equal(other.outcomes[:, faces, 1], base_side.outcomes[:, faces, 1])
    assert np.array_equal(other.outcomes[:, listed, 1], base_side.outcomes[:, listed, 1])
    # The same passes at a higher threshold: never more alerts, replicate by replicate.
    assert np.all(other.outcomes[:, listed, 0] <= base_side.outcomes[:, listed, 0])
    gap = by_name(base_side, other)["alerts_per_listed_pass"].difference
    assert isinstance(gap, Estimate)
    apart = side(small_scenario(*LOW, "recogniser.threshold=0.64"), base=other.scenario)
    wide = by_name(base_side, apart)["alerts_per_listed_pass"].difference
    assert isinstance(wide, Estimate)
    assert gap.high - gap.low < wide.high - wide.low


def test_more_officers_lose_fewer_people(base: LiveScenario) -> None:
    busy = (*LOW, "engagement.duration_s=1800", "adjudication.patience_s=60")
    one, two, many = (small_scenario(*busy, f"adjudication.officers={n}") for n in (1, 2, 50))
    first = side(one, base=one, replicates=10)
    lost = "people_lost_for_lack_of_officers_per_year"
    gap = by_name(first, side(two, base=one, replicates=10))[lost].difference
    assert isinstance(gap, Estimate)
    assert gap.high < 0
    none = by_name(first, side(many, base=one, replicates=10))[lost].second
    assert isinstance(none, Estimate)
    assert none.value == 0


def lost(arrive: list[int], service: list[int], patience: list[int], officers: int) -> int:
    n = len(arrive)
    served = serve(
        np.array(arrive),
        service_us=np.array(service),
        patience_us=np.array(patience),
        queue=np.zeros(n, np.int64),
        servers=np.array([officers]),
    )
    return int((served.start_us == LEFT).sum())


def test_with_one_length_for_every_conversation_no_path_loses_more() -> None:
    rng = np.random.default_rng(8)
    for _ in range(300):
        n = int(rng.integers(1, 40))
        arrive = np.sort(rng.integers(0, 500, n)).tolist()
        same, patience = [int(rng.integers(1, 120))] * n, [int(rng.integers(0, 60))] * n
        counts = [lost(arrive, same, patience, officers) for officers in (1, 2, 3, 4)]
        assert counts == sorted(counts, reverse=True)


def test_with_conversations_of_all_lengths_one_path_may_lose_more() -> None:
    """A second officer takes on two long conversations that the first would have missed."""
    later = [1020, 1040, 1060]
    arrive = [0, 0, 1, 2, *later]
    service = [10, 1000, 5000, 5000, 10, 10, 10]
    patience = [0, 2000, 50, 1005, 0, 0, 0]
    assert [lost(arrive, service, patience, officers) for officers in (1, 2)] == [2, 3]


def test_power_is_that_of_the_counts_divided_by_their_dispersion(
    base: LiveScenario, base_side: Side
) -> None:
    other = side(small_scenario(*LOW, "recogniser.threshold=0.56"), base=base)
    one = by_name(base_side, other)["false_alerts_per_year"]
    assert one.apart is not None
    index = [m.name for m in measures_of(base)].index("false_alerts_per_year")
    a, b = base_side.outcomes[:, index, 0], other.outcomes[:, index, 0]
    spread = max(1.0, (a.var(ddof=1) + b.var(ddof=1)) / (a.mean() + b.mean()))
    assert one.apart.dispersion == pytest.approx(spread)
    counts = np.arange(400)
    chance = stats.poisson.pmf(counts, (a.mean() + b.mean()) / spread)
    low = stats.binom.ppf(0.025, counts, 0.5) - 1
    high = stats.binom.isf(0.025, counts, 0.5)
    share = a.mean() / (a.mean() + b.mean())
    power = chance * (stats.binom.cdf(low, counts, share) + stats.binom.sf(high, counts, share))
    assert one.apart.power == pytest.approx(power.sum(), abs=1e-5)
    told = [
        min(stats.binom.cdf(x, x + y, 0.5), stats.binom.sf(x - 1, x + y, 0.5)) < 0.025
        for x, y in zip(a, np.roll(b, 1), strict=True)
    ]
    assert one.apart.rejected == Count(sum(told), 30, "pairs of years")
    # Years of one setting differ more than Poisson counts, so the plain test sees too much.
    assert isinstance(one.apart.rejected_alike, Count)
    assert spread > 1.5
    assert one.apart.power < one.apart.rejected.k / 30


def test_every_point_is_validated_before_anything_runs(base: LiveScenario) -> None:
    with pytest.raises(InputError, match="less than 1"):
        ask_of_values(base, [vary_of("recogniser.threshold=0.6,1.5")])
    with pytest.raises(InputError, match="not a value to vary"):
        vary_of("recogniser.threshold")
    with pytest.raises(InputError, match="too many points"):
        ask_of_values(base, [Vary(key="calendar.deployments", values=(1,))] * (MOST_POINTS + 1))


def test_one_replicate_has_no_pairs_and_no_measured_dispersion(base: LiveScenario) -> None:
    asked = ask_of_two(base, base, changes=["recogniser.threshold=0.56"])
    for one in answer(asked, seed=1, replicates=1).questions[0].points[0].measures:
        if one.apart is not None:
            assert one.apart.dispersion == 1
            assert isinstance(one.apart.rejected, Undefined)
