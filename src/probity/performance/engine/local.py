"""Blocks on the threads of this machine."""

import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from probity.performance.engine.comparison import Block, Comparison
from probity.performance.engine.packed import Packer
from probity.performance.engine.part import Part, merge
from probity.performance.engine.runner import run_block, tail_floor
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
        packer = Packer(screen=comparison.screen)

        def one(block: Block) -> Part:
            floor = tail_floor(merged.get(block.stratum), comparison.tails)
            return run_block(comparison, block, packer=packer, store=store, floor=floor)

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
                    part, before = done.result(), merged.get(block.stratum)
                    both = (part,) if before is None else (before, part)
                    merged[block.stratum] = merge(both, sizes=comparison.tails)
