"""Scores as they stream: batches of comparisons, and what every source of them offers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError

Scores = NDArray[np.float32] | NDArray[np.float64]

LABEL_COLUMNS = (
    "probe_id",
    "reference_id",
    "probe_subject",
    "reference_subject",
    "probe_group",
    "reference_group",
)
"""What may be known about a comparison beside its score and whether it is mated."""

GROUP_COLUMNS = ("probe_group", "reference_group")

BATCH_ROWS = 1 << 18
"""Comparisons in a batch: small enough to stay in cache from the reader to the counting loop."""

MOST_NAMES = {"probe_group": 1_000, "reference_group": 1_000}
MOST_SUBJECTS = 50_000_000
_LONGEST_NAME = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBatch:
    """Some comparisons of a score set, in the order of the file.

    ``score``, shape (n,), is finite; the higher, the more alike. ``mated``, shape (n,), is true
    where probe and reference are of one subject. ``labels`` holds the columns that were asked
    for, each as codes, shape (n,), into ``ScoreSet.names(column)``. ``first_row`` is the place
    of the first comparison in its file, counting comparisons from 1.
    """

    first_row: int
    score: Scores
    mated: NDArray[np.bool_]
    labels: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)


class ScoreSet(Protocol):
    """A set of comparisons that can be read as often as needed, never whole.

    ``source`` names it in messages. ``columns`` are the label columns it has. ``comparisons`` is
    their number where the source tells before reading, else None.
    """

    @property
    def source(self) -> str: ...

    @property
    def columns(self) -> frozenset[str]: ...

    @property
    def comparisons(self) -> int | None: ...

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read from the start, with these label columns."""
        ...

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column, as far as read."""
        ...


class NameTable:
    """Gives each name of a label column a code, the same one at every reading."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.names: list[str] = []
        self._code: dict[str, int] = {}
        self._most = MOST_NAMES.get(column, MOST_SUBJECTS)

    def codes(
        self, names: Sequence[str | None], *, file: Path | str, row_of: Callable[[int], int]
    ) -> NDArray[np.int32]:
        """The codes of some names, new ones added; ``row_of`` tells the row of a place among them.

        Raises
        ------
        InputError
            A name is missing, empty or too long, or there are too many different ones.
        """
        code = self._code
        found = np.empty(len(names), dtype=np.int32)
        for i, name in enumerate(names):
            known = code.get(name) if name is not None else None
            found[i] = self._add(name, file=file, row=row_of(i)) if known is None else known
        return found

    def _add(self, name: str | None, *, file: Path | str, row: int) -> int:
        if name is None or not name.strip() or len(name) > _LONGEST_NAME:
            raise InputError(
                "a label is missing, empty or too long",
                file=file,
                row=row,
                column=self.column,
                got=name or "",
                allowed=f"1 to {_LONGEST_NAME} characters in every row",
            )
        if len(self.names) >= self._most:
            raise InputError(
                "too many different labels",
                file=file,
                row=row,
                column=self.column,
                got=f"more than {self._most}",
                allowed=f"at most {self._most} different ones",
            )
        self.names.append(name)
        self._code[name] = len(self.names) - 1
        return len(self.names) - 1


def require_finite(score: Scores, *, file: Path | str, first_row: int, column: str) -> None:
    """Refuse NaN and infinity, naming the first row that has one."""
    # A sum is finite only if every term is: one cheap pass settles nearly every batch.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(score.sum()):
            return
        bad = np.flatnonzero(~np.isfinite(score))
    if bad.size:
        raise InputError(
            "a score is not a finite number",
            file=file,
            row=first_row + int(bad[0]),
            column=column,
            got=float(score[bad[0]]),
            allowed="finite numbers; the higher, the more alike",
        )
