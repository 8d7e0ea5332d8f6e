"""Blocks on the threads of this machine."""

import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from probity.performance.engine.block import compare_block
from probity.performance.engine.comparison import Block, Comparison
from probity.performance.engine.part import Part, merge
from probity.performance.engine.store import PartStore


@dataclass(frozen=True, slots=True)
class Threads:
    """Run blocks on so many threads; by default one for each core this process may use."""

    count: int | None = None

    def run(
        self, comparison: Comparison, blocks: Sequence[Block], *, store: PartStore | None
    ) -> dict[tuple[int, int], Part]:
        """The merged part of every stratum that has a block."""
        count = self.count or len(os.sched_getaffinity(0))
        merged: dict[tuple[int, int], Part] = {}

        def one(block: Block) -> Part:
            if store and (kept := store.load(block)):
                return kept
            so_far = merged.get(block.stratum)
            part = compare_block(comparison, block, floor=tail_floor(so_far, comparison))
            if store:
                store.save(block, part)
            return part

        with ThreadPoolExecutor(count) as pool:
            running: dict[Future[Part], Block] = {}
            waiting = iter(blocks)
            while True:
                for block in waiting:
                    running[pool.submit(one, block)] = block
                    if len(running) == 2 * count:
                        break
                if not running:
                    return merged
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    block = running.pop(done)
                    parts = (done.result(),)
                    if block.stratum in merged:
                        parts = (merged[block.stratum], *parts)
                    merged[block.stratum] = merge(parts, sizes=comparison.tails)


def tail_floor(part: Part | None, comparison: Comparison) -> float:
    """An exact score that as many non-mated comparisons as the tail holds are known to reach."""
    size = comparison.tails.nonmated
    if part is None or not size or len(part.nonmated.tail.scores) < size:
        return -np.inf
    return float(part.nonmated.tail.scores[-1])
