"""What runs blocks has to offer, and what every runner does with one block."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from probity.performance.engine.block import compare_block
from probity.performance.engine.comparison import Block, Comparison
from probity.performance.engine.packed import Packer
from probity.performance.engine.part import Part, TailSizes
from probity.performance.engine.store import PartStore


class Runner(Protocol):
    """Something that compares blocks: threads here, or workers elsewhere."""

    def run(
        self, comparison: Comparison, blocks: Sequence[Block], *, store: PartStore | None
    ) -> dict[tuple[int, int], Part]:
        """The merged part of every stratum that has a block."""


def run_block(
    comparison: Comparison,
    block: Block,
    *,
    packer: Packer,
    store: PartStore | None,
    floor: float,
) -> Part:
    """The part of a block: as kept when it was completed before, or compared and kept now."""
    if store and (kept := store.load(block)):
        return kept
    part = compare_block(comparison, block, packer=packer, floor=floor)
    if store:
        store.save(block, part)
    return part


def tail_floor(part: Part | None, sizes: TailSizes) -> float:
    """An exact score that as many non-mated comparisons as the tail holds are known to reach.

    It stays true for the whole stratum when the part is of some of its blocks.
    """
    if part is None or not sizes.nonmated or len(part.nonmated.tail.scores) < sizes.nonmated:
        return -np.inf
    return float(part.nonmated.tail.scores[-1])
