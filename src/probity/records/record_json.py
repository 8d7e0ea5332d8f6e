"""A record as a JSON document and as CSV.

docs/reference/schemas/records-read.json describes the document.
"""

import csv
import io
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from probity.core.inert_cell import inert
from probity.records.schema import COLUMNS, COUNT_COLUMNS, Deployment, Record, total

SCHEMA = "probity/records-read/1"
PROBLEMS_SCHEMA = "probity/records-problems/1"


def as_json(record: Record) -> dict[str, Any]:
    """Return the document; a total without a figure in any row is null."""
    return {
        "schema": SCHEMA,
        "source": _source(record),
        "layout": record.layout,
        "headings": dict(record.headings),
        "deployments": [_deployment(d) for d in record.deployments],
        "totals": {
            "rows": len(record.deployments),
            **{name: total(record.deployments, name) for name in COUNT_COLUMNS},
        },
        "problems": [asdict(p) for p in record.problems],
    }


def problems_as_json(records: list[tuple[str, Record]]) -> dict[str, Any]:
    """Return the problems of several files, each under its name as given."""
    return {
        "schema": PROBLEMS_SCHEMA,
        "files": [
            {
                "file": name,
                "source": _source(record),
                "problems": [asdict(p) for p in record.problems],
            }
            for name, record in records
        ],
    }


def as_csv(record: Record) -> str:
    """The deployments with the columns of ``deployments.csv``, and the page and row.

    A cell that a spreadsheet would take for a formula has an apostrophe put before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = (*COLUMNS, "page", "row")
    writer.writerow(names)
    for d in record.deployments:
        writer.writerow([_cell(getattr(d, name)) for name in names])
    return out.getvalue()


def problems_as_csv(records: list[tuple[str, Record]]) -> str:
    """The problems of several files, guarded as in ``as_csv``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "row", "column", "kind", "got", "message", "done"))
    for name, record in records:
        for p in record.problems:
            values = (name, p.row, p.column, p.kind, p.got, p.message, p.done)
            writer.writerow([_cell(value) for value in values])
    return out.getvalue()


def _source(record: Record) -> dict[str, Any]:
    return {k: v for k, v in asdict(record.source).items() if k not in ("page", "row")}


def _deployment(d: Deployment) -> dict[str, Any]:
    values = {name: _plain(getattr(d, name)) for name in COLUMNS}
    return {**values, "source": {"page": d.page, "row": d.row}, "printed": dict(d.printed)}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _cell(value: object) -> str:
    if value is None:
        return ""
    return inert(format(value, "f") if isinstance(value, Decimal) else str(value))
