"""OCEL 2.0 in its JSON form: one document, read whole, so of limited size."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from probity.audit.log import limits, ocel
from probity.audit.log.event_log import EventLog
from probity.audit.log.header import Statement
from probity.audit.log.json_lines import arrow_array, flat, parse_json
from probity.audit.log.mapping_file import LogMapping
from probity.audit.log.parquet import arrow_errors
from probity.core import InputError
from probity.core.event import FIELDS
from probity.core.files import replacing

_FIRST_KEY = re.compile(rb'\s*\{\s*"(eventTypes|objectTypes|events|objects)"\s*:\s*\[')
_ROWS_AT_A_TIME = 1 << 15
_PARTS = ("eventTypes", "objectTypes", "events", "objects")


def looks_like_ocel(start: bytes) -> bool:
    """The file begins as an OCEL document, and not as an event."""
    return _FIRST_KEY.match(start.removeprefix(b"\xef\xbb\xbf")) is not None


class OcelJson:
    """An OCEL 2.0 JSON file. Its event types are the kinds that the system records.

    Raises
    ------
    InputError
        Too large, not JSON, not OCEL 2.0 in a part that is read, or an event related to two
        objects that would stand in one field.
    """

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path, self._mapping = path, mapping
        if path.stat().st_size > limits.MAX_OCEL_JSON_BYTES:
            raise InputError(
                "too large for OCEL as JSON, which is read whole",
                file=path,
                allowed=f"at most {limits.MAX_OCEL_JSON_BYTES} bytes; or OCEL as SQLite",
            )
        with arrow_errors(path):
            content = path.read_bytes()
        document = parse_json(content, file=path)
        lists = {part: self._list(document, part, part) for part in _PARTS}
        self._types = {
            self._text(one, "id", f"objects[{i}]"): self._text(one, "type", f"objects[{i}]")
            for i, one in enumerate(lists["objects"])
        }
        self._events = lists["events"]
        kinds = [self._text(one, "name", "eventTypes") for one in lists["eventTypes"]]
        self.statement: Statement | None = Statement(
            kinds=tuple(mapping.kinds.get(kind, kind) for kind in kinds)
        )
        by_row = mapping.event_numbers == "rows"
        names: dict[str, None] = dict.fromkeys(
            ("time", "kind") if by_row else ("event", "time", "kind")
        )
        for _, record in self._records():
            names.update(dict.fromkeys(record))
        self.names = tuple(names)

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row and record batch, in the order of the document."""
        held: list[dict[str, Any]] = []
        for row, record in self._records():
            held.append(record)
            if len(held) == _ROWS_AT_A_TIME or row == len(self._events):
                yield row - len(held) + 1, self._batch(held)
                held = []

    def _records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for row, event in enumerate(self._events, start=1):
            place = f"events[{row - 1}]"
            record: dict[str, Any] = {
                "event": ocel.bare_id(self._text(event, "id", place), "event"),
                "time": self._text(event, "time", place),
                "kind": self._text(event, "type", place),
            }
            for one in self._list(event, "attributes", place, needed=False):
                self._put(record, self._text(one, "name", place), one.get("value"), row)
            for one in self._list(event, "relationships", place, needed=False):
                about = self._text(one, "objectId", place)
                kind = self._types.get(about)
                if kind is None:
                    raise InputError("no such object", file=self.path, row=row, got=about)
                name = ocel.column_of(one.get("qualifier"), kind, self._mapping)
                self._put(record, name, ocel.bare_id(about, name, kind), row)
            if self._mapping.event_numbers == "rows":
                del record["event"]
            yield row, flat(record, file=self.path, row=row)

    def _put(self, record: dict[str, Any], name: str, value: Any, row: int) -> None:
        is_read = self._mapping.columns.get(name, name) in FIELDS
        if is_read and record.get(name) not in (None, value):
            raise InputError(
                "an event has two values or objects for one field",
                file=self.path,
                row=row,
                column=name,
                got=value,
                allowed="one; a mapping may ignore the column",
            )
        record[name] = value

    def _batch(self, records: list[dict[str, Any]]) -> Any:
        arrays = [arrow_array([one.get(name) for one in records]) for name in self.names]
        return pa.RecordBatch.from_arrays(arrays, names=list(self.names))

    def _list(self, table: Any, key: str, place: str, *, needed: bool = True) -> list[Any]:
        value = table.get(key, None if needed else []) if isinstance(table, Mapping) else None
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise InputError("not OCEL 2.0: no list of objects", file=self.path, column=place)
        return value

    def _text(self, table: Mapping[str, Any], key: str, place: str) -> str:
        value = table.get(key)
        if not isinstance(value, str):
            raise InputError(f"not OCEL 2.0: {key} is no text", file=self.path, column=place)
        return value


def write_ocel_json(log: EventLog, path: Path) -> None:
    """Write a log as an OCEL 2.0 JSON document, event by event; ``path`` is whole or untouched."""
    with replacing(path) as whole, whole.open("w", encoding="utf-8") as file:
        types = [
            {
                "name": kind,
                "attributes": [
                    {"name": name, "type": ocel.OCEL_TYPES[FIELDS[name].type]}
                    for name in ocel.attributes_of(log, kind)
                ],
            }
            for kind in ocel.kinds_of(log)
        ]
        things = [{"name": name, "attributes": []} for name in ocel.object_types_of(log)]
        file.write(f'{{"eventTypes": {json.dumps(types)},\n"objectTypes": {json.dumps(things)},\n')
        _write_list(file, "events", (_event(row) for row in log.rows()))
        file.write(",\n")
        objects = (
            {"id": ocel.object_id(name, number), "type": name}
            for name, number in ocel.objects_of(log)
        )
        _write_list(file, "objects", objects)
        file.write("}\n")


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": ocel.object_id("event", row["event"]),
        "type": row["kind"],
        "time": ocel.iso(row["time"]),
        "attributes": [
            {"name": name, "value": ocel.attribute(name, row)}
            for name in ocel.ATTRIBUTE_FIELDS
            if name in row
        ],
        "relationships": [
            {"objectId": ocel.object_id(name, row[name]), "qualifier": name}
            for name in ocel.OBJECT_FIELDS
            if name in row
        ],
    }


def _write_list(file: IO[str], name: str, values: Iterator[Any]) -> None:
    file.write(f'"{name}": [')
    for i, value in enumerate(values):
        file.write(("\n" if i == 0 else ",\n") + json.dumps(value))
    file.write("]")
