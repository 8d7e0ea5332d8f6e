"""Opening a log in any form: read where it lies, or copied into Parquet for the while.

Parquet whose columns have our types is used in place. Everything else (other types, a mapping,
JSON Lines, CSV, Arrow, OCEL 2.0, and any log in which an event number occurs twice) is written,
batch by batch, to a temporary Parquet file that is deleted when the log is closed.

What is refused, and what is a problem, is one rule for all forms: see ``values``.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from probity.audit.duckdb_session import engine_errors
from probity.audit.log.arrow_file import FILE_MAGIC, ArrowFile
from probity.audit.log.check_log import find_problems
from probity.audit.log.columns import Layout, converted
from probity.audit.log.delimited import Delimited
from probity.audit.log.event_log import EventLog
from probity.audit.log.header import Statement
from probity.audit.log.json_lines import JsonLines
from probity.audit.log.mapping_file import LogMapping, load_mapping
from probity.audit.log.ocel_json import OcelJson, looks_like_ocel
from probity.audit.log.ocel_sqlite import OcelSqlite
from probity.audit.log.parquet import ParquetParts, regular_file, schema_of
from probity.audit.log.repeats import Repeats, find_repeats, without
from probity.audit.log.tally import Seen, Tally
from probity.audit.log.values import check_values
from probity.core import InputError
from probity.core.event import FIELDS, KINDS


class Source(Protocol):
    """A log in one form: its batches in order, and its columns by their own names.

    Of JSON Lines alone the names are known only as far as the batches were read.
    """

    path: Path
    statement: Statement | None

    @property
    def names(self) -> tuple[str, ...]: ...

    def batches(self) -> Iterator[tuple[int, Any]]: ...


@contextmanager
def open_log(
    path: Path, *, mapping: Path | LogMapping | None = None, work: Path | None = None
) -> Iterator[EventLog]:
    """Open, check and if need be convert a log.

    Parameters
    ----------
    path : Path
        Parquet (a file, or a directory of parts, read in the order of their names), JSON Lines,
        CSV, Arrow IPC, or OCEL 2.0 as JSON or SQLite. The form is told by the content.
    mapping : Path or LogMapping, optional
        The operator's own names and conventions (see ``mapping_file``).
    work : Path, optional
        Directory for temporary files; the system's by default.

    Raises
    ------
    InputError
        The file cannot be read as a log, a limit is met, or a value cannot be what its field
        says; with file, row and column.
    """
    if isinstance(mapping, Path):
        mapping = load_mapping(mapping)
    source = _source(path, mapping or LogMapping())
    with tempfile.TemporaryDirectory(prefix="probity-log-", dir=work) as made:
        with engine_errors(path):
            if mapping is None and isinstance(source, ParquetParts) and source.fits:
                paths, layout = source.paths, Layout(source.names, LogMapping(), file=path)
                tally = _tallied(source, layout)
            else:
                paths = (Path(made) / "log.parquet",)
                layout, tally = _copied(source, mapping or LogMapping(), to=paths[0])
            repeats, kept = Repeats(Seen(), Seen()), tally
            if not tally.ascending:
                repeats, repeated = find_repeats(paths, layout.columns, work=work)
                if len(repeated):
                    distinct = Path(made) / "distinct.parquet"
                    kept = without(repeated, paths, layout.columns, to=distinct)
                    paths = (distinct,)
            stated = _statement(source, mapping)
            problems = find_problems(
                paths,
                tally,
                stated,
                unknown_columns=layout.unknown,
                repeats=repeats,
                work=work,
            )
        yield _event_log(paths, layout, kept, stated, problems)


def _source(path: Path, mapping: LogMapping) -> Source:
    if path.is_dir():
        return ParquetParts.of_directory(path)
    regular_file(path)
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PAR1"):
        return ParquetParts(path, (path,))
    if start.startswith((FILE_MAGIC, b"\xff\xff\xff\xff")):
        return ArrowFile(path)
    if start.startswith(b"SQLite format 3\0"):
        return OcelSqlite(path, mapping)
    for magic, name in _PACKED.items():
        if start.startswith(magic):
            raise InputError(f"{name} is not unpacked", file=path, allowed="the log itself")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return OcelJson(path, mapping) if looks_like_ocel(start) else JsonLines(path, mapping)
    if text.startswith(b"["):
        raise InputError(
            "a JSON array is not read", file=path, allowed="JSON Lines: one object a line"
        )
    if b"\0" in start:
        raise InputError("no known form of log", file=path, allowed=_FORMS)
    return Delimited(path)


_PACKED = {b"\x1f\x8b": "gzip", b"PK": "zip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2"}
_FORMS = "Parquet, JSON Lines, CSV, Arrow IPC, OCEL 2.0 as JSON or SQLite"


def _tallied(source: ParquetParts, layout: Layout) -> Tally:
    tally = Tally()
    for part, first_row, batch in source.located(layout.columns):
        check_values(batch, file=part, first_row=first_row)
        tally.add(batch)
    return tally


def _copied(source: Source, mapping: LogMapping, *, to: Path) -> tuple[Layout, Tally]:
    """Write the log to a file with a column for every field, whether or not the log has it."""
    tally, schema, layout = Tally(), schema_of(tuple(FIELDS)), None
    with pq.ParquetWriter(to, schema, compression="zstd") as writer:
        for layout, batch in _converted(source, mapping):
            tally.add(batch)
            columns = [
                batch.column(field.name)
                if field.name in layout.columns
                else pa.nulls(len(batch), field.type)
                for field in schema
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
    return layout or Layout(source.names, mapping, file=source.path), tally


def _converted(source: Source, mapping: LogMapping) -> Iterator[tuple[Layout, Any]]:
    """Batches in our columns and types, each with the layout that is known by then."""
    names, layout = None, None
    for first_row, raw in source.batches():
        if layout is None or source.names != names:
            names, layout = source.names, Layout(source.names, mapping, file=source.path)
        yield layout, converted(raw, layout, mapping, file=source.path, first_row=first_row)


def _statement(source: Source, mapping: LogMapping | None) -> Statement:
    own = source.statement or Statement()
    if mapping is None:
        return own
    told = mapping.statement
    if told.kinds is not None and own.kinds is not None:
        raise InputError("the log has a header, the mapping states another", file=source.path)
    return Statement(
        own.system or told.system,
        told.kinds if own.kinds is None else own.kinds,
        told.from_us if own.from_us is None else own.from_us,
        told.to_us if own.to_us is None else own.to_us,
    )


def _event_log(
    paths: tuple[Path, ...], layout: Layout, tally: Tally, stated: Statement, problems: Any
) -> EventLog:
    recorded = tally.counts if stated.kinds is None else stated.kinds
    return EventLog(
        path=paths[0] if len(paths) == 1 else paths,
        columns=layout.columns,
        counts={kind: tally.counts[kind] for kind in KINDS if kind in tally.counts},
        filled={kind: dict(tally.filled[kind]) for kind in KINDS if kind in tally.counts},
        recorded=tuple(kind for kind in KINDS if kind in recorded),
        from_us=tally.first_us if stated.from_us is None else stated.from_us,
        to_us=tally.last_us if stated.to_us is None else stated.to_us,
        declared=stated.kinds is not None,
        system=stated.system,
        problems=problems,
        first_event=tally.first_event,
    )
