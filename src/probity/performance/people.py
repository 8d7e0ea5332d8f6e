"""How 1:1 rates vary between people, from comparisons that stream with their subjects.

A list of comparisons need not be all of all samples, so what ``intervals/of_pairs`` takes from
the numbers of samples is counted here. With p = k/n, person s in N_s non-mated comparisons, and
n_st of them between the people s and t, k_s and k_st of these false matches,

    V(FMR) = (1/n^2) [ sum_s (k_s - p N_s)^2 - sum_{s,t} (k_st - p n_st)^2 ].

The second sum is exact over pairs of people with a false match; the others, of which only the
number of comparisons is kept, are taken as compared once, which is the least they can add. So the
variance is exact where no such pair is compared twice, and errs to the wide side otherwise. Of
mated comparisons, m people have M_s each and r_s below the threshold:

    V(FNMR) = (1/n^2) m/(m-1) sum_s (r_s - p M_s)^2.

Thresholds are taken as given, also where the scores chose them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probity.core import Undefined
from probity.core.compiled import compiled
from probity.performance.intervals.effective import Spread, degrees_of_freedom
from probity.performance.scores.batch import ScoreBatch

SUBJECT_COLUMNS = ("probe_subject", "reference_subject")

MOST_PEOPLE = 1_000_000
MOST_TALLIES = 16_000_000
"""People times thresholds."""
MOST_FALSE_MATCHES = 2_000_000
"""Non-mated comparisons at or above a threshold that are listed with their people."""

NO_SUBJECTS = Undefined(
    "no subject columns: comparisons are taken as independent, and those of one person are not"
)

_TOO_MANY_PEOPLE = Undefined(
    f"too many people: at most {MOST_PEOPLE:,}, and {MOST_TALLIES:,} people times thresholds "
    "times pairs of groups"
)
_CONTRADICTION = Undefined(
    "a mated comparison has two subjects, or a non-mated one a single subject"
)
_TOO_MANY_FALSE_MATCHES = Undefined(
    f"more than {MOST_FALSE_MATCHES:,} false matches to list by person"
)
_WHOLE = -1

Sweep = Callable[[Sequence[str]], Iterator[ScoreBatch]]
Whole = NDArray[np.int64]

_PERSON_BITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadsAt:
    """How FMR and FNMR vary between people at a threshold."""

    threshold: float
    fmr: Spread | Undefined
    fnmr: Spread | Undefined


@dataclass(frozen=True, slots=True)
class Spreads:
    """By threshold: of all comparisons, and of those in each cell that turned up."""

    whole: dict[float, SpreadsAt]
    by_cell: dict[int, dict[float, SpreadsAt]]


def spreads_over_people(
    sweep: Sweep,
    names: Callable[[str], Sequence[str]],
    *,
    false_matches_at: dict[float, int],
    group_columns: Sequence[str] = (),
    cell_of: Callable[[ScoreBatch], NDArray[np.int32]] | None = None,
) -> Spreads | Undefined:
    """How both rates vary between people at each threshold, in two sweeps.

    Memory grows with the number of people (in each cell) and of false matches, never of
    comparisons.

    Parameters
    ----------
    sweep : callable
        Reads all comparisons with the ``SUBJECT_COLUMNS`` and the ``group_columns``.
    names : callable
        The names behind the codes of a column. A name is the same person in both columns.
    false_matches_at : dict
        Thresholds and the number of non-mated comparisons at or above each.
    group_columns : sequence of str
        Columns that ``cell_of`` needs.
    cell_of : callable, optional
        Numbers the cell of each comparison of a batch, such as its pair of groups.

    Returns
    -------
    Spreads or Undefined
        Undefined beyond ``MOST_PEOPLE`` or ``MOST_TALLIES``, or where the subjects contradict a
        mated flag. The FMR alone is Undefined at thresholds with more than
        ``MOST_FALSE_MATCHES`` in all.
    """
    thresholds = sorted(false_matches_at)
    listed = [t for t in thresholds if false_matches_at[t] <= MOST_FALSE_MATCHES]
    columns = (*SUBJECT_COLUMNS, *group_columns)
    people = _People(names)
    tallies: dict[int, _Tallies] = {}
    for batch in sweep(columns):
        probe, reference = people.of(batch)
        cells = _cells(batch, cell_of)
        tallied = len(people) * len(thresholds) * (len(tallies) + len(cells))
        if len(people) > MOST_PEOPLE or tallied > MOST_TALLIES:
            return _TOO_MANY_PEOPLE
        if (batch.mated != (probe == reference)).any():
            return _CONTRADICTION
        for cell, rows in cells:
            if cell not in tallies:
                unlisted = len(thresholds) - len(listed)
                tallies[cell] = _Tallies(np.array(thresholds), unlisted=unlisted)
            tallies[cell].add(batch, probe, reference, rows, people=len(people))
    for tally in tallies.values():
        tally.end(len(people))
    for batch in sweep(columns) if any(len(tally.pairs) for tally in tallies.values()) else ():
        pair = _pair(*people.of(batch))
        for cell, rows in _cells(batch, cell_of):
            tallies[cell].count_pairs(pair[rows][~batch.mated[rows]])
    found = {
        cell: {
            threshold: SpreadsAt(
                threshold=threshold,
                fmr=tally.fmr_spread(step) if threshold in listed else _TOO_MANY_FALSE_MATCHES,
                fnmr=tally.fnmr_spread(step),
            )
            for step, threshold in enumerate(thresholds)
        }
        for cell, tally in tallies.items()
    }
    return Spreads(found.pop(_WHOLE), found)


def _cells(
    batch: ScoreBatch, cell_of: Callable[[ScoreBatch], NDArray[np.int32]] | None
) -> list[tuple[int, slice | Whole]]:
    """The whole batch, then the comparisons of each cell in it."""
    whole: list[tuple[int, slice | Whole]] = [(_WHOLE, slice(None))]
    if cell_of is None:
        return whole
    cells = cell_of(batch)
    return whole + [(int(cell), np.flatnonzero(cells == cell)) for cell in np.unique(cells)]


class _People:
    """One number for a person, whichever column names them."""

    def __init__(self, names: Callable[[str], Sequence[str]]) -> None:
        self._names = names
        self._number: dict[str, int] = {}
        self._of_code = {column: np.zeros(0, np.int64) for column in SUBJECT_COLUMNS}

    def __len__(self) -> int:
        return len(self._number)

    def of(self, batch: ScoreBatch) -> tuple[Whole, Whole]:
        probe, reference = (self._numbers(column)[batch.labels[column]] for column in self._of_code)
        return probe, reference

    def _numbers(self, column: str) -> Whole:
        known, names = self._of_code[column], self._names(column)
        if len(names) > len(known):
            number = self._number
            new = [number.setdefault(name, len(number)) for name in names[len(known) :]]
            known = self._of_code[column] = np.concatenate([known, np.array(new, np.int64)])
        return known


class _Tallies:
    """What is kept of each person: as probe, as reference, mated, and rejected by step.

    The step of a score is the number of thresholds at or below it.
    """

    def __init__(self, thresholds: NDArray[np.float64], *, unlisted: int) -> None:
        self._thresholds, self._unlisted = thresholds, unlisted
        self._sides: Whole = np.zeros((0, 2), np.int64)
        self._mated: Whole = np.zeros((0, len(thresholds) + 1), np.int64)
        self._used = np.zeros(0, np.bool_)
        self._apart = 0
        self._listed: list[tuple[Whole, Whole]] = []

    def add(
        self,
        batch: ScoreBatch,
        probe: Whole,
        reference: Whole,
        rows: slice | Whole,
        *,
        people: int,
    ) -> None:
        """Tally these rows of a batch; ``probe`` and ``reference`` number its people."""
        if people > len(self._used):
            self._grow(max(people, 2 * len(self._used)))
        mated, probe, reference = batch.mated[rows], probe[rows], reference[rows]
        score = batch.score[rows].astype(np.float64)
        step = np.searchsorted(self._thresholds, score, side="right")
        self._apart += _tally((mated, probe, reference, step), self._sides, self._mated, self._used)
        false = ~mated & (step > self._unlisted)
        if false.any():
            self._listed.append((_pair(probe[false], reference[false]), step[false]))

    def _grow(self, people: int) -> None:
        for name in ("_sides", "_mated", "_used"):
            old = getattr(self, name)
            new = np.zeros((people, *old.shape[1:]), old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)

    def end(self, people: int) -> None:
        """Drop the room for more people, and sort the false matches by pair of people."""
        self._sides, self._mated = self._sides[:people], self._mated[:people]
        none = np.zeros(0, np.int64)
        pair = np.concatenate([none, *(pair for pair, _ in self._listed)])
        self._step = np.concatenate([none, *(step for _, step in self._listed)])
        self.pairs, self._place = np.unique(pair, return_inverse=True)
        self._compared = np.zeros(len(self.pairs), np.int64)
        self._listed.clear()

    def count_pairs(self, pair: Whole) -> None:
        """Count comparisons of pairs of people that have a false match."""
        if not len(self.pairs):
            return
        place = np.minimum(np.searchsorted(self.pairs, pair), len(self.pairs) - 1)
        known = place[self.pairs[place] == pair]
        self._compared += np.bincount(known, minlength=len(self.pairs))

    def fmr_spread(self, step: int) -> Spread:
        n = int(self._sides[:, 0].sum())
        limiting = int((self._sides > 0).sum(axis=0).min()) if len(self._sides) else 0
        if not n:
            return Spread(variance=0.0, people=limiting, freedom=1.0, apart=0.0)
        counted = self._place[self._step > step]
        k_pair = np.bincount(counted, minlength=len(self.pairs)).astype(np.float64)
        p = len(counted) / n
        size = self._sides.sum(axis=1)
        one, other = self.pairs >> _PERSON_BITS, self.pairs & ((1 << _PERSON_BITS) - 1)
        events = np.bincount(one, weights=k_pair, minlength=len(size))
        events += np.bincount(other, weights=k_pair, minlength=len(size))
        # Sums are rounded once, so that the order of people does not show in the last digit.
        residual = (events - p * size)[size > 0]
        pairs = fsum((k_pair - p * self._compared) ** 2)
        pairs += p**2 * (n - int(self._compared.sum()))
        small = limiting / (limiting - 1) if limiting > 1 else 1.0
        return Spread(
            variance=small * (fsum(residual**2) - pairs) / n**2,
            people=limiting,
            freedom=degrees_of_freedom(residual, people=limiting),
            apart=float(self._apart),
        )

    def fnmr_spread(self, step: int) -> Spread:
        trials = self._mated.sum(axis=1)
        rejected = self._mated[trials > 0, : step + 1].sum(axis=1)
        trials = trials[trials > 0]
        n, people = int(trials.sum()), len(trials)
        if not n:
            return Spread(variance=0.0, people=0, freedom=1.0, apart=0.0)
        residual = rejected - rejected.sum() / n * trials
        small = people / (people - 1) if people > 1 else 1.0
        return Spread(
            variance=small * fsum(residual**2) / n**2,
            people=people,
            freedom=degrees_of_freedom(residual, people=people),
            apart=n**2 / fsum(trials.astype(np.float64) ** 2),
        )


def _pair(probe: Whole, reference: Whole) -> Whole:
    found: Whole = (np.minimum(probe, reference) << _PERSON_BITS) | np.maximum(probe, reference)
    return found


@compiled
def _tally(batch: Any, sides: Any, mated_by_step: Any, used: Any) -> int:
    mated, probe, reference, step = batch
    apart = 0
    for i in range(len(mated)):
        s, t = probe[i], reference[i]
        if mated[i]:
            mated_by_step[s, step[i]] += 1
            continue
        sides[s, 0] += 1
        sides[t, 1] += 1
        if not used[s] and not used[t]:
            # Taken as they come: a maximal set of comparisons no two of which share a person.
            used[s] = used[t] = True
            apart += 1
    return apart
