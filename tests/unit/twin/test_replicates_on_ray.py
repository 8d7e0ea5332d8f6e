"""Replicates on a Ray cluster are the bytes of one process, also when workers are killed."""

import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

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


@pytest.mark.verify
@pytest.mark.filterwarnings("default")
def test_killed_workers_lose_and_double_nothing(cluster: OnRay, tmp_path: Path) -> None:
    def deadly(folder: Path, number: int) -> int:  # defined here, so that it travels by value
        mark = folder / str(number)
        if number % 3 == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    found = list(in_order(partial(deadly, tmp_path), range(8), workers=cluster))
    assert found == list(range(8))
    assert {path.name for path in tmp_path.iterdir()} == {"1", "4", "7"}


def test_without_ray_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPartError, match=r"probity\[cluster\]"):
        list(in_order(abs, range(3), workers=OnRay()))
