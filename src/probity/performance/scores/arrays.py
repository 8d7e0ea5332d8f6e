"""Scores already in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.scores.batch import (
    BATCH_ROWS,
    LABEL_COLUMNS,
    NameTable,
    ScoreBatch,
    Scores,
    require_finite,
)


class ArrayScores:
    """A score set held in arrays.

    Parameters
    ----------
    score : float32 or float64 array, shape (n,)
        Finite; the higher, the more alike.
    mated : bool array, shape (n,)
        True where probe and reference are of one subject.
    labels : mapping of column to names, optional
        Any of ``LABEL_COLUMNS``, each of length n.
    batch_rows : int
        Comparisons per batch; results do not depend on it.

    Raises
    ------
    InputError
        A shape, type or length that does not fit, or an unknown label column.
    """

    def __init__(
        self,
        score: Scores,
        mated: NDArray[np.bool_],
        *,
        labels: Mapping[str, Sequence[str]] | None = None,
        batch_rows: int = BATCH_ROWS,
        source: str = "scores in memory",
    ) -> None:
        if score.ndim != 1 or score.dtype not in (np.float32, np.float64):
            raise InputError(
                "scores must be one row of numbers",
                file=source,
                got=f"{score.dtype}, shape {score.shape}",
                allowed="float32 or float64, shape (n,)",
            )
        if mated.shape != score.shape or mated.dtype != np.bool_:
            raise InputError(
                "every score needs its mated flag",
                file=source,
                got=f"{mated.dtype}, shape {mated.shape}",
                allowed=f"bool, shape {score.shape}",
            )
        self.source = source
        self.comparisons: int | None = len(score)
        self.columns = frozenset(labels or ())
        self._score, self._mated, self._rows = score, mated, batch_rows
        self._tables = {column: NameTable(column) for column in self.columns}
        self._codes = {
            column: self._label_codes(column, names) for column, names in (labels or {}).items()
        }

    def _label_codes(self, column: str, names: Sequence[str]) -> NDArray[np.int32]:
        if column not in LABEL_COLUMNS or len(names) != len(self._score):
            raise InputError(
                "a label column does not fit",
                file=self.source,
                column=column,
                got=f"{len(names)} labels",
                allowed=f"{len(self._score)} labels in one of {', '.join(LABEL_COLUMNS)}",
            )
        return self._tables[column].codes(names, file=self.source, row_of=lambda place: place + 1)

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Slices of the arrays, without a copy."""
        for start in range(0, len(self._score), self._rows):
            part = slice(start, start + self._rows)
            require_finite(self._score[part], file=self.source, first_row=start + 1, column="score")
            yield ScoreBatch(
                first_row=start + 1,
                score=self._score[part],
                mated=self._mated[part],
                labels={column: self._codes[column][part] for column in labels},
            )

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column."""
        return self._tables[column].names
