"""What is to be compared, and its division into blocks."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core.errors import InputError
from probity.performance.engine.engines import Screen
from probity.performance.engine.part import TailSizes
from probity.performance.engine.side import Side

# Counters of a block are 31 bits wide.
MOST_PAIRS_IN_A_BLOCK = (1 << 31) - 1
# Each stratum takes 1 MiB: two histograms of 65,536 bins of 8 bytes.
MOST_STRATA = 1024


@dataclass(frozen=True, slots=True)
class Block:
    """Positions in each side's ``rows``, all of one probe group and one reference group."""

    number: int
    stratum: tuple[int, int]
    probes: tuple[int, int]
    references: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """All pairs of two sides, with what is to be counted of them."""

    probes: Side
    references: Side
    thresholds: NDArray[np.float64]
    screen: Screen
    tails: TailSizes

    def __post_init__(self) -> None:
        if self.thresholds.ndim != 1 or not np.isfinite(self.thresholds).all():
            raise InputError("thresholds are not a list of finite numbers", got=self.thresholds)
        if self.tails.nonmated < 0 or self.tails.mated < 0:
            raise InputError("a tail cannot hold fewer than 0 scores", got=self.tails)
        strata = len(self.probes.group_names) * len(self.references.group_names)
        if strata > MOST_STRATA:
            raise InputError(
                "too many pairs of groups for their histograms to be held in memory",
                got=strata,
                allowed=f"at most {MOST_STRATA}",
            )

    @property
    def dimension(self) -> int:
        """Numbers in a template."""
        return int(self.probes.values.shape[1])

    def blocks(self, *, most: tuple[int, int]) -> tuple[Block, ...]:
        """Blocks of at most so many probes and references, each within one stratum."""
        if min(most) < 1 or most[0] * most[1] > MOST_PAIRS_IN_A_BLOCK:
            raise InputError(
                "a block of that size cannot be counted",
                got=most,
                allowed=f"at least (1, 1), at most {MOST_PAIRS_IN_A_BLOCK} pairs",
            )
        numbered: list[Block] = []
        for p in range(len(self.probes.group_names)):
            for r in range(len(self.references.group_names)):
                for probes in _cuts(self.probes.group_starts, p, most=most[0]):
                    for references in _cuts(self.references.group_starts, r, most=most[1]):
                        numbered.append(Block(len(numbered), (p, r), probes, references))
        return tuple(numbered)

    def digest(self) -> str:
        """SHA-256 of everything that the counts depend on."""
        sha = hashlib.sha256(f"{self.screen} {self.tails}".encode())
        sha.update(self.thresholds.tobytes())
        for side in (self.probes, self.references):
            sha.update(f"{side.values.shape} {side.group_names}".encode())
            for array in (side.subjects, side.samples, side.group_starts, side.rows):
                sha.update(array.tobytes())
            for start in range(0, len(side.values), 4096):
                sha.update(np.ascontiguousarray(side.values[start : start + 4096]).tobytes())
        return sha.hexdigest()


def _cuts(starts: NDArray[np.int64], group: int, *, most: int) -> Iterator[tuple[int, int]]:
    """The group's positions in pieces of nearly equal size, none larger than ``most``."""
    first, last = int(starts[group]), int(starts[group + 1])
    pieces = -(-(last - first) // most)
    for n in range(pieces):
        yield (
            first + (last - first) * n // pieces,
            first + (last - first) * (n + 1) // pieces,
        )
