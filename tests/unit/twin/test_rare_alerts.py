"""The parts of the fast engine against closed forms."""

import gc

import numpy as np
import pytest
from scipy import special, stats

from probity.core import InputError
from probity.twin import fast
from probity.twin.arrivals import draw_passers, make_arrivals
from probity.twin.capture import dwell_quantiles, frame_probabilities
from probity.twin.impostor import exceedances, make_chances, require_few
from probity.twin.screen import at_or_above
from probity.twin.watchlists import make_watchlists
from probity.twin.world import World, make_world
from twin_people import seeds, small_calendar, small_scenario

RNG = np.random.default_rng


def test_expected_pairs_are_the_sum_of_the_chances_of_all_pairs():
    world = make_world(small_scenario(recogniser__group_separation=0.3), seeds=seeds())
    chances = make_chances(world, threshold=0.4)
    n = 15_000
    for kind in range(world.n_groups * world.n_bands):
        group, band = divmod(kind, world.n_bands)
        drawn = world.draw_frames(
            RNG(kind), group=np.full(n, group), band=np.full(n, band), frames=1
        )
        pairs = at_or_above(drawn[:, 0], entries=world.entries, thresholds=0.4)
        each = np.bincount(pairs.frame, minlength=n)
        error = each.std() / np.sqrt(n)
        assert abs(each.mean() - chances.total[kind]) < 4 * error


def test_without_groups_and_blur_every_entry_has_the_same_normal_tail():
    world = make_world(
        small_scenario(
            recogniser__group_separation=0.0,
            recogniser__person_spread=0.0,
            recogniser__quality_effect=0.0,
        ),
        seeds=seeds(),
    )
    p = exceedances(world, kind=1, threshold=0.5, entry=slice(0, 50))
    assert p == pytest.approx(np.full(50, special.ndtr(-0.5 * np.sqrt(48))), rel=1e-12)


def test_frames_given_a_score_have_it_and_the_right_law_elsewhere():
    """Conditioning on a score drawn from its own law changes nothing: compare both draws."""
    world = make_world(
        small_scenario(recogniser__person_spread=0.5, recogniser__group_separation=0.3),
        seeds=seeds(),
    )
    n, frames = 20_000, 3
    group, band = np.zeros(n, np.int64), np.ones(n, np.int64)
    entry = np.full(n, 7)
    plain = world.draw_frames(RNG(1), group=group, band=band, frames=frames)
    moved = world.draw_frames(RNG(2), group=group, band=band, frames=frames)
    mean, deviation = world.moments(entry, group=group, band=band)
    score = RNG(3).normal(mean, deviation)
    frame = np.ones(n, np.int64)
    world.condition(moved, group=group, entry=entry, frame=frame, score=score)
    listed = world.entries[7].astype(np.float64)
    assert moved[:, 1] @ listed == pytest.approx(score, abs=1e-7)
    for other in (7, 8, 9):
        a, b = (x @ world.entries[other].astype(float) for x in (plain, moved))
        assert np.cov(a.T) == pytest.approx(np.cov(b.T), abs=0.05 * np.cov(a.T)[0, 0])
        assert stats.ks_2samp(a.sum(axis=1), b.sum(axis=1)).pvalue > 1e-4


def test_the_screen_finds_exactly_the_pairs_of_double_precision():
    rng = RNG(4)
    frames = rng.standard_normal((3_000, 32))
    entries = rng.standard_normal((9_000, 32)).astype(np.float32)
    entries /= np.linalg.norm(entries, axis=1, keepdims=True)
    scores = frames @ entries.T.astype(np.float64)
    pairs = at_or_above(frames, entries=entries, thresholds=2.5)
    row, column = np.nonzero(scores >= 2.5)
    assert np.array_equal(pairs.frame, row)
    assert np.array_equal(pairs.entry, column)
    assert pairs.score == pytest.approx(scores[row, column], rel=1e-12)


def test_frame_probabilities_are_a_gamma_mixture_of_poisson_numbers():
    """Without a cut the mixture is negative binomial."""
    scenario = small_scenario(capture__dwell_s={"mean": 4.0, "cv": 0.5, "most": 1e6})
    found = frame_probabilities(scenario.capture, frames_per_s=np.array([0.4]))[0]
    exact = stats.nbinom(4, 1 / (1 + 0.4)).pmf(np.arange(8))
    assert found[:8] == pytest.approx(exact, abs=2e-3)
    assert found.sum() == pytest.approx(1)
    assert dwell_quantiles(scenario.capture).mean() == pytest.approx(4, rel=0.01)


def test_passers_are_overdispersed_as_said():
    drawn = draw_passers(RNG(5), expected=np.full(200_000, 50.0), dispersion=0.2)
    assert drawn.mean() == pytest.approx(50, rel=0.01)
    assert drawn.var() == pytest.approx(50 + 0.2 * 50**2, rel=0.02)


def test_lists_have_their_sizes_and_ranks_find_their_entries():
    scenario = small_scenario()
    calendar = small_calendar(6, size=300)
    lists = make_watchlists(scenario, calendar=calendar, seeds=seeds())
    everybody = np.arange(2_000)
    for deployment in range(6):
        where = np.full(2_000, deployment)
        listed = everybody[lists.contain(deployment=where, entry=everybody)]
        ranks = lists.entry_at(deployment=where[:300], rank=np.arange(300))
        assert sorted(ranks.tolist()) == listed.tolist()


def test_false_alerts_come_at_the_rate_of_the_union_bound_where_they_are_rare():
    scenario = small_scenario(presence__listed_people_per_deployment={"missing": 0.0})
    calendar = small_calendar(200, size=2_000, threshold=0.78)
    world = make_world(scenario, seeds=seeds())
    chances = make_chances(world, threshold=0.78)
    expected = found = 0.0
    for replicate in range(20):
        crowd, _, alerts = fast.cross(scenario, calendar=calendar, seeds=seeds(replicate=replicate))
        passes = crowd.nonmated_passes.reshape(200, -1, 8).sum(axis=0)
        expected += (passes * np.arange(1, 9) * chances.total[:, None]).sum()
        found += np.sum(~alerts.mated)
    # Frames of one pass go together, so alerts are fewer than pairs; a tenth of pairs at least.
    assert 0.1 * expected < found < expected + 4 * np.sqrt(expected)


def test_one_frame_a_pass_makes_the_union_bound_nearly_exact():
    """Summed over the half of the pool that is on each deployment's own list."""
    scenario = small_scenario(capture__most_frames=1, blue_list__deployments_share=0.0)
    calendar = small_calendar(200, size=1_000, threshold=0.74)
    world = make_world(scenario, seeds=seeds())
    pool = np.arange(2_000)
    p = [exceedances(world, kind=kind, threshold=0.74, entry=slice(0, 2_000)) for kind in range(4)]
    expected = found = 0.0
    for replicate in range(20):
        crowd, _, alerts = fast.cross(scenario, calendar=calendar, seeds=seeds(replicate=replicate))
        lists = make_watchlists(scenario, calendar=calendar, seeds=seeds(replicate=replicate))
        listed = lists.contain(deployment=np.arange(200)[:, None], entry=pool)
        expected += (crowd.nonmated_passes * (listed @ np.array(p).T)).sum()
        found += np.sum(alerts.person < 0)
        where = alerts.entry < 2_000
        assert listed[alerts.deployment[where], alerts.entry[where]].all()
    assert expected > 1_000
    assert found == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_same_seed_same_alerts_and_shares_of_deployments_are_told_apart():
    scenario, calendar = small_scenario(), small_calendar()
    first, again, other = (
        fast.cross(scenario, calendar=calendar, seeds=seeds(replicate=r))[2] for r in (0, 0, 1)
    )
    assert first.score.tobytes() == again.score.tobytes()
    assert first.time_us.tobytes() != other.time_us.tobytes()
    order = np.lexsort((first.time_us, first.deployment))
    assert np.array_equal(order, np.arange(len(order)))
    assert np.all(first.score >= calendar.threshold[first.deployment])
    assert np.all(first.time_us < calendar.end_us[first.deployment])
    assert np.all(first.seeded == (first.person >= 2_000))


def test_mated_passes_score_as_the_quality_bands_say():
    scenario = small_scenario(
        recogniser__mated_person_spread=0.0,
        recogniser__frame_share=0.0,
        presence__listed_people_per_deployment={"wanted by the courts": 200.0},
    )
    _, passes, _ = fast.cross(scenario, calendar=small_calendar(50), seeds=seeds())
    mean = 0.7 * 0.8 + 0.3 * 0.6
    assert passes.score.mean() == pytest.approx(mean, abs=0.006)
    above = 0.7 * special.ndtr((0.8 - 0.64) / 0.08) + 0.3 * special.ndtr((0.6 - 0.64) / 0.1)
    assert passes.alerted.mean() == pytest.approx(above, abs=0.02)


def test_hours_without_light_yield_fewer_frames():
    scenario = small_scenario()
    day, night = small_calendar(2, hours=3), small_calendar(2, hours=11)
    first = make_arrivals(scenario, calendar=day).frames[0, 13]
    late = make_arrivals(scenario, calendar=night).frames[0, 21]
    assert late[0] > first[0]


def test_more_groups_than_directions_are_refused():
    groups = [{"name": f"G{n}", "crowd_share": 0.05, "listed_share": 0.05} for n in range(20)]
    tables = {
        "adjudication__sensitivity": {"all": 0.9},
        "adjudication__specificity": {"all": 0.5},
    }
    scenario = small_scenario(groups=groups, recogniser__dimension=20, **tables)
    with pytest.raises(InputError, match="direction of its own"):
        make_world(scenario, seeds=seeds())


def test_a_threshold_at_which_everybody_alerts_is_refused_for_crowds():
    with pytest.raises(InputError, match="one by one"):
        require_few(20_000_001)


def test_worlds_of_earlier_scenarios_are_let_go():
    """A fit gives every replicate a world of its own, whose pool may be hundreds of megabytes."""
    for spread in (0.11, 0.12, 0.13, 0.14, 0.15):
        scenario = small_scenario(recogniser__entry_spread=spread)
        fast.cross(scenario, calendar=small_calendar(), seeds=seeds())
    gc.collect()
    assert sum(isinstance(one, World) for one in gc.get_objects()) <= 3
