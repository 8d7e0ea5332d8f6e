"""Event logs as OCEL 2.0, the exchange format of object-centric process mining.

What OCEL calls an object type is a field of ours that holds ids (template, alert, deployment);
an event is related to at most one object of each, and the qualifier names the field. Texts,
numbers, flags and further times are attributes of the event. Ids are written with their field
before them ("template:12"), because OCEL wants every id to be unique in its file.

OCEL has event types but no span: what a log says about the kinds it records survives, from when
to when does not. Source: https://www.ocel-standard.org/2.0/ocel20_specification.pdf
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from probity.audit.duckdb_session import open_session, paths_of
from probity.audit.log.event_log import EventLog
from probity.audit.log.mapping_file import LogMapping
from probity.core.event import FIELDS, FieldType

OBJECT_FIELDS = tuple(
    name for name, field in FIELDS.items() if field.type == "id" and name != "event"
)
ATTRIBUTE_FIELDS = tuple(
    name for name, field in FIELDS.items() if field.type != "id" and name not in ("time", "kind")
)
OCEL_TYPES: dict[FieldType, str] = {
    "text": "string",
    "number": "float",
    "flag": "boolean",
    "time": "time",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_A_TIME = 1 << 16


def attributes_of(log: EventLog, kind: str) -> tuple[str, ...]:
    """Attributes that some event of a kind has."""
    return tuple(name for name in ATTRIBUTE_FIELDS if log.filled.get(kind, {}).get(name))


def object_types_of(log: EventLog) -> tuple[str, ...]:
    """Object types that some event is related to."""
    return tuple(
        name for name in OBJECT_FIELDS if any(filled.get(name) for filled in log.filled.values())
    )


def kinds_of(log: EventLog) -> tuple[str, ...]:
    """Kinds that the log records, and any other that is there."""
    return tuple(dict.fromkeys((*log.recorded, *log.counts)))


def objects_of(log: EventLog) -> Iterator[tuple[str, int]]:
    """Object types with the ids that occur, each once, ascending within its type."""
    kinds = list(log.counts)
    with open_session(log.paths) as session:
        for name in object_types_of(log):
            field = f'"{name}"'
            found = session.execute(
                f"SELECT DISTINCT {field} FROM read_parquet($paths) "  # noqa: S608
                f"WHERE {field} IS NOT NULL AND kind IN $kinds ORDER BY 1",
                {"paths": paths_of(log.paths), "kinds": kinds},
            )
            while rows := found.fetchmany(_AT_A_TIME):
                yield from ((name, number) for (number,) in rows)


def object_id(name: str, number: int) -> str:
    """An id as OCEL writes it."""
    return f"{name}:{number}"


def bare_id(text: Any, *names: str) -> Any:
    """An id without the field or object type before it."""
    if isinstance(text, str):
        for name in names:
            if text.startswith(f"{name}:"):
                return text[len(name) + 1 :]
    return text


def iso(micros: int) -> str:
    """A time as ISO 8601 in UTC, to the microsecond."""
    moment = _EPOCH + timedelta(microseconds=micros)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def attribute(name: str, row: Mapping[str, Any]) -> Any:
    """The value of an attribute in a row of ``EventLog.rows``; times as ISO 8601."""
    return iso(row[name]) if FIELDS[name].type == "time" else row[name]


def column_of(qualifier: Any, object_type: str, mapping: LogMapping) -> str:
    """Which column a related object stands in: its qualifier where that is a field's name."""
    known = isinstance(qualifier, str) and (
        qualifier in mapping.columns or qualifier in OBJECT_FIELDS
    )
    return str(qualifier) if known else object_type
