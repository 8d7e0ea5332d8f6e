"""The fast engine of the twin has the law of the slow one, and wrong short cuts do not."""

import os
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from probity.twin import fast, impostor, reference
from probity.twin.arrivals import type_shares
from probity.twin.impostor import exceedances
from probity.twin.seeds import Seeds
from probity.twin.world import make_world
from twin_sides import DEPLOYMENTS, THRESHOLD, noted, p_values, run, small_world

ALPHA = 0.001
SEED = 11


@pytest.fixture(scope="module")
def slow():
    return run(reference.cross, replicates=[0], seed=SEED)


@pytest.fixture(scope="module")
def quick():
    return run(fast.cross, replicates=range(1, 9), seed=SEED)


def risk(seed):
    """Expected alerts on each entry, up to a factor."""
    scenario = small_world()
    world = make_world(scenario, seeds=Seeds(scenario="sides", seed=seed, replicate=0))
    threshold = float(world.latent(np.array(THRESHOLD)))
    everybody = slice(0, len(world.entries))
    return sum(
        share * exceedances(world, kind=kind, threshold=threshold, entry=everybody)
        for kind, share in enumerate(type_shares(scenario).ravel().tolist())
    )


def against(slow, other):
    """The slow engine against the first replicate of another, where counts are compared."""
    n = len(slow.per_deployment)
    found = p_values(slow, replace(other, per_deployment=other.per_deployment[:n]), risk=risk(SEED))
    return noted({name: float(p) for name, p in found.items()}, seeds=[SEED])


def rejected(found):
    return [name for name, p in found.items() if p < ALPHA / len(found)]


def test_fast_and_slow_agree(slow, quick, record_property):
    assert len(slow.alerts.entry) > 2_000
    assert np.sum(slow.alerts.candidates > 1) > 100
    found = against(slow, quick)
    record_property("p_values", found)
    assert rejected(found) == []


def test_expected_number_is_that_of_the_slow_engine(slow, quick):
    n = len(quick.per_deployment) // DEPLOYMENTS
    ratio = slow.per_deployment.sum() / (quick.per_deployment.sum() / n)
    assert 0.8 < ratio < 1.25


@pytest.mark.control
def test_keeping_every_proposal_is_rejected(slow, monkeypatch):
    def every_one(events, *, planted, rng):
        return events > 0

    monkeypatch.setattr(impostor, "_kept", every_one)
    wrong = run(fast.cross, replicates=range(1, 9), seed=SEED)
    assert "candidates" in rejected(against(slow, wrong))


@pytest.mark.control
def test_ignoring_groups_is_rejected(slow, monkeypatch):
    """Everybody as if of the average group."""

    def blind(scenario, *, seeds):
        world = make_world(scenario, seeds=seeds)
        entries = world.entries.copy()
        entries[:, : world.n_groups] = entries[:, : world.n_groups].mean(axis=1, keepdims=True)
        return replace(world, entries=entries)

    monkeypatch.setattr(fast, "make_world", blind)
    wrong = run(fast.cross, replicates=range(1, 9), seed=SEED)
    assert "group" in rejected(against(slow, wrong))


@pytest.mark.control
def test_a_pareto_tail_is_rejected(slow, quick):
    """Scores of the best candidate above a low threshold, extrapolated by a generalised Pareto."""
    low = run(fast.cross, replicates=[20], seed=SEED, threshold=0.76, deployments=8)
    scores = low.alerts.score[low.false]
    shape, _, scale = stats.genpareto.fit(scores - 0.76, floc=0)
    tail = stats.genpareto(shape, loc=0.76, scale=scale)
    drawn = tail.ppf(np.random.default_rng(3).uniform(tail.cdf(THRESHOLD), 1, 20_000))
    found = stats.ks_2samp(slow.alerts.score[slow.false], drawn)
    assert found.pvalue < ALPHA


def test_where_candidates_are_not_rare_the_engines_still_agree():
    """With more than one expected event a pass, the fast engine compares pass by pass."""
    low = {"seed": SEED, "threshold": 0.76, "deployments": 6}
    small = small_world(crowd__dispersion=0.0)
    slow = run(reference.cross, replicates=[0], scenario=small, **low)
    quick = run(fast.cross, replicates=[1], scenario=small, **low)
    found = p_values(slow, quick, risk=risk(SEED))
    assert rejected(found) == []
    assert slow.per_deployment.sum() == pytest.approx(quick.per_deployment.sum(), rel=0.05)
    world = make_world(small, seeds=Seeds(scenario="sides", seed=SEED, replicate=0))
    threshold = float(world.latent(np.array(0.76)))
    events = impostor.make_chances(world, threshold=threshold).total
    assert events.min() < 1 < 4 * events.max()


@pytest.mark.verify
def test_means_are_equivalent_on_fresh_seeds(record_property):
    """Ratio of mean false alerts, with its 95% interval, lies within 3% of 1."""
    seed = int.from_bytes(os.urandom(4), "big")
    many = {"seed": seed, "threshold": 0.80, "scenario": small_world(crowd__dispersion=0.0)}
    slow = run(reference.cross, replicates=range(5), **many)
    quick = run(fast.cross, replicates=range(100, 150), **many)
    paired = replace(quick, per_deployment=quick.per_deployment[: len(slow.per_deployment)])
    found = p_values(slow, paired, risk=risk(seed))
    record_property("seed", seed)
    record_property("p_values", noted({k: float(p) for k, p in found.items()}, seeds=[seed]))
    assert rejected(found) == []
    (mean, error), (other, other_error) = _mean(slow), _mean(quick)
    middle, half = np.log(mean / other), 1.96 * np.hypot(error, other_error)
    ends = [float(np.exp(middle + side * half)) for side in (-1, 1)]
    record_property("ratio of means, fast over slow, 95% interval", ends)
    assert middle - half > -0.03
    assert middle + half < 0.03


def _mean(side):
    """Mean and its relative error; deployments alternate between two places."""
    places = [side.per_deployment[place::2] for place in (0, 1)]
    mean = np.mean([place.mean() for place in places])
    variance = sum(place.var(ddof=1) / len(place) for place in places) / 4
    return mean, np.sqrt(variance) / mean
