"""A scenario with the recogniser of a fit: the twin then has the rates that the fit says."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import InputError
from probity.twin.calibrate.fit import Calibration, as_json, calibrate
from probity.twin.calibrate.fitted_scenario import fitted_scenario
from probity.twin.calibrate.parameters import natural
from probity.twin.calibrate.rates import (
    Mix,
    above_level,
    fmr_per_comparison,
    latent_thresholds,
    tpir_moments,
)
from probity.twin.changes import changed
from probity.twin.replicates import Run, totals_of_replicates
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario
from probity.twin.world import make_world


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
    latent = latent_thresholds(theta, gallery_size=fitted.gallery_size)
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
    expected = tpir_moments(theta, above_level(latent, knot=4))[0][0]
    bands = sorted(scenario.capture.bands, key=lambda one: one.quality)
    mean = np.interp(0.7, [b.quality for b in bands], [b.mated_mean for b in bands])
    world = make_world(scenario, seeds=Run(scenario=base, seed=2).seeds(0))
    spread = np.hypot(bands[0].mated_spread, scenario.recogniser.mated_person_spread)
    found = ndtr((mean - world.latent(np.array(0.64))) / spread)
    assert found == pytest.approx(expected, abs=1e-6)


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
