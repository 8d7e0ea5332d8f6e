"""A scenario with the recogniser of a fit: the twin then has the rates that the fit says."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import InputError
from probity.twin.arrivals import type_shares
from probity.twin.calibrate.anchors import npl_2023
from probity.twin.calibrate.fit import Calibration, as_json, calibrate
from probity.twin.calibrate.fitted_scenario import fitted_scenario
from probity.twin.calibrate.parameters import KNOTS, natural
from probity.twin.calibrate.rates import (
    TEST_FRAMES,
    above_level,
    fmr_per_comparison,
    fpir_in_test,
    latent_thresholds,
    tpir_moments,
)
from probity.twin.calibrate.reached import GROUPS, Frames, Mix
from probity.twin.changes import changed
from probity.twin.expected.chances import make_chances
from probity.twin.replicates import Run, totals_of_replicates
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario
from probity.twin.world import make_world

GALLERY = npl_2023().design.gallery_size
FRAMES = Frames(number=TEST_FRAMES, new_share=0.15)


@pytest.fixture(scope="module")
def fitted() -> Calibration:
    return calibrate(seed=5, draws=3, particles=512)


@pytest.fixture(scope="module")
def base() -> LiveScenario:
    found = changed(
        load_scenario("town-centre-2024"),
        ["watchlist.item_quality = 0.9", "calendar.deployments = 2"],
    )
    assert isinstance(found, LiveScenario)
    return found


@pytest.mark.parametrize("group", [0, 1])
def test_the_twin_then_has_the_false_match_rate_of_the_draw(fitted, base, group: int) -> None:
    scenario = fitted_scenario(base, fitted, replicate=1)
    theta = {name: values[[1]] for name, values in fitted.theta().items()}
    band = scenario.capture.bands[0]
    mix = Mix(probes=(1, 0, 0), entries=(1, 0, 0), probe_quality=band.quality, entry_quality=0.9)
    latent = latent_thresholds(theta, gallery_size=fitted.gallery_size, frames=FRAMES)
    # GROUPS of the fit are White, Asian, Black; the scenario's may stand in another order.
    number = ("White", "Asian", "Black").index(scenario.groups[group].name)
    expected = fmr_per_comparison(theta, latent, mix=mix, probe=number, entry=number)[0, 0]
    world = make_world(scenario, seeds=Run(scenario=base, seed=2).seeds(0))
    mean, deviation = world.moments(slice(0, world.pool_size), group=group, band=0)
    own = world.entry_group[: world.pool_size] == group
    found = ndtr((mean - world.latent(np.array(0.56))) / deviation)[own].mean()
    assert found == pytest.approx(expected, rel=0.2)


def test_the_twin_then_has_the_true_positive_rate_of_the_draw(fitted, base) -> None:
    scenario = fitted_scenario(base, fitted, replicate=2)
    theta = {name: values[[2]] for name, values in fitted.theta().items()}
    latent = latent_thresholds(theta, gallery_size=fitted.gallery_size)
    expected = tpir_moments(theta, above_level(latent[:, 4], latent[:, 2]))[0][0]
    bands = sorted(scenario.capture.bands, key=lambda one: one.quality)
    mean = np.interp(0.7, [b.quality for b in bands], [b.mated_mean for b in bands])
    world = make_world(scenario, seeds=Run(scenario=base, seed=2).seeds(0))
    rng, n, new = np.random.default_rng(4), 400_000, FRAMES.new_share
    of_pass = np.sqrt(1 - new) * rng.standard_normal(n)
    of_pass += np.sqrt(new) * rng.standard_normal((n, FRAMES.number)).max(axis=1)
    of_person = scenario.recogniser.mated_person_spread * rng.standard_normal(n)
    best = mean + of_person + bands[0].mated_spread * of_pass
    found = (best >= world.latent(np.array(0.64))).mean()
    # The best of several frames is not quite normal, and thresholds are a little closer for it.
    assert found == pytest.approx(expected, abs=0.03)


def test_a_pass_then_alerts_as_often_as_the_fit_says_of_a_search(fitted) -> None:
    """In the test's gallery and crowd, by a closed form of the twin's own passes."""
    base = changed(
        load_scenario("town-centre-2024"),
        ["watchlist.item_quality = 0.9", *(f"capture.bands.{n}.quality = 0.7" for n in range(3))],
    )
    third = {"crowd_share": 1 / 3, "listed_share": 1 / 3}
    groups = tuple(g.model_copy(update=third) for g in base.groups if g.name in GROUPS)
    alike = base.model_copy(update={"groups": groups})
    scenario = fitted_scenario(alike, fitted, replicate=1)
    theta = {name: values[[1]] for name, values in fitted.theta().items()}
    chances, shares = make_chances(scenario), type_shares(scenario)
    for knot, threshold in enumerate(KNOTS):
        level = float(np.interp(threshold, *np.array(scenario.recogniser.vendor_map).T[::-1]))
        passes = (shares * chances.alerts(level, listed=GALLERY)[:, :, FRAMES.number - 1]).sum()
        of_search = fpir_in_test(theta, gallery_size=GALLERY)[0, knot]
        assert passes == pytest.approx(of_search, rel=0.3)


def test_replicates_take_the_draws_in_turn(fitted, base) -> None:
    run = Run(scenario=base, seed=1, calibration=fitted)
    first, second, fourth = (run.scenario_of(r) for r in (0, 1, 3))
    assert first.recogniser != second.recogniser
    assert first == fourth
    assert first.watchlist == base.watchlist
    alone = list(totals_of_replicates(run, replicates=3))
    assert alone == list(totals_of_replicates(run, replicates=3, workers=2))


def test_a_scenario_without_the_groups_of_the_test_is_refused(fitted, base) -> None:
    others = tuple(g.model_copy(update={"name": f"{g.name} people"}) for g in base.groups)
    with pytest.raises(InputError, match="lacks groups"):
        fitted_scenario(base.model_copy(update={"groups": others}), fitted, replicate=0)


def test_a_draw_that_no_scenario_may_have_is_refused_without_a_traceback(fitted, base) -> None:
    far = fitted.model_copy(update={"draws": (tuple([10.0] * len(fitted.parameters)),)})
    with pytest.raises(InputError, match="draw 0 of the calibration"):
        fitted_scenario(base, far, replicate=0)
    assert np.isfinite(natural(np.array(far.draws))["entry_spread"]).all()


def test_the_manifest_says_which_calibration_and_how_its_draws_were_used(
    fitted, tmp_path: Path
) -> None:
    file, out = tmp_path / "c.json", tmp_path / "run"
    file.write_text(as_json(fitted))
    arguments = ["twin", "run", "town-centre-2024", "--out", str(out), "--calibration", str(file)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["calibration"]["draws"] == 3
    assert "replicate r has the recogniser of draw r" in manifest["calibration"]["choice"]
    searches = CliRunner().invoke(app, [*arguments[:2], "oifr-pilot", *arguments[3:]])
    assert isinstance(searches.exception, InputError | SystemExit)
    assert searches.exit_code != 0
