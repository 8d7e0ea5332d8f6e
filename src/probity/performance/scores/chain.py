"""Several score sets read one after the other as one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from probity.performance.scores.batch import NameTable, ScoreBatch, ScoreSet


class ChainedScores:
    """The comparisons of several score sets. It has the label columns that all of them have."""

    def __init__(self, parts: Sequence[ScoreSet]) -> None:
        self._parts = tuple(parts)
        self.source = ", ".join(part.source for part in parts)
        self.columns = frozenset.intersection(*(part.columns for part in parts))
        sizes = [part.comparisons for part in parts]
        known = [size for size in sizes if size is not None]
        self.comparisons: int | None = sum(known) if len(known) == len(sizes) else None
        self._tables = {column: NameTable(column) for column in self.columns}

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read every part from its start. ``first_row`` counts within each part."""
        for part in self._parts:
            for batch in part.batches(labels):
                codes = {}

                def first_row(_: int, row: int = batch.first_row) -> int:
                    return row

                for column, own in batch.labels.items():
                    joint = self._tables[column].codes(
                        part.names(column), file=part.source, row_of=first_row
                    )
                    codes[column] = joint[own] if len(joint) else np.zeros_like(own)
                yield replace(batch, labels=codes)

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column, as far as read."""
        return self._tables[column].names
