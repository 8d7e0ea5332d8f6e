"""Small event logs, in every form that the reader takes."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from probity.audit.log import ocel
from probity.core.event import FIELDS
from probity.core.event_columns import LogHeader, arrow_schema

START = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z, microseconds since 1970."""
SECOND = 1_000_000

Row = Mapping[str, Any]


def event(number: int, kind: str, *, at: float = 0.0, **fields: Any) -> dict[str, Any]:
    """An event ``at`` seconds after ``START``."""
    return {"event": number, "time": START + round(at * SECOND), "kind": kind, **fields}


def created(number: int, *, at: float = 0.0, template: int = 7, **fields: Any) -> dict[str, Any]:
    return event(number, "template.created", at=at, template=template, deployment=1, **fields)


def deleted(number: int, *, at: float = 0.0, template: int = 7, **fields: Any) -> dict[str, Any]:
    return event(number, "template.deleted", at=at, template=template, **fields)


def table(rows: Iterable[Row], header: LogHeader | None = None) -> pa.Table:
    rows = list(rows)
    schema = arrow_schema({name for row in rows for name in row}, header)
    arrays = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        plain = pa.int64() if pa.types.is_timestamp(field.type) else None
        arrays.append(pa.array(values, plain).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def write_parquet(path: Path, rows: Iterable[Row], header: LogHeader | None = None) -> Path:
    pq.write_table(table(rows, header), path)
    return path


def spelt(row: Row) -> dict[str, Any]:
    """A row as JSON has it: times as ISO 8601."""
    return {
        name: ocel.iso(value) if FIELDS[name].type == "time" else value
        for name, value in row.items()
    }


def json_lines(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(spelt(row)) + "\n" for row in rows)


def csv_text(rows: Iterable[Row]) -> str:
    rows = [spelt(row) for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    for row in rows:
        writer.writerow({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()})
    return out.getvalue()
