"""Every probe against every reference: histograms, exact counts and tails, by group."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from probity.performance.engine import reference
from probity.performance.engine.comparison import Comparison
from probity.performance.engine.engines import Engine, screen_of
from probity.performance.engine.local import Threads
from probity.performance.engine.packed import score_error_bound
from probity.performance.engine.part import Check, Counts, Part, Tail, TailSizes, empty
from probity.performance.engine.runner import Runner
from probity.performance.engine.side import prepare
from probity.performance.engine.store import PartStore

Stratum = tuple[str, str, bool]
# 6,144 x 8,192 templates: half a second of work, 14 MB of packed templates of dimension 512.
BLOCK = (6144, 8192)


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """Comparisons counted by (probe group, reference group, mated).

    Parameters
    ----------
    engine : str
        How scores were screened. The histograms are of screened scores.
    thresholds : float64, (thresholds,)
        As asked for.
    score_error_bound : float
        No screened score differs from its exact score by more.
    strata : mapping
        Counts for every (probe group, reference group, mated), empty ones too.
    check : Check
        Pairs that were recomputed in float64, and the largest difference found: always within
        the bound, or the run fails. Which pairs are sampled depends on the division into
        blocks; nothing else here does.
    """

    engine: str
    thresholds: NDArray[np.float64]
    score_error_bound: float
    strata: Mapping[Stratum, Counts]
    check: Check

    @staticmethod
    def of(comparison: Comparison, parts: Mapping[tuple[int, int], Part]) -> "PairCounts":
        """The counts of a comparison from the merged part of each stratum."""
        strata: dict[Stratum, Counts] = {}
        for p, probe_group in enumerate(comparison.probes.group_names):
            for r, reference_group in enumerate(comparison.references.group_names):
                part = parts.get((p, r)) or empty(thresholds=len(comparison.thresholds))
                strata[probe_group, reference_group, False] = part.nonmated
                strata[probe_group, reference_group, True] = part.mated
        bound = score_error_bound(
            max((part.probe_residual for part in parts.values()), default=0.0),
            max((part.reference_residual for part in parts.values()), default=0.0),
            dimension=comparison.dimension,
            screen=comparison.screen,
        )
        check = Check(
            sum(part.check.pairs for part in parts.values()),
            max((part.check.largest_difference for part in parts.values()), default=0.0),
        )
        return PairCounts(comparison.screen, comparison.thresholds, bound, strata, check)

    @property
    def comparisons(self) -> int:
        """Comparisons made, over all strata."""
        return sum(counts.comparisons for counts in self.strata.values())

    @property
    def histograms(self) -> dict[Stratum, NDArray[np.int64]]:
        """Screened scores by bin, (65536,); edges in ``fixed_point.bin_edges``."""
        return {key: counts.histogram for key, counts in self.strata.items()}

    @property
    def counts_at_thresholds(self) -> dict[Stratum, NDArray[np.int64]]:
        """Comparisons with an exact score at or above each threshold, (thresholds,)."""
        return {key: counts.at_or_above for key, counts in self.strata.items()}

    @property
    def tail(self) -> dict[Stratum, Tail]:
        """The highest non-mated and the lowest mated exact scores, with their rows."""
        return {key: counts.tail for key, counts in self.strata.items()}

    def digest(self) -> str:
        """SHA-256 of the result: equal for every block size, thread, worker and machine."""
        sha = hashlib.sha256(f"{self.engine} {self.score_error_bound!r}".encode())
        sha.update(self.thresholds.astype("<f8").tobytes())
        for key, counts in sorted(self.strata.items()):
            sha.update(repr(key).encode())
            for whole in (counts.histogram, counts.at_or_above):
                sha.update(whole.astype("<i8").tobytes())
            sha.update(counts.tail.scores.astype("<f8").tobytes())
            sha.update(counts.tail.probes.astype("<i8").tobytes())
            sha.update(counts.tail.references.astype("<i8").tobytes())
        return sha.hexdigest()


def compare_all_pairs(
    probes: NDArray[np.float32],
    references: NDArray[np.float32],
    *,
    probe_subjects: ArrayLike,
    reference_subjects: ArrayLike,
    probe_groups: ArrayLike | None = None,
    reference_groups: ArrayLike | None = None,
    probe_samples: ArrayLike | None = None,
    reference_samples: ArrayLike | None = None,
    thresholds: ArrayLike = (),
    engine: Engine = "int16",
    nonmated_tail: int = 10_000,
    mated_tail: int = 1_000_000,
    block: tuple[int, int] = BLOCK,
    runner: Runner | None = None,
    resume: Path | None = None,
) -> PairCounts:
    """Compare every probe with every reference in one sweep.

    The score of a pair is the cosine of its templates, in float64, summed in a fixed order.
    Every pair is screened in exact integer (or fixed-order float32) arithmetic and binned by
    the screened score; every pair that lies within the error bound of a threshold, or may be in
    a tail, is recomputed in float64. So counts at thresholds and tails are exact, and all of
    the result is the same whatever the block size and the runner.

    Parameters
    ----------
    probes, references : float32, (n_probes, dimension) and (n_references, dimension)
        Templates, not necessarily normalised; may be mapped from files.
    probe_subjects, reference_subjects : (n_probes,) and (n_references,)
        Who each template is of, as whole numbers or text. Equal ids make a pair mated.
    probe_groups, reference_groups : optional, same lengths
        Group of each template; without them there is one group, "all".
    probe_samples, reference_samples : optional, same lengths, both or neither
        Sample ids. A pair with equal ids is one sample against itself and is not counted.
    thresholds : list of finite floats
        Operating points to count exactly: comparisons at or above each.
    engine : {"int16", "float32", "reference-int16", "reference-float32"}
        How scores are screened; the reference engines are the readable NumPy versions.
    nonmated_tail, mated_tail : int
        How many of the highest non-mated, and of the lowest mated, exact scores are kept with
        their rows, in each stratum.
    block : (int, int)
        Most probes and references compared as one piece of work.
    runner : Runner, optional
        Where blocks run; by default on the threads of this machine.
    resume : Path, optional
        Directory in which completed blocks are kept and found again.

    Raises
    ------
    InputError
        Templates, ids, thresholds or sizes that cannot be used.
    EngineError
        A recomputed score lies outside the error bound.
    """
    screen = screen_of(engine)
    sides = prepare(
        probes,
        references,
        probe_subjects=probe_subjects,
        reference_subjects=reference_subjects,
        probe_groups=probe_groups,
        reference_groups=reference_groups,
        probe_samples=probe_samples,
        reference_samples=reference_samples,
    )
    comparison = Comparison(
        *sides,
        np.asarray(thresholds, np.float64),
        screen,
        TailSizes(nonmated_tail, mated_tail),
    )
    if engine.startswith("reference"):
        parts = reference.compare(comparison)
    else:
        store = PartStore.of(resume, comparison, block_size=block) if resume else None
        parts = (runner or Threads()).run(comparison, comparison.blocks(most=block), store=store)
    return PairCounts.of(comparison, parts)
