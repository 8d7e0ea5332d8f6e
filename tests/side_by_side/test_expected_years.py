"""Closed forms and the queue on drawn alerts against the whole twin, run on drawn people."""

from dataclasses import replace

import numpy as np
import pytest

from probity.twin.expected.deployment import expected, scenario_at
from probity.twin.expected.setting import Setting
from probity.twin.outcomes import measures_of, outcomes_of
from probity.twin.replicates import Run, history_of

NOW = Setting()
FEW = replace(NOW, threshold=0.60, deployments=60)
SETTINGS = [
    (FEW, 2),
    pytest.param(replace(FEW, officers=1), 4, marks=pytest.mark.verify),
    pytest.param(replace(FEW, watchlist=100_000), 2, marks=pytest.mark.verify),
    pytest.param(replace(FEW, threshold=0.56, watchlist=30_000), 2, marks=pytest.mark.verify),
    pytest.param(replace(FEW, black_share=0.4, passers=40_000), 2, marks=pytest.mark.verify),
    pytest.param(replace(NOW, threshold=0.62), 8, marks=pytest.mark.verify),
]


@pytest.mark.parametrize(("setting", "replicates"), SETTINGS)
def test_a_year_is_what_the_twin_makes_of_it(setting: Setting, replicates: int) -> None:
    scenario = scenario_at(setting)
    run = Run(scenario=scenario, seed=11)
    drawn = np.array([outcomes_of(history_of(run, r)) for r in range(replicates)]).sum(axis=0)
    at = {measure.name: place for place, measure in enumerate(measures_of(scenario))}
    here, deployments = expected(setting), setting.deployments * replicates

    def alike(found: float, name: str, within: float) -> None:
        count = drawn[at[name], 0]
        chance = 4 * np.sqrt(max(count, 1.0) * (1 + here.false.dispersion * count / deployments))
        assert abs(found * deployments - count) < chance + within * count, (name, found, count)

    alike(here.false.mean, "false_alerts_per_year", 0.08)
    alike(here.true.mean, "true_alerts_per_year", 0.03)
    faces = drawn[at["false_alerts_per_face_seen"], 1]
    assert here.faces * deployments == pytest.approx(faces, rel=0.2)
    lost = drawn[at["people_lost_for_lack_of_officers_per_year"], 0]
    assert abs(here.lost_share * drawn[at["false_share_of_alerts"], 1] - lost) < 0.25 * lost + 12
    waited = drawn[at["mean_s_from_alert_to_officer_decision"]]
    assert here.officer_s == pytest.approx(waited[0] / waited[1], rel=0.1)
