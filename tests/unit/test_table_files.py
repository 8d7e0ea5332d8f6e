"""CSV, XLSX and ODS: headings found in any row, grouped, repeated; cells as a person sees them."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from probity.records.reader import read
from probity.records.schema import Record
from tabular import as_csv, as_ods, as_xlsx

GROUPED = [
    ["MPS LFR DEPLOYMENTS 2023", *[""] * 9],
    [""] * 10,
    ["Deployment", "Date", "Total", "True Alerts", "", "False Alerts", "", "Engagement Outcomes",
     "", "Faces seen"],
    ["Location", "", "Alerts", "Confirmed", "Unconfirmed", "Confirmed", "Unconfirmed", "Arrest",
     "No Action", "(Estimate)"],
    ["Camden", "06/04/23", "3", "1", "1", "1", "0", "1", "0", "5460"],
    ["Camden", "14/04/23", "0", "0", "0", "0", "0", "0", "0", "6790"],
]  # fmt: skip


@pytest.fixture
def reading(tmp_path: Path):
    def read_bytes(content: bytes, **options) -> Record:
        path = tmp_path / "record.dat"
        path.write_bytes(content)
        return read(path, **options)

    return read_bytes


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_ods])
def test_grouped_headings_below_a_title(reading, write) -> None:
    record = reading(write(GROUPED))
    assert record.source.publisher == "Metropolitan Police"
    first = record.deployments[0]
    assert (first.true_confirmed, first.true_unconfirmed, first.false_confirmed) == (1, 1, 1)
    assert (first.true_alerts, first.false_alerts, first.arrests) == (2, 1, 1)
    assert (first.date_start, first.faces_seen) == ("2023-04-06", 5_460)
    assert record.headings["false_unconfirmed"] == "False Alerts Unconfirmed"
    assert record.problems == ()


def test_groups_in_merged_cells(reading) -> None:
    record = reading(as_xlsx(GROUPED, merged=("A1:J1", "D3:E3", "F3:G3", "H3:I3")))
    assert record.deployments[0].false_confirmed == 1
    assert record.problems == ()


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_delimiters(reading, delimiter) -> None:
    assert len(reading(as_csv(GROUPED, delimiter=delimiter)).deployments) == 2


def test_headings_again_in_other_words_and_order(reading) -> None:
    rows = [*GROUPED, ["Alerts", "When and where", "Date", "Faces seen", "Location"],
            ["7", "x", "01/05/23", "900", "Brent"]]  # fmt: skip
    record = reading(as_csv(rows))
    last = record.deployments[-1]
    assert (last.alerts, last.faces_seen, last.place, last.row) == (7, 900, "Brent", 3)
    assert last.printed["When and where"] == "x"
    assert [(p.kind, p.column) for p in record.problems] == [("unknown-heading", "When and where")]


def test_typed_cells_of_a_workbook(reading) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Date", "Place", "Duration", "Alerts", "Faces seen", "Threshold"])
    book.active.append(
        [dt.date(2025, 2, 3), "A", dt.timedelta(hours=4, minutes=47), 3, 900.0, 0.64]
    )
    book.active.append([dt.datetime(2025, 2, 4), "B", dt.time(5, 30), 4, 1000, 0.64])  # noqa: DTZ001
    out = io.BytesIO()
    book.save(out)
    first, second = reading(out.getvalue(), force="Anytown Police").deployments
    assert (first.date_start, first.duration_minutes, first.faces_seen) == ("2025-02-03", 287, 900)
    assert (second.date_start, second.duration_minutes) == ("2025-02-04", 330)
    assert str(first.threshold) == "0.64"


def test_every_sheet_with_deployments_is_read(reading) -> None:
    book = openpyxl.Workbook()
    for year, sheet in (("23", book.active), ("24", book.create_sheet("2024"))):
        sheet.append(["Date", "Place", "Alerts", "Faces seen"])
        sheet.append([f"01/05/{year}", "A", 1, 100])
    out = io.BytesIO()
    book.save(out)
    record = reading(out.getvalue())
    assert [d.date_start for d in record.deployments] == ["2023-05-01", "2024-05-01"]
    assert [d.row for d in record.deployments] == [1, 2]


def test_merged_cells_and_formulas_of_an_ods(reading) -> None:
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Deployments")
    rows = [["Date", "Place", "Alerts", "Faces seen"], ["01/05/25", "A", "1", "100"]]
    for cells in rows:
        line = TableRow()
        for i, text in enumerate(cells):
            options = {"formula": "of:=1+0"} if text == "1" else {}
            if text == "100":
                options["numberrowsspanned"] = "2"
            numeric = {"valuetype": "float", "value": text} if text.isdecimal() else {}
            cell = TableCell(**(numeric or {"valuetype": "string"}), **options)
            cell.addElement(P(text=text))
            line.addElement(cell)
            assert i < 4
        sheet.addElement(line)
    line = TableRow()
    for text in ("02/05/25", "B", "2"):
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=text))
        line.addElement(cell)
    sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    record = reading(out.getvalue(), force="Anytown Police")
    assert [(p.row, p.column, p.kind) for p in record.problems] == [
        (1, "alerts", "formula-cell"),
        (1, "faces_seen", "merged-cell"),
        (2, "faces_seen", "merged-cell"),
    ]
    assert [d.faces_seen for d in record.deployments] == [None, None]
    assert record.deployments[0].alerts == 1


def test_south_wales_words(reading) -> None:
    """A false alert is rejected by the operator; a confirmed one was found out by engaging."""
    rows = [
        ["Location", "Date", "Faces scanned", "Alerts", "True alerts", "False alerts",
         "Confirmed false alerts", "True recognition rate"],
        ["Cardiff", "05/03/2025", "1000", "6", "3", "2", "1", "89%"],
    ]  # fmt: skip
    (d,) = reading(as_csv(rows), force="South Wales Police").deployments
    assert (d.false_unconfirmed, d.false_confirmed, d.false_alerts) == (2, 1, 3)
    assert d.printed["True recognition rate"] == "89%"
    assert d.record_id == "SWP-20250305-1"


def test_home_office_words(reading) -> None:
    rows = [
        ["Deployment", "Date", "Type", "Duration", "Number of cameras", "Watchlist number",
         "Threshold", "Total alerts", "Positive alerts", "Positive interventions",
         "Incorrect alerts", "Incorrect interventions", "Arrests or disposals", "Faces seen",
         "Incorrect alert rate"],
        ["1", "10 to 12 November 2025", "Trial", "9 hours", "1", "1942", "0.64", "0", "0", "0",
         "0", "0", "0", "2038", "0%"],
    ]  # fmt: skip
    record = reading(as_csv(rows), force="Home Office Immigration Enforcement")
    (d,) = record.deployments
    assert record.layout == "home-office"
    assert (d.date_start, d.date_end, d.duration_minutes) == ("2025-11-10", "2025-11-12", 540)
    assert (d.true_alerts, d.false_alerts, d.engagements, d.arrests) == (0, 0, 0, 0)
    assert record.problems == ()


def test_the_bundled_table_reads_as_itself(reading, repository: Path) -> None:
    from probity.records.bundled import load

    content = (repository / "src/probity/records/data/deployments.csv").read_bytes()
    record = reading(content)
    kept = {row.deployment.record_id: row for row in load().rows if row.kind == "deployment"}
    assert [d.record_id for d in record.deployments] == list(kept)
    for d in record.deployments:
        bundled = kept[d.record_id].deployment
        for name in (
            "force",
            "date_start",
            "date_end",
            "faces_seen",
            "alerts",
            "arrests",
            "threshold",
        ):
            assert getattr(d, name) == getattr(bundled, name), (d.record_id, name)
    left_out = [p for p in record.problems if p.kind == "total-row"]
    assert len(left_out) == len(load().rows) - len(kept)


def test_what_we_export_reads_back(reading) -> None:
    from probity.records.record_json import as_csv as exported

    record = reading(as_csv(GROUPED))
    again = reading(exported(record).encode())
    assert again.layout == "deployments.csv"
    for a, b in zip(record.deployments, again.deployments, strict=True):
        assert (a.record_id, a.date_start, a.true_alerts, a.force) == (
            b.record_id, b.date_start, b.true_alerts, b.force)  # fmt: skip
    assert again.problems == ()
