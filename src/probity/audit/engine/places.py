"""Where an event stands in the files of a log, instead of its number, until a finding needs one.

Numbers are read for findings only. In a log whose numbers go up by one from row to row, which the
reader of the log has seen, they follow from the place and are not read at all.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlglot import exp

from probity.audit.engine.sql import column, literal

_FILE_BITS = 40


def place(files: Sequence[Path]) -> exp.Expr:
    """The place of a row that DuckDB reads from files under the alias ``e``, as a whole number."""
    row: exp.Expr = column("file_row_number", "e")
    if len(files) == 1:
        return row
    file = exp.cast(column("file_index", "e"), "bigint")
    return exp.Add(this=exp.Mul(this=file, expression=literal(1 << _FILE_BITS)), expression=row)


def events_at(
    places: NDArray[np.int64], files: Sequence[Path], *, first_event: int | None
) -> NDArray[np.int64]:
    """Numbers of the events at some places.

    Parameters
    ----------
    places : array of int64, shape (n,)
    files : sequence of Path
        As ``place`` was given them.
    first_event : int or None
        Number of the first event of the log, where every further row has the next number.
    """
    found = np.empty_like(places)
    file_of, row_of = places >> _FILE_BITS, places & ((1 << _FILE_BITS) - 1)
    before = 0
    for index, path in enumerate(files):
        here = np.flatnonzero(file_of == index)
        if first_event is not None:
            found[here] = first_event + before + row_of[here]
            if len(files) > 1:
                before += pq.read_metadata(path).num_rows
        elif here.size:
            found[here] = _read(path, row_of[here])
    return found


def _read(path: Path, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.empty_like(rows)
    with pq.ParquetFile(path) as file:
        groups = file.metadata.num_row_groups
        sizes = [file.metadata.row_group(group).num_rows for group in range(groups)]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        group_of = np.searchsorted(starts, rows, side="right") - 1
        for group in np.unique(group_of).tolist():
            numbers = file.read_row_group(group, columns=["event"]).column("event").to_numpy()
            here = group_of == group
            found[here] = numbers[rows[here] - starts[group]]
    return found
