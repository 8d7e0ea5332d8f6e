"""Arrow IPC, as a file or as a stream."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from probity.audit.log.header import parse_header
from probity.audit.log.limits import MAX_ROWS_PER_BYTE
from probity.audit.log.parquet import arrow_errors, check_names
from probity.core import InputError
from probity.core.event_columns import header_text

FILE_MAGIC = b"ARROW1"


class ArrowFile:
    """An Arrow IPC file or stream; compressed buffers are unpacked a batch at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as reader:
            schema = reader.schema
            self.names = tuple(schema.names)
            text = header_text(schema)
        check_names(self.names, file=path)
        self.statement = None if text is None else parse_header(text, file=path)

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row and record batch, in the order of the file."""
        first, most = 1, MAX_ROWS_PER_BYTE * self.path.stat().st_size
        with self._opened() as reader:
            for batch in _batches(reader):
                if first + batch.num_rows > most:
                    raise InputError(
                        "the file claims more rows than its size can hold", file=self.path
                    )
                batch.validate(full=True)
                yield first, batch
                first += batch.num_rows

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        with arrow_errors(self.path), pa.memory_map(str(self.path)) as source:
            is_file = source.read(len(FILE_MAGIC)) == FILE_MAGIC
            source.seek(0)
            yield ipc.open_file(source) if is_file else ipc.open_stream(source)


def _batches(reader: Any) -> Iterator[Any]:
    if isinstance(reader, ipc.RecordBatchFileReader):
        return (reader.get_batch(i) for i in range(reader.num_record_batches))
    return iter(reader)
