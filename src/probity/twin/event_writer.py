"""An event log as Parquet, written deployment by deployment.

Each deployment is a row group of its own (more, where it is long), so that memory holds one
deployment and a reader can skip the others by their statistics. How columns are encoded was
measured: see docs/adr/0032-twin-event-log.md.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from probity.core.event import FIELDS, KINDS
from probity.core.event_columns import LogHeader, arrow_schema
from probity.core.files import replacing
from probity.twin.event_part import Part, rows

ROWS_IN_GROUP = 1 << 20

_PLAIN = ("template", "alert", "item", "engagement", "rationale")
"""Random ids that hardly repeat: a dictionary of them costs time and saves little."""

_ASCENDING = ("event", "time")
_WITH_STATISTICS = ["event", "time", "deployment"]


def log_schema(header: LogHeader, further: Sequence[str] = ()) -> pa.Schema:
    """Columns of a log that records the kinds of ``header``: every field that one can have."""
    fields = (name for kind in header.kinds for name in KINDS[kind].fields)
    return arrow_schema([*fields, *further], header)


def write_log(
    path: Path,
    deployments: Iterable[Iterable[Part]],
    *,
    header: LogHeader,
    further: Sequence[str] = (),
    last: Callable[[pa.Table], pa.Table] | None = None,
) -> int:
    """Write the events of each deployment in the order of time; ``path`` is replaced at the end.

    Events are numbered from 0 over the whole file.

    Parameters
    ----------
    further : sequence of str
        Fields of the log besides those of its kinds.
    last : Callable, optional
        What is done to the numbered events of each deployment before they are written.

    Returns
    -------
    int
        How many events were numbered.

    Raises
    ------
    ValueError
        An event is of a kind that ``header`` does not name.
    OSError
        The file cannot be written; ``path`` is then untouched.
    """
    schema = log_schema(header, further)
    written = 0
    with replacing(path) as temporary, _writer(temporary, schema) as writer:
        for parts in deployments:
            listed = list(parts)
            if unnamed := {part.kind for part in listed} - set(header.kinds):
                raise ValueError(f"the log does not say that it records {sorted(unnamed)}")
            table = rows(listed, schema=schema, first_event=written)
            written += len(table)
            if last is not None:
                table = last(table)
            if len(table):
                writer.write_table(table, row_group_size=ROWS_IN_GROUP)
    return written


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    plain = [name for name in schema.names if name in _PLAIN]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[
            name
            for name in schema.names
            if name not in (*_PLAIN, *_ASCENDING) and FIELDS[name].type != "flag"
        ],
        column_encoding={
            **dict.fromkeys(_ASCENDING, "DELTA_BINARY_PACKED"),
            **dict.fromkeys(plain, "PLAIN"),
        },
        write_statistics=[name for name in _WITH_STATISTICS if name in schema.names],
    )
