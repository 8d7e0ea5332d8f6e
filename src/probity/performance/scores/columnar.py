"""Score sets in Parquet and Arrow (Feather) files, read in batches by column."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from probity.core import InputError
from probity.performance.row_groups import refuse_large_groups
from probity.performance.scores.batch import BATCH_ROWS, GROUP_COLUMNS, NameTable, ScoreBatch
from probity.performance.scores.columns import Layout, TableBatches, arrow_errors, layout_of

LARGEST_GROUP_BYTES = 1 << 32
"""Uncompressed bytes of one row group: what its pages may at most unpack to."""
LARGEST_BATCH_BYTES = 1 << 30
"""Of one record batch of an Arrow file, unpacked."""

_READ_AHEAD_BYTES = 1 << 20
_MOST_COLUMNS = 10_000


class ParquetScores:
    """A Parquet file of comparisons. Only the columns asked for are read.

    Raises
    ------
    InputError
        Not a Parquet file, an unusable layout, or a row group too large to unpack safely.
    """

    def __init__(self, path: Path, *, batch_rows: int = BATCH_ROWS) -> None:
        self.source = str(path)
        self._path, self._rows = path, batch_rows
        with arrow_errors(path), pq.ParquetFile(path) as file:
            self._layout = _layout(file.schema_arrow, path)
            self.comparisons: int | None = file.metadata.num_rows
            refuse_large_groups(file.metadata, largest=LARGEST_GROUP_BYTES, file=path)
        self.columns = self._layout.labels
        self._tables = {column: NameTable(column) for column in self.columns}

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read the file from the start."""
        wanted = sorted(labels)
        make = TableBatches(self._path, self._layout, self._tables)
        coded = [self._layout.heading[c] for c in wanted if c in GROUP_COLUMNS]
        with (
            arrow_errors(self._path),
            # Pre-buffering would keep the columns of the whole file in memory as it is read.
            pq.ParquetFile(
                self._path,
                buffer_size=_READ_AHEAD_BYTES,
                pre_buffer=False,
                read_dictionary=coded,
            ) as file,
        ):
            for batch in file.iter_batches(
                batch_size=self._rows, columns=self._layout.columns(wanted), use_threads=False
            ):
                yield make.make(batch, wanted)
        if make.rows != self.comparisons:
            raise InputError(
                "the file holds another number of rows than it says",
                file=self._path,
                got=f"{make.rows} rows",
                allowed=f"{self.comparisons} rows",
            )

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column, as far as read."""
        return self._tables[column].names


class ArrowScores:
    """An Arrow IPC file or stream (also called Feather) of comparisons, memory-mapped."""

    comparisons: int | None = None

    def __init__(self, path: Path, *, batch_rows: int = BATCH_ROWS) -> None:
        self.source = str(path)
        self._path, self._rows = path, batch_rows
        with arrow_errors(path), pa.memory_map(str(path)) as mapped:
            self._layout = _layout(_ipc_reader(mapped).schema, path)
        self.columns = self._layout.labels
        self._tables = {column: NameTable(column) for column in self.columns}

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read the file from the start."""
        wanted = sorted(labels)
        make = TableBatches(self._path, self._layout, self._tables)
        with arrow_errors(self._path), pa.memory_map(str(self._path)) as mapped:
            for batch in _record_batches(_ipc_reader(mapped)):
                batch.validate(full=True)
                part = batch.select(self._layout.columns(wanted))
                if part.nbytes > LARGEST_BATCH_BYTES:
                    raise InputError(
                        "a record batch is too large",
                        file=self._path,
                        got=f"{part.nbytes} bytes",
                        allowed=f"at most {LARGEST_BATCH_BYTES} bytes; write smaller batches",
                    )
                for start in range(0, part.num_rows, self._rows):
                    yield make.make(part.slice(start, self._rows), wanted)

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column, as far as read."""
        return self._tables[column].names


def _layout(schema: Any, path: Path) -> Layout:
    if len(schema.names) > _MOST_COLUMNS:
        raise InputError(
            "too many columns",
            file=path,
            got=len(schema.names),
            allowed=f"at most {_MOST_COLUMNS}",
        )
    return layout_of(schema.names, file=path)


def _ipc_reader(mapped: Any) -> Any:
    """A reader of the file form or, where it is not one, of the stream form."""
    magic = mapped.read(6)
    mapped.seek(0)
    return pa.ipc.open_file(mapped) if magic == b"ARROW1" else pa.ipc.open_stream(mapped)


def _record_batches(reader: Any) -> Iterator[Any]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
    else:
        yield from reader
