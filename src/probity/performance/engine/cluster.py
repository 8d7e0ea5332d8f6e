"""Blocks on the workers of a Ray cluster: the same bytes as on the threads of one machine."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from probity.core.ray_cluster import ray_cluster
from probity.performance.engine.comparison import Block, Comparison
from probity.performance.engine.engines import EngineError
from probity.performance.engine.packed import Packer
from probity.performance.engine.part import Part, TailSizes, merge
from probity.performance.engine.runner import run_block, tail_floor
from probity.performance.engine.store import PartStore

Stratum = tuple[int, int]
# Parts of one stratum that a worker adds up at a time: the merge tree branches this wide.
BRANCH = 8
RETRIES = 20


@dataclass(frozen=True, slots=True)
class RayCluster:
    """Run blocks as Ray tasks, and add their parts up in a tree of tasks.

    The templates go once into the shared memory of each machine. A task whose worker is killed
    is run again by Ray; with a store on a file system that all machines share, a block that was
    completed is read and not compared again. A part enters the sum once, as the result of the
    task of its block, however many times that was tried.

    Parameters
    ----------
    address : str, optional
        Where the cluster is; by default the one already connected to, or this machine.
    workers : int, optional
        Processes to start when this machine is used.
    in_flight : int
        Blocks handed out at a time, which bounds memory.
    """

    address: str | None = None
    workers: int | None = None
    in_flight: int = 64

    def run(
        self, comparison: Comparison, blocks: Sequence[Block], *, store: PartStore | None
    ) -> dict[Stratum, Part]:
        """The merged part of every stratum that has a block.

        Raises
        ------
        MissingPartError
            Ray is not installed.
        EngineError
            A recomputed score lies outside the error bound, or workers were lost for good.
        """
        with ray_cluster(address=self.address, workers=self.workers) as ray:
            return _Run(ray, comparison, store, self.in_flight).result(blocks)


def _compare(
    comparison: Comparison, block: Block, store: PartStore | None, floor: float
) -> tuple[Part, float]:
    packer = Packer(screen=comparison.screen)
    part = run_block(comparison, block, packer=packer, store=store, floor=floor)
    return part, tail_floor(part, comparison.tails)


def _merge(sizes: TailSizes, *parts: Part) -> Part:
    return merge(parts, sizes=sizes)


@dataclass(slots=True)
class _Run:
    ray: Any
    comparison: Comparison
    store: PartStore | None
    in_flight: int
    floors: dict[Stratum, float] = field(default_factory=lambda: defaultdict(lambda: -np.inf))
    done: dict[Stratum, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))

    def result(self, blocks: Sequence[Block]) -> dict[Stratum, Part]:
        compare = self.ray.remote(num_returns=2, max_retries=RETRIES)(_compare)
        shared = self.ray.put(self.comparison)
        running: dict[Any, tuple[Stratum, Any]] = {}
        waiting: Iterator[Block] = iter(blocks)
        while True:
            for block in waiting:
                part, floor = compare.remote(shared, block, self.store, self.floors[block.stratum])
                running[floor] = (block.stratum, part)
                if len(running) >= self.in_flight:
                    break
            if not running:
                break
            finished, _ = self.ray.wait(list(running), num_returns=1)
            for floor in finished:
                stratum, part = running.pop(floor)
                reached = self._get(floor)
                self.floors[stratum] = max(self.floors[stratum], reached)
                self._add(stratum, part)
        return {
            stratum: self._get(self._merged([part for level in levels for part in level]))
            for stratum, levels in self.done.items()
        }

    def _add(self, stratum: Stratum, part: Any, *, height: int = 0) -> None:
        """Hang a part in the tree; full branches become one part a level higher."""
        levels = self.done[stratum]
        if height == len(levels):
            levels.append([])
        levels[height].append(part)
        if len(levels[height]) == BRANCH:
            merged = self._merged(levels[height])
            levels[height] = []
            self._add(stratum, merged, height=height + 1)

    def _merged(self, parts: list[Any]) -> Any:
        add = self.ray.remote(max_retries=RETRIES)(_merge)
        return add.remote(self.comparison.tails, *parts)

    def _get(self, reference: Any) -> Any:
        try:
            return self.ray.get(reference)
        except self.ray.exceptions.RayTaskError as failed:
            # What the worker raised, as the threads of one machine would have raised it.
            raise failed.cause from None
        except self.ray.exceptions.RayError as failed:
            raise EngineError(
                f"a block could not be compared on the cluster ({type(failed).__name__}); with "
                "completed blocks kept in a directory, the same run goes on where it stopped"
            ) from failed
