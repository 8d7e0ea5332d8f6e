"""Replicates on a Ray cluster are those of one process, also when workers are killed."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from probity.core.errors import MissingPartError
from probity.twin.changes import changed
from probity.twin.replicates import OnRay, Run, history_of, in_order, totals_of_replicates
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario
from probity.twin.totals import Totals, totals_of


@pytest.fixture(scope="module")
def cluster() -> Iterator[OnRay]:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield OnRay(in_flight=3)
    ray.shutdown()


def two_deployments() -> Run:
    scenario = changed(load_scenario("town-centre-2024"), ["calendar.deployments = 2"])
    assert isinstance(scenario, LiveScenario)
    return Run(scenario=scenario, seed=4)


# Ray leaves sockets and processes to the interpreter's end, and announces its own changes.
@pytest.mark.filterwarnings("default")
def test_a_cluster_gives_the_totals_of_one_process(cluster: OnRay) -> None:
    run = two_deployments()
    alone = list(totals_of_replicates(run, replicates=5, first=1))
    assert list(totals_of_replicates(run, replicates=5, first=1, workers=cluster)) == alone
    assert [one.replicate for one in alone] == [1, 2, 3, 4]


@pytest.mark.verify
@pytest.mark.filterwarnings("default")
def test_killed_workers_lose_and_double_no_replicate(cluster: OnRay, tmp_path: Path) -> None:
    """Workers die by SIGKILL in two of six replicates, once the replicate is run."""
    run = two_deployments()

    def deadly(replicate: int) -> Totals:  # defined here, so that it travels by value
        found = totals_of(history_of(run, replicate), replicate=replicate)
        mark = tmp_path / f"died-in-{replicate}"
        if replicate % 3 == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    alone = list(totals_of_replicates(run, replicates=6))
    assert list(in_order(deadly, range(6), workers=cluster)) == alone
    assert sorted(one.name for one in tmp_path.iterdir()) == ["died-in-1", "died-in-4"]


def test_without_ray_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPartError, match=r"probity\[cluster\]"):
        list(in_order(abs, range(3), workers=OnRay()))
