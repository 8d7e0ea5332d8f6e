"""The comparison of one block: sweep, recompute what matters in float64, check, count."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from probity.performance.engine import kernels
from probity.performance.engine.comparison import Block, Comparison
from probity.performance.engine.engines import require_within
from probity.performance.engine.fixed_point import (
    BIN_OFFSET,
    BIN_SHIFT,
    COUNTERS,
    SCORE_SCALE,
    TEMPLATE_SCALE,
    Window,
    counter_of,
    fold,
)
from probity.performance.engine.mated import mated_pairs
from probity.performance.engine.packed import Packed, Packer, panels_in_cache, score_error_bound
from probity.performance.engine.part import Check, Counts, Part, Tail

LISTED_PAIRS = 1 << 17
CHECKED_PER_LIST = 512


def compare_block(
    comparison: Comparison, block: Block, *, packer: Packer, floor: float = -np.inf
) -> Part:
    """Counts of one block.

    Parameters
    ----------
    packer : Packer
        Of this comparison.
    floor : float
        An exact score that at least as many non-mated comparisons of the stratum as its tail
        holds are known to reach: lower ones need not be listed.

    Raises
    ------
    EngineError
        A recomputed score lies further from the screened one than the bound allows.
    """
    return _Sweep(comparison, block, packer, floor).part()


@dataclass(slots=True)
class _Sweep:
    comparison: Comparison
    block: Block
    packer: Packer
    floor: float
    checked: int = 0
    largest: float = 0.0
    probes: Packed = field(init=False)
    references: Packed = field(init=False)
    rows_p: NDArray[np.int64] = field(init=False)
    rows_r: NDArray[np.int64] = field(init=False)
    bound: float = field(init=False)

    def part(self) -> Part:
        comparison, block = self.comparison, self.block
        self.rows_p = comparison.probes.rows[slice(*block.probes)]
        self.rows_r = comparison.references.rows[slice(*block.references)]
        self.probes = self.packer.pack(comparison.probes, block.probes, height=kernels.TILE_PROBES)
        self.references = self.packer.pack(
            comparison.references, block.references, height=kernels.TILE_REFERENCES
        )
        self.bound = score_error_bound(
            self.probes.residual,
            self.references.residual,
            dimension=comparison.dimension,
            screen=comparison.screen,
        )
        mated, taken_out = self._mated()
        nonmated = self._nonmated(taken_out)
        return Part(
            nonmated,
            mated,
            self.probes.residual,
            self.references.residual,
            Check(self.checked, self.largest),
        )

    def _mated(self) -> tuple[Counts, NDArray[np.int64]]:
        """Mated comparisons; and counters of all pairs of one person, to be taken out."""
        comparison = self.comparison
        counters = np.zeros(COUNTERS, np.int64)
        taken_out = np.zeros(COUNTERS, np.int64)
        above = np.zeros(len(comparison.thresholds), np.int64)
        tail = Tail(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
        for i, j in mated_pairs(
            comparison.probes.subjects[self.rows_p], comparison.references.subjects[self.rows_r]
        ):
            screened = np.empty(len(i), np.int32)
            kernels.screened_scores(self.probes.panels, self.references.panels, i, j, screened)
            place = (screened >> BIN_SHIFT) + BIN_OFFSET
            taken_out += np.bincount(place, minlength=COUNTERS)
            distinct = (
                comparison.probes.samples[self.rows_p[i]]
                != comparison.references.samples[self.rows_r[j]]
            )
            exact = self._exact(i[distinct], j[distinct], screened[distinct])
            counters += np.bincount(place[distinct], minlength=COUNTERS)
            above += len(exact) - np.searchsorted(np.sort(exact), comparison.thresholds)
            found = Tail(exact, self.rows_p[i[distinct]], self.rows_r[j[distinct]])
            tail = Tail.joined((tail, found), size=comparison.tails.mated, highest=False)
        return Counts(fold(counters), above, tail), taken_out

    def _nonmated(self, taken_out: NDArray[np.int64]) -> Counts:
        """Every other comparison of the block."""
        comparison, size = self.comparison, self.comparison.tails.nonmated
        windows = [Window.around(float(t), bound=self.bound) for t in comparison.thresholds]
        near = np.zeros(COUNTERS, bool)
        for window in windows:
            near[window.first : window.last + 1] = True
        in_window = np.zeros(len(windows), np.int64)
        lowest = counter_of(self.floor - self.bound) if size else COUNTERS
        same_person = int(taken_out.sum())
        bins = np.zeros(COUNTERS, np.uint32)
        panels = panels_in_cache(self.probes.panels)
        room = max(LISTED_PAIRS, 2 * panels * kernels.TILE_PAIRS)
        listed = kernels.Listed(*(np.empty(room, np.int32) for _ in range(3)))
        waiting: list[tuple[NDArray[np.int32], ...]] = []
        shape = (self.probes.panels.size, self.references.panels.size)
        end = _steps(shape, panels=panels)
        position = 0
        while position < end:
            flagged = near.copy()
            flagged[lowest:] = True
            bins = (bins & kernels.COUNTER) | (flagged.astype(np.uint32) << np.uint32(31))
            position, found = kernels.sweep(
                self.probes.panels, self.references.panels, panels, position, bins, listed
            )
            lowest = max(lowest, self._lowest_listed(bins, spare=same_person))
            i, j, screened = (part[:found] for part in listed)
            place = (screened >> BIN_SHIFT) + BIN_OFFSET
            others = np.flatnonzero(~near[place] & (place < lowest))[:CHECKED_PER_LIST]
            self._exact(i[others], j[others], screened[others])
            chosen = np.flatnonzero(near[place])
            windowed = self._of_two_people(i[chosen], j[chosen], screened[chosen])
            exact, place_w = self._exact(*windowed), (windowed[2] >> BIN_SHIFT) + BIN_OFFSET
            for n, window in enumerate(windows):
                inside = (place_w >= window.first) & (place_w <= window.last)
                in_window[n] += int((exact[inside] >= window.threshold).sum())
            high = np.flatnonzero(place >= lowest)
            waiting.append(self._of_two_people(i[high], j[high], screened[high]))
        counters = (bins & kernels.COUNTER).astype(np.int64) - taken_out
        above = [
            int(counters[window.last + 1 :].sum()) + int(inside)
            for window, inside in zip(windows, in_window, strict=True)
        ]
        i, j, screened = (np.concatenate(parts) for parts in zip(*waiting, strict=True))
        keep = (screened >> BIN_SHIFT) + BIN_OFFSET >= lowest
        i, j, screened = i[keep], j[keep], screened[keep]
        exact = self._exact(i, j, screened)
        tail = Tail.of(exact, self.rows_p[i], self.rows_r[j], size=size, highest=True)
        return Counts(fold(counters), np.array(above, np.int64), tail)

    def _lowest_listed(self, bins: NDArray[np.uint32], *, spare: int) -> int:
        """The lowest counter that a score of the tail can be in, from the pairs seen so far.

        If ``size`` pairs are screened at s or above, the tail's last exact score is at least
        s - bound, and pairs that reach it are screened at s - 2 bound or above.
        """
        size = self.comparison.tails.nonmated
        if not size:
            return COUNTERS
        from_top = np.cumsum((bins & kernels.COUNTER)[::-1], dtype=np.int64)
        if from_top[-1] < size + spare:
            return 0
        enough = COUNTERS - 1 - int(np.searchsorted(from_top, size + spare))
        return counter_of((enough - BIN_OFFSET) / TEMPLATE_SCALE - 2 * self.bound)

    def _of_two_people(
        self, i: NDArray[np.int32], j: NDArray[np.int32], screened: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        keep = (
            self.comparison.probes.subjects[self.rows_p[i]]
            != self.comparison.references.subjects[self.rows_r[j]]
        )
        return i[keep], j[keep], screened[keep]

    def _exact(
        self, i: NDArray[np.int32], j: NDArray[np.int32], screened: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Exact scores of pairs of the block, each checked against its screened score."""
        exact = np.empty(len(i))
        if not len(i):
            return exact
        kernels.scores_of_pairs(
            self.comparison.probes.templates,
            self.comparison.references.templates,
            self.rows_p[i],
            self.rows_r[j],
            exact,
        )
        difference = float(np.abs(exact - screened / SCORE_SCALE).max())
        require_within(difference, bound=self.bound)
        self.checked += len(i)
        self.largest = max(self.largest, difference)
        return exact


def _steps(shape: tuple[int, int], *, panels: int) -> int:
    """Positions of a sweep: chunks of probe panels x reference panels."""
    chunks = math.ceil(math.ceil(shape[0] / kernels.TILE_PROBES) / panels)
    return chunks * math.ceil(shape[1] / kernels.TILE_REFERENCES)
