"""A figure's data as a link that saves a CSV file, without a server or a script."""

import base64
import csv
import io

from probity.core.inert_cell import inert
from probity.publish.figures.figure import Cell, Table


def csv_text(table: Table) -> str:
    """The table as CSV; text that a spreadsheet would run as a formula starts with ``'``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_cell(column.heading) for column in table.columns)
    writer.writerows(map(_cell, row) for row in table.rows)
    return out.getvalue()


def csv_file(table: Table) -> bytes:
    """The same as a file; the mark at its start makes spreadsheets read it as UTF-8."""
    return csv_text(table).encode("utf-8-sig", errors="replace")


def csv_link(table: Table) -> str:
    """The same as a ``data:`` address for a link with the ``download`` attribute."""
    encoded = base64.b64encode(csv_file(table)).decode("ascii")
    return f"data:text/csv;charset=utf-8;base64,{encoded}"


def _cell(cell: Cell) -> Cell:
    return inert(cell) if isinstance(cell, str) else cell
