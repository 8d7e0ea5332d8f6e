"""FMR and FNMR by probe group and reference group, at given thresholds, in one sweep."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import Count, InputError, Undefined
from probity.performance.intervals.effective import PersonRate, person_rate
from probity.performance.people import SpreadsAt
from probity.performance.scores.batch import GROUP_COLUMNS, MOST_NAMES, ScoreBatch
from probity.performance.thresholds.sweep import Counts, count_cells

MOST_PAIRS = 10_000
"""Pairs of a probe group and a reference group that one report holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRates:
    """The rates of comparisons between a probe group and a reference group.

    A group is None where the score set does not name it. ``at`` holds threshold, FMR and FNMR,
    thresholds ascending. Mated comparisons across groups mean that a subject's samples were
    labelled differently; they are counted where they were found.
    """

    probe_group: str | None
    reference_group: str | None
    nonmated: int
    mated: int
    at: tuple[tuple[float, PersonRate, PersonRate], ...]


class GroupCells:
    """Numbers the pairs of a probe group and a reference group as they turn up."""

    def __init__(self) -> None:
        most = max(MOST_NAMES.values()) + 1
        self.pairs: list[tuple[int, int]] = []
        self._cell = np.full((most, most), -1, dtype=np.int32)

    def of(self, batch: ScoreBatch) -> NDArray[np.int32]:
        """The number of each comparison's pair, (n,); a column that is absent is one group.

        Raises ``InputError`` beyond ``MOST_PAIRS``.
        """
        none = np.zeros(len(batch.score), dtype=np.int32)
        probe, reference = (batch.labels.get(column, none) for column in GROUP_COLUMNS)
        cell: NDArray[np.int32] = self._cell[probe, reference]
        new = cell < 0
        if new.any():
            for pair in sorted(set(zip(probe[new].tolist(), reference[new].tolist(), strict=True))):
                if len(self.pairs) == MOST_PAIRS:
                    raise InputError(
                        "too many pairs of groups", allowed=f"at most {MOST_PAIRS} different pairs"
                    )
                self._cell[pair] = len(self.pairs)
                self.pairs.append(pair)
            cell = self._cell[probe, reference]
        return cell


def rates_by_group(
    batches: Iterable[ScoreBatch],
    *,
    columns: Sequence[str],
    names: Callable[[str], Sequence[str]],
    thresholds: Sequence[float],
    cells: GroupCells,
    spreads: dict[int, dict[float, SpreadsAt]] | Undefined,
    level: float = 0.95,
) -> tuple[GroupRates, ...]:
    """Rates of every pair of groups that was compared, in the order of their names.

    ``columns`` are the group columns that the batches carry, ``names`` gives the names behind
    the codes of each. ``spreads`` tells by number in ``cells`` and by threshold how the rates
    vary between people. Raises ``InputError`` beyond ``MOST_PAIRS``.
    """
    ascending = np.array(sorted(set(thresholds)), dtype=np.float64)
    counts: Counts = np.zeros((0, 2, len(ascending) + 1), dtype=np.int64)
    for batch in batches:
        cell = cells.of(batch)
        if len(cells.pairs) > len(counts):
            grown = np.zeros((len(cells.pairs), *counts.shape[1:]), dtype=np.int64)
            grown[: len(counts)] = counts
            counts = grown
        count_cells(batch, cell, ascending, counts)

    def name(column: str, code: int) -> str | None:
        return names(column)[code] if column in columns else None

    found = [
        _rates(
            counts[cell],
            probe_group=name("probe_group", probe),
            reference_group=name("reference_group", reference),
            thresholds=ascending.tolist(),
            spreads=spreads if isinstance(spreads, Undefined) else spreads[cell],
            level=level,
        )
        for cell, (probe, reference) in enumerate(cells.pairs)
    ]
    return tuple(sorted(found, key=lambda g: (g.probe_group or "", g.reference_group or "")))


def _rates(
    counts: Counts,
    *,
    probe_group: str | None,
    reference_group: str | None,
    thresholds: Sequence[float],
    spreads: dict[float, SpreadsAt] | Undefined,
    level: float,
) -> GroupRates:
    nonmated, mated = (int(total) for total in counts.sum(axis=1))
    where = f"of {probe_group or 'all'} with {reference_group or 'all'}"
    at = []
    for place, threshold in enumerate(thresholds, start=1):
        accepted = int(counts[0, place:].sum())
        rejected = int(counts[1, :place].sum())
        false_matches = Count(accepted, nonmated, f"non-mated comparisons {where}")
        false_nonmatches = Count(rejected, mated, f"mated comparisons {where}")
        spread = spreads if isinstance(spreads, Undefined) else spreads[threshold]
        of_fmr, of_fnmr = (
            (spread, spread) if isinstance(spread, Undefined) else (spread.fmr, spread.fnmr)
        )
        at.append(
            (
                threshold,
                person_rate(false_matches, of_fmr, level=level),
                person_rate(false_nonmatches, of_fnmr, level=level),
            )
        )
    return GroupRates(
        probe_group=probe_group,
        reference_group=reference_group,
        nonmated=nonmated,
        mated=mated,
        at=tuple(at),
    )
