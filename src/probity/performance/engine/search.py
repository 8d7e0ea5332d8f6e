"""The k best references of every probe: screened, then ranked by exact score."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from probity.core.errors import InputError
from probity.performance.engine import kernels, reference
from probity.performance.engine.engines import Engine, Screen, require_within, screen_of
from probity.performance.engine.fixed_point import SCORE_SCALE
from probity.performance.engine.packed import Packed, pack, panels_in_cache, score_error_bound
from probity.performance.engine.part import Check
from probity.performance.engine.side import Side, unlabelled

BLOCK = (6144, 8192)


@dataclass(frozen=True, slots=True, eq=False)
class TopK:
    """Candidates of every probe, best first; of equal scores the lower row comes first.

    Parameters
    ----------
    references : int64, (n_probes, k)
        Rows of the references.
    scores : float64, (n_probes, k)
        Their exact scores.
    check : Check
        Pairs recomputed in float64 and their largest difference from the screen.
    """

    references: NDArray[np.int64]
    scores: NDArray[np.float64]
    check: Check


def top_k(
    probes: NDArray[np.float32],
    references: NDArray[np.float32],
    *,
    k: int,
    engine: Engine = "int16",
    block: tuple[int, int] = BLOCK,
    threads: int | None = None,
) -> TopK:
    """The k references with the highest exact score for every probe.

    Every reference that could be among the k best, given the bound between screened and exact
    scores, is recomputed in float64, so the ranking is that of the exact scores whatever the
    engine, block size and number of threads.

    Parameters
    ----------
    probes, references : float32, (n_probes, dimension) and (n_references, dimension)
        Templates, not necessarily normalised.
    k : int
        1 to n_references.
    engine : {"int16", "float32", "reference-int16", "reference-float32"}
        How scores are screened.
    block : (int, int)
        Most probes and references compared as one piece of work.
    threads : int, optional
        By default one for each core this process may use.

    Raises
    ------
    InputError
        Templates that cannot be scored, or k out of range.
    EngineError
        A recomputed score lies outside the error bound.
    """
    screen = screen_of(engine)
    if not 1 <= k <= len(references):
        raise InputError(
            "the number of candidates is out of range",
            got=k,
            allowed=f"1 to {len(references)}, the number of references",
        )
    if min(block) < 1:
        raise InputError("a block of that size cannot be searched", got=block)
    sides = unlabelled(probes, references)
    if engine.startswith("reference"):
        exact = reference.exact_scores(probes, references)
        best = np.argsort(-exact, axis=1, kind="stable")[:, :k]
        return TopK(best, np.take_along_axis(exact, best, axis=1), Check(exact.size, 0.0))
    best_j = np.empty((len(probes), k), np.int64)
    best_score = np.empty((len(probes), k))

    def search(rows: slice) -> Check:
        found = _Search(*sides, rows, k)
        packed = pack(sides[0], sides[0].rows[rows], screen=screen, height=kernels.TILE_PROBES)
        for here in _pieces(len(references), most=block[1]):
            found.add(here, packed=packed, screen=screen)
        return found.settle(best_j[rows], best_score[rows])

    with ThreadPoolExecutor(threads or len(os.sched_getaffinity(0))) as pool:
        checks = list(pool.map(search, _pieces(len(probes), most=block[0])))
    check = Check(
        sum(check.pairs for check in checks),
        max((check.largest_difference for check in checks), default=0.0),
    )
    return TopK(best_j, best_score, check)


@dataclass(slots=True)
class _Search:
    """The search of one block of probes through the references, block by block."""

    probes: Side
    references: Side
    rows: slice
    k: int
    bound: float = 0.0
    held: kernels.Held = field(init=False)

    def __post_init__(self) -> None:
        size = self.rows.stop - self.rows.start
        room = 4 * self.k + 3 * kernels.TILE_REFERENCES
        self.held = kernels.Held(
            np.full(size, kernels.LOWEST_SCORE, np.int32),
            np.zeros(size, np.int64),
            np.empty((size, room), np.int64),
            np.empty((size, room), np.int32),
        )

    def add(self, here: slice, *, packed: Packed, screen: Screen) -> None:
        """Search one block of references."""
        references = pack(
            self.references,
            self.references.rows[here],
            screen=screen,
            height=kernels.TILE_REFERENCES,
        )
        bound = score_error_bound(
            packed.residual,
            references.residual,
            dimension=self.probes.values.shape[1],
            screen=screen,
        )
        if bound > self.bound:
            # References held so far were screened within the smaller bound.
            lower = self.held.floors - np.int64(np.ceil((bound - self.bound) * SCORE_SCALE))
            self.held.floors[:] = np.maximum(lower, kernels.LOWEST_SCORE)
            self.bound = bound
        kernels.rank(
            packed.panels,
            references.panels,
            panels_in_cache(packed.panels),
            here.start,
            self.k,
            self._slack(),
            self._probes(),
            self.references.templates,
            self.held,
        )

    def settle(self, best_j: NDArray[np.int64], best_score: NDArray[np.float64]) -> Check:
        """Write the k best of each probe."""
        worst = kernels.settle(
            self.k,
            self._slack(),
            self._probes(),
            self.references.templates,
            self.held,
            best_j,
            best_score,
        )
        require_within(worst, bound=self.bound)
        return Check(int(self.held.counts.sum()), worst)

    def _slack(self) -> int:
        return int(np.ceil(2 * self.bound * SCORE_SCALE)) + 1

    def _probes(self) -> kernels.Templates:
        whole = self.probes.templates
        return kernels.Templates(whole.values[self.rows], whole.squared[self.rows])


def _pieces(size: int, *, most: int) -> Iterator[slice]:
    for start in range(0, size, most):
        yield slice(start, min(start + most, size))
