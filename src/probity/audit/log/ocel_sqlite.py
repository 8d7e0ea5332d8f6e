"""OCEL 2.0 in its SQLite form: for logs of any size, read and written row by row.

The database comes from a stranger. Only its ordinary tables are read, no views, virtual tables
or computed columns, so nothing in it is ever executed.
"""

import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from probity.audit.log import limits, ocel
from probity.audit.log.event_log import EventLog
from probity.audit.log.header import Statement
from probity.audit.log.json_lines import arrow_array
from probity.audit.log.mapping_file import IGNORED, LogMapping
from probity.core import InputError
from probity.core.event import FIELDS

_ROWS_AT_A_TIME = 1 << 15
_MOST_TYPES = 400
_NAME = re.compile(r"[A-Za-z0-9_ .:-]{1,200}")
_MOST_CELL_BYTES = 1 << 16


class OcelSqlite:
    """An OCEL 2.0 SQLite file. Events come in the order of their times as written.

    Raises
    ------
    InputError
        Not a database, a table missing or not ordinary, or an event related to two objects that
        would stand in one field.
    """

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path, self._mapping = path, mapping
        with self._opened() as db:
            self._tables = _ordinary_tables(db, path)
            for name in ("event", "object", "event_object", "event_map_type"):
                self._columns(name)
            maps = db.execute("SELECT ocel_type, ocel_type_map FROM log.event_map_type")
            self._map = dict(maps.fetchmany(_MOST_TYPES + 1))
            if len(self._map) > _MOST_TYPES:
                raise InputError("too many event types", file=path, allowed=f"{_MOST_TYPES}")
            attributes: dict[str, None] = {}
            for mapped in self._map.values():
                if not isinstance(mapped, str) or not _NAME.fullmatch(mapped):
                    raise InputError("not the name of a table", file=path, got=mapped)
                attributes.update(dict.fromkeys(self._attributes(mapped)))
            self._attribute_names = tuple(attributes)
            related = db.execute(
                "SELECT DISTINCT eo.ocel_qualifier, o.ocel_type FROM log.event_object AS eo "
                "JOIN log.object AS o ON o.ocel_id = eo.ocel_object_id"
            ).fetchmany(limits.MAX_COLUMNS)
        columns = [ocel.column_of(qualifier, kind, mapping) for qualifier, kind in related]
        own = ("time", "kind") if mapping.event_numbers == "rows" else ("event", "time", "kind")
        self.names = tuple(dict.fromkeys((*own, *self._attribute_names, *columns)))
        self.statement: Statement | None = Statement(
            kinds=tuple(mapping.kinds.get(str(kind), str(kind)) for kind in self._map)
        )

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row and record batch."""
        with self._opened() as db:
            _index_relations(db)
            events = db.execute(self._events_query(), tuple(self._map))
            row = 1
            while found := events.fetchmany(_ROWS_AT_A_TIME):
                records = [self._record(db, one, row + i) for i, one in enumerate(found)]
                arrays = [self._array(name, records) for name in self.names]
                yield row, pa.RecordBatch.from_arrays(arrays, names=list(self.names))
                row += len(found)

    def _events_query(self) -> str:
        parts = []
        for mapped in self._map.values():
            own = self._attributes(mapped)
            cells = [f'"{n}"' if n in own else "NULL" for n in self._attribute_names]
            columns = ", ".join(["ocel_id", "ocel_time AS moment", "? AS kind", *cells])
            # Names were matched against _NAME, which has no quote in it.
            parts.append(f'SELECT {columns} FROM log."event_{mapped}"')  # noqa: S608
        return " UNION ALL ".join(parts) + " ORDER BY moment, ocel_id"

    def _record(self, db: sqlite3.Connection, event: Sequence[Any], row: int) -> dict[str, Any]:
        number, moment, kind, *attributes = event
        record = {"event": ocel.bare_id(number, "event"), "time": moment, "kind": kind}
        record |= dict(zip(self._attribute_names, attributes, strict=True))
        related = db.execute(
            "SELECT qualifier, type, object FROM related WHERE event = ?", (number,)
        )
        for qualifier, kind_of_object, about in related:
            name = ocel.column_of(qualifier, kind_of_object, self._mapping)
            value = ocel.bare_id(about, name, kind_of_object)
            if record.get(name) not in (None, value) and self._is_read(name):
                raise InputError(
                    "an event has two values or objects for one field",
                    file=self.path,
                    row=row,
                    column=name,
                    got=about,
                    allowed="one; a mapping may ignore the column",
                )
            record[name] = value
        return record

    def _is_read(self, name: str) -> bool:
        return self._mapping.columns.get(name, name) in FIELDS

    def _array(self, name: str, records: list[dict[str, Any]]) -> Any:
        values = [record.get(name) for record in records]
        for value in values:
            if isinstance(value, bytes):
                raise InputError("a value is neither text nor number", file=self.path, column=name)
        target = self._mapping.columns.get(name, name)
        if target != IGNORED and target in FIELDS and FIELDS[target].type == "flag":
            # SQLite has no flags: OCEL writes 1 and 0.
            values = [bool(value) if value in (0, 1) else value for value in values]
        return arrow_array(values)

    def _attributes(self, mapped: str) -> tuple[str, ...]:
        columns = self._columns(f"event_{mapped}")
        return tuple(name for name in columns if name not in ("ocel_id", "ocel_time"))

    def _columns(self, table: str) -> tuple[str, ...]:
        if table not in self._tables:
            raise InputError(
                "not OCEL 2.0: no ordinary table of this name", file=self.path, got=table
            )
        return self._tables[table]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            # The empty name is a temporary database on disk, which SQLite deletes.
            with closing(sqlite3.connect("", uri=True)) as db:
                db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 24)
                db.execute("PRAGMA trusted_schema = OFF")
                db.execute("PRAGMA cell_size_check = ON")
                name = f"file:{quote(str(self.path.resolve()))}?mode=ro&immutable=1"
                db.execute("ATTACH DATABASE ? AS log", (name,))
                yield db
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            raise InputError("the database cannot be read", file=self.path, got=error) from None


def _ordinary_tables(db: sqlite3.Connection, path: Path) -> dict[str, tuple[str, ...]]:
    tables: dict[str, tuple[str, ...]] = {}
    found = db.execute("SELECT name, sql FROM log.sqlite_schema WHERE type = 'table'").fetchmany(
        2 * _MOST_TYPES + 10
    )
    for name, sql in found:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            continue
        if not isinstance(sql, str) or re.match(r"\s*CREATE\s+TABLE\b", sql, re.I) is None:
            continue
        columns = db.execute("SELECT name, hidden FROM pragma_table_xinfo(?, 'log')", (name,))
        shown = []
        for column, hidden in columns.fetchmany(limits.MAX_COLUMNS):
            if hidden or not _NAME.fullmatch(column):
                raise InputError("a column that is computed or oddly named", file=path, got=column)
            shown.append(column)
        tables[name] = tuple(shown)
    return tables


def _index_relations(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE related (event, qualifier, type, object)")
    db.execute(
        "INSERT INTO related SELECT eo.ocel_event_id, eo.ocel_qualifier, o.ocel_type, o.ocel_id "
        "FROM log.event_object AS eo JOIN log.object AS o ON o.ocel_id = eo.ocel_object_id"
    )
    db.execute("CREATE INDEX related_event ON related (event)")


def write_ocel_sqlite(log: EventLog, path: Path) -> None:
    """Write a log as an OCEL 2.0 SQLite database; ``path`` is whole or untouched."""
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as made:
        whole = Path(made) / "ocel.sqlite"
        with closing(sqlite3.connect(whole)) as db:
            _create_tables(db, log)
            _insert_events(db, log)
            for name, number in ocel.objects_of(log):
                one = ocel.object_id(name, number)
                db.execute("INSERT INTO object VALUES (?, ?)", (one, name))
                db.execute(
                    f'INSERT INTO "object_{name}" (ocel_id, ocel_time) VALUES (?, ?)',  # noqa: S608
                    (one, ocel.iso(0)),
                )
            db.commit()
        whole.replace(path)


def _create_tables(db: sqlite3.Connection, log: EventLog) -> None:
    for statement in (
        "CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT)",
        "CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT)",
        "CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT,"
        " PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier))",
        "CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT,"
        " ocel_qualifier TEXT)",
        "CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)",
        "CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT)",
    ):
        db.execute(statement)
    for kind in ocel.kinds_of(log):
        db.execute("INSERT INTO event_map_type VALUES (?, ?)", (kind, _mapped(kind)))
        cells = "".join(
            f', "{name}" {_SQL_TYPES[ocel.OCEL_TYPES[FIELDS[name].type]]}'
            for name in ocel.attributes_of(log, kind)
        )
        db.execute(
            f'CREATE TABLE "event_{_mapped(kind)}" '
            f"(ocel_id TEXT PRIMARY KEY, ocel_time TIMESTAMP{cells})"
        )
    for name in ocel.object_types_of(log):
        db.execute("INSERT INTO object_map_type VALUES (?, ?)", (name, name))
        db.execute(
            f'CREATE TABLE "object_{name}" '
            "(ocel_id TEXT, ocel_time TIMESTAMP, ocel_changed_field TEXT)"
        )


def _insert_events(db: sqlite3.Connection, log: EventLog) -> None:
    attributes = {kind: ocel.attributes_of(log, kind) for kind in ocel.kinds_of(log)}
    for row in log.rows():
        kind, number = row["kind"], ocel.object_id("event", row["event"])
        db.execute("INSERT INTO event VALUES (?, ?)", (number, kind))
        names = attributes[kind]
        cells = [ocel.attribute(name, row) if name in row else None for name in names]
        marks = ", ".join("?" * (2 + len(cells)))
        db.execute(
            f'INSERT INTO "event_{_mapped(kind)}" VALUES ({marks})',  # noqa: S608
            (number, ocel.iso(row["time"]), *cells),
        )
        for name in ocel.OBJECT_FIELDS:
            if name in row:
                db.execute(
                    "INSERT INTO event_object VALUES (?, ?, ?)",
                    (number, ocel.object_id(name, row[name]), name),
                )


_SQL_TYPES = {"string": "TEXT", "float": "REAL", "boolean": "BOOLEAN", "time": "TIMESTAMP"}


def _mapped(kind: str) -> str:
    """The kind as part of a table's name: "template.created" as "template_created"."""
    return kind.replace(".", "_")
