"""Workers of a Ray cluster give the same bytes as threads, also when they are killed."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from people import people
from probity.core.errors import MissingPartError
from probity.performance.engine import EngineError, PairCounts, RayCluster, compare_all_pairs
from probity.performance.engine.comparison import Comparison
from probity.performance.engine.local import Threads
from probity.performance.engine.part import TailSizes
from probity.performance.engine.side import prepare
from probity.performance.engine.store import PartStore

GIVEN = people(probes=150, references=140, dimension=32, subjects=40, groups=2)
ASKED: dict[str, Any] = {"thresholds": [0.1, 0.3], "nonmated_tail": 40, **GIVEN.labels}


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield RayCluster(in_flight=5)
    ray.shutdown()


# Ray leaves sockets and processes to the interpreter's end, and announces its own changes.
@pytest.mark.filterwarnings("default")
def test_workers_give_the_bytes_of_threads(cluster: RayCluster) -> None:
    local = compare_all_pairs(GIVEN.probes, GIVEN.references, **ASKED)
    # 8 x 7 blocks in 4 strata: the tree of sums has two levels.
    spread = compare_all_pairs(
        GIVEN.probes, GIVEN.references, block=(10, 20), runner=cluster, **ASKED
    )
    assert spread.digest() == local.digest()


def test_without_ray_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPartError, match=r"probity\[cluster\]"):
        compare_all_pairs(GIVEN.probes, GIVEN.references, runner=RayCluster(), **ASKED)


@pytest.mark.verify
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_workers_lose_and_double_nothing(
    moment: str, cluster: RayCluster, tmp_path: Path
) -> None:
    """Workers die by SIGKILL in several blocks, before or after the block is on disk."""

    class Deadly(PartStore):  # defined here, so that it travels to the workers by value
        def save(self, block: Any, part: Any) -> None:
            mark = self.directory / f"died-in-{block.number}"
            dying = block.number % 9 == 4 and not mark.exists()
            if moment == "after" or not dying:
                super().save(block, part)
            if dying:
                self.directory.mkdir(parents=True, exist_ok=True)
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)

    comparison = Comparison(
        *prepare(GIVEN.probes, GIVEN.references, **GIVEN.labels),
        np.array([0.1, 0.3]),
        "int16",
        TailSizes(40, 1000),
    )
    blocks = comparison.blocks(most=(10, 20))
    local = PairCounts.of(comparison, Threads(2).run(comparison, blocks, store=None))
    spread = PairCounts.of(comparison, cluster.run(comparison, blocks, store=Deadly(tmp_path)))
    deaths = len(list(tmp_path.glob("died-in-*")))
    assert deaths == sum(block.number % 9 == 4 for block in blocks) >= 5
    assert spread.digest() == local.digest()
    assert spread.comparisons == local.comparisons
    assert len(list(tmp_path.glob("block-*.npz"))) == len(blocks)


@pytest.mark.verify
@pytest.mark.filterwarnings("default")
def test_an_engine_that_fails_its_check_says_so_from_a_worker(cluster: RayCluster) -> None:
    class Broken(PartStore):
        def load(self, block: Any) -> None:
            raise EngineError(f"block {block.number} is wrong")

    comparison = Comparison(
        *prepare(GIVEN.probes, GIVEN.references, **GIVEN.labels),
        np.array([0.1]),
        "int16",
        TailSizes(1, 1),
    )
    with pytest.raises(EngineError, match="is wrong"):
        cluster.run(comparison, comparison.blocks(most=(50, 50)), store=Broken(Path("unused")))
