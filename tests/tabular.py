"""The same rows of text written as CSV, XLSX and ODS."""

import csv
import io
from collections.abc import Sequence

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Rows = Sequence[Sequence[str]]


def as_csv(rows: Rows, *, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: Rows, *, merged: Sequence[str] = ()) -> bytes:
    """Cells of digits are numbers, as a person typing them would have it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in row])
    for cells in merged:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods(rows: Rows) -> bytes:
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Deployments")
    for row in rows:
        line = TableRow()
        for text in row:
            if text.isdecimal():
                cell = TableCell(valuetype="float", value=text)
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text=text))
            line.addElement(cell)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()
