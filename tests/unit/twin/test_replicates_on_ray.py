"""Replicates on a Ray cluster are those of one process."""

import sys
from collections.abc import Iterator

import pytest

from probity.core.errors import MissingPartError
from probity.twin.changes import changed
from probity.twin.replicates import OnRay, Run, in_order, totals_of_replicates
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario


@pytest.fixture(scope="module")
def cluster() -> Iterator[OnRay]:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield OnRay(in_flight=3)
    ray.shutdown()


# Ray leaves sockets and processes to the interpreter's end, and announces its own changes.
@pytest.mark.filterwarnings("default")
def test_a_cluster_gives_the_totals_of_one_process(cluster: OnRay) -> None:
    scenario = changed(load_scenario("town-centre-2024"), ["calendar.deployments = 2"])
    assert isinstance(scenario, LiveScenario)
    run = Run(scenario=scenario, seed=4)
    alone = list(totals_of_replicates(run, replicates=5, first=1))
    assert list(totals_of_replicates(run, replicates=5, first=1, workers=cluster)) == alone
    assert [one.replicate for one in alone] == [1, 2, 3, 4]


def test_without_ray_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPartError, match=r"probity\[cluster\]"):
        list(in_order(abs, range(3), workers=OnRay()))
