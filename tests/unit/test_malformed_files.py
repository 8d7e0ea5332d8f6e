"""Bad input ends in one clear message, doubtful input in a named problem; never in a guess.

Each case of the table is a file made by code. ``refused``: an ``InputError`` whose message has
these words, on one line. ``problem``: the file is read, and this kind of problem is reported in
this column. ``read``: nothing is wrong after all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import malformed as m
from probity.core import InputError
from probity.records.kinds import KINDS
from probity.records.reader import read


@dataclass(frozen=True)
class Case:
    """A file, and what is to become of it."""

    name: str
    content: Callable[[], bytes]
    refused: str | None = None
    problem: tuple[str, str | None] | None = None
    value: object = ...
    suffix: str = "csv"


def field_case(name: str, heading: str, cell: str, field: str, value: object = None) -> Case:
    """A cell that is not read: None, the text kept."""
    return Case(
        name,
        lambda: m.csv(**{heading.replace(" ", "_"): cell}),
        problem=("unreadable-cell", field),
        value=value,
    )


PDF_FILES = [
    Case("pdf cut off", lambda: m.pdf()[:2000], "damaged|no pages|no text", suffix="pdf"),
    Case("pdf of a header only", lambda: b"%PDF-1.7\n", "damaged|no pages", suffix="pdf"),
    Case("pdf of noise", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged|no pages"),
    Case("pdf with a password", lambda: m.encrypted_pdf("secret"), "encrypted.*password"),
    Case("pdf encrypted, opens without a password", lambda: m.encrypted_pdf("")),
    Case("pdf with a script", m.pdf_with_script),
    Case("pdf with an embedded file", m.pdf_with_attachment),
    Case("pdf that unpacks to 1 GiB", m.pdf_bomb, "memory"),
    Case("pdf without pages", lambda: m.pdf_pages(0), "no pages"),
    Case("pdf without a table", m.pdf_text_only, "no deployment table found.*Minutes"),
    Case("pdf of a blank or scanned page", m.pdf_blank, "no text found"),
    Case("pdf of 10,000 pages", lambda: m.pdf_pages(10_000), "too many pages.*at most 200"),
    Case("pdf whose pages contain themselves", m.pdf_that_contains_itself, "damaged|no pages"),
    Case("pdf form that draws itself", m.pdf_that_draws_itself, "no text|nested|damaged"),
    Case(
        "pdf of 60,000 characters on a page",
        lambda: m.pdf_of(b"BT /F 1 Tf (" + b"a" * 60_000 + b") Tj ET"),
        "page 1 holds too many characters and lines; allowed: 50000 a page",
    ),
    Case(
        "pdf of 5,000 lines on a page",
        lambda: m.pdf_of(b" ".join(b"%d 0 m %d %d l S" % (i, i, i) for i in range(3, 15_000, 3))),
        "too many ruling lines; allowed: at most 4000",
    ),
    Case("pdf with figures but no headings", m.pdf_without_headings, "figures without headings"),
    Case("pdf named csv", m.pdf),
]

WORKBOOKS = [
    Case(
        "xlsx that unpacks to 150 MiB",
        lambda: m.raw_archive("xl/workbook.xml", m.deflated_blanks(150), 150 << 20),
        "unpacks to too much; allowed: at most 128 MiB",
    ),
    Case(
        "xlsx whose stated sizes lie",
        lambda: m.raw_archive("xl/workbook.xml", m.deflated_blanks(150), 10),
        "damaged: not an archive",
    ),
    Case("archive in an archive", lambda: m.archive({"a.zip": m.workbook()}), "no XLSX or ODS"),
    Case("text document", lambda: m.archive({"word/document.xml": b"<w/>"}), "no XLSX or ODS"),
    Case("archive cut off", lambda: m.workbook()[:3000], "damaged: not an archive"),
    Case(
        "archive of 3,000 parts",
        lambda: m.archive({f"xl/{i}.xml": b"" for i in range(3000)}),
        "too many parts in the file; allowed: at most 2,000",
    ),
    Case("archive with a password", m.encrypted_archive, "encrypted"),
    Case(
        "xlsx with an entity bomb",
        lambda: m.repacked(m.workbook(), **{m.SHEET: m.LAUGHS}),
        "declares XML entities",
    ),
    Case("ods with an entity bomb", lambda: m.ods_parts(m.LAUGHS), "declares XML entities"),
    Case(
        "xlsx of XML without end",
        lambda: m.repacked(m.workbook(), **{m.SHEET: b"<worksheet><sheetData><row>"}),
        "damaged",
    ),
    Case(
        "xlsx of XML nested 10,000 deep",
        lambda: m.repacked(m.workbook(), **{m.SHEET: m.nested_xml(10_000)}),
        "nested too deeply; allowed: 100 levels",
    ),
    Case("encrypted xlsx", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "encrypted workbook"),
    Case(
        "encrypted ods",
        lambda: m.ods_parts(b"<x/>", b"<m:encryption-data xmlns:m='m'/>"),
        "encrypted",
    ),
    Case("ods without a table", lambda: m.ods_parts(b"<x/>"), "damaged|no text found"),
    Case("xlsx without cells", m.workbook_empty, "no text found|no deployment table"),
    Case(
        "xlsx with a cell in its last row",
        lambda: m.workbook_set("A1048576", "x"),
        "too many rows; allowed: at most 50,000 rows",
    ),
    Case(
        "xlsx with a cell far to the right",
        lambda: m.workbook_set("ZZ1", "x"),
        "too many columns; allowed: at most 200 columns",
    ),
    Case("xlsx with a note on its first sheet", m.workbook_notes_first),
    Case("xlsx named pdf", m.workbook, suffix="pdf"),
    Case(
        "formula without a stored value",
        lambda: m.workbook_set("J3", "=1+1"),
        problem=("formula-cell", "faces_seen"),
        value=None,
    ),
    Case(
        "counts merged over two rows",
        lambda: m.workbook_merged("J3:J4"),
        problem=("merged-cell", "faces_seen"),
        value=None,
    ),
    Case(
        "dates merged over two rows",
        lambda: m.workbook_merged("B3:B4"),
        problem=("merged-cell", "date"),
        value="2025-01-08",
    ),
    Case(
        "negative in a workbook",
        lambda: m.workbook_set("J3", -5),
        problem=("unreadable-cell", "faces_seen"),
        value=None,
    ),
    Case(
        "fraction in a workbook",
        lambda: m.workbook_set("J3", 12.5),
        problem=("unreadable-cell", "faces_seen"),
        value=None,
    ),
    Case(
        "truth value in a workbook",
        lambda: m.workbook_set("J3", True),
        problem=("unreadable-cell", "faces_seen"),
        value=None,
    ),
]

TEXT_FILES = [
    Case("utf-16 with a mark", lambda: m.csv().decode().encode("utf-16")),
    Case("utf-8 with a mark", lambda: b"\xef\xbb\xbf" + m.csv()),
    Case("semicolons", lambda: m.csv().replace(b",", b";")),
    Case("tabs, named pdf", lambda: m.csv().replace(b",", b"\t"), suffix="pdf"),
    Case("mixed line ends", lambda: m.csv().replace(b"\n", b"\r\n", 2)),
    Case("old Mac line ends", lambda: m.csv().replace(b"\n", b"\r")),
    Case(
        "windows-1252",
        lambda: m.csv(Location="Caf\xe9").decode().encode("cp1252"),
        problem=("encoding-assumed", None),
    ),
    Case("utf-16 without a mark", lambda: m.csv().decode().encode("utf-16-le"), "NUL"),
    Case("utf-16 with half a character", lambda: b"\xff\xfe" + b"a\0b", "not utf-16 text"),
    Case("NUL bytes", lambda: m.csv(Location="a\0b"), "row 3: holds NUL"),
    Case("noise", lambda: bytes(range(1, 256)) * 100, "no deployment table|separated table"),
    Case("web page", lambda: b"<html><body>no</body></html>", "no deployment table found"),
    Case(
        "a quote that does not close",
        lambda: m.csv() + b'"' + b"x,\n" * 200_000,
        "does not end|separated table",
    ),
    Case("a quote in mid-cell", lambda: m.csv() + b'"a"b,1\n', "row 5: not a comma-separated"),
    Case(
        "one line of 5 million characters",
        lambda: b"a," * 2_500_000,
        "does not end.*400,000 characters|too many columns",
    ),
    Case("a cell of 300,000 characters", lambda: m.csv(Location="a" * 300_000), "field limit"),
    Case(
        "a cell of 11,000 characters",
        lambda: m.csv(Location="a" * 11_000),
        "row 2, column Location: a cell is too long.*at most 10,000 characters",
    ),
    Case("a million rows", m.a_million_rows, "too many rows; allowed: at most 50,000 rows"),
    Case("300 columns", lambda: b"a," * 300 + b"\n" + m.csv(), "too many columns"),
    Case(
        "two headings for one field",
        lambda: m.csv().replace(b"True Alerts", b"Alerts generated", 1),
        "column Total Alerts: two columns are headed as alerts.*mapping",
    ),
    Case("no headings", lambda: m.csv().split(b"\n", 1)[1], "figures without headings"),
    Case("headings of another table", lambda: b"Name,Age\nAnn,3\nBob,4\n", "no deployment table"),
    Case("headings only", lambda: m.text().encode(), "no deployments under the headings"),
    Case(
        "a comma too many",
        lambda: m.csv() + b"High St, Town" + b",1" * 11 + b"\n",
        "row 4: more cells than headings.*allowed: 11 cells",
    ),
    Case(
        "swapped columns",
        lambda: m.csv(Total_Alerts="9780", Faces_seen="10"),
        problem=("more-alerts-than-faces", "alerts"),
    ),
    Case(
        "alerts that do not add up",
        lambda: m.csv(Total_Alerts="12"),
        problem=("parts-do-not-add-up", "alerts"),
    ),
    Case(
        "printed rate wrong",
        lambda: m.csv(False_Alert_Rate="1%"),
        problem=("printed-rate-differs", "printed_false_alert_rate"),
    ),
    Case("the same row twice", lambda: m.csv(Date="07/01/25"), problem=("duplicate-row", None)),
    Case("a row of totals", lambda: m.csv(Location="Total", Date=""), problem=("total-row", None)),
    Case(
        "a note below the table",
        lambda: m.csv() + b"Checked by hand\n",
        problem=("unread-table", None),
    ),
    Case(
        "blank count",
        lambda: m.csv(Faces_seen=""),
        problem=("not-stated", "faces_seen"),
        value=None,
    ),
    Case(
        "count not applicable",
        lambda: m.csv(Faces_seen="N/A"),
        problem=("not-stated", "faces_seen"),
        value=None,
    ),
    Case(
        "grouped digits",
        lambda: m.csv(Faces_seen="21,940"),
        problem=("thousands-separator", "faces_seen"),
        value=21_940,
    ),
    Case(
        "whole number with decimals",
        lambda: m.csv(Faces_seen="9780.0"),
        problem=("decimal-count", "faces_seen"),
        value=9_780,
    ),
    field_case("negative count", "Faces seen", "-5", "faces_seen"),
    field_case("fractional count", "Faces seen", "12.5", "faces_seen"),
    field_case("a trillion faces", "Faces seen", "1000000000000", "faces_seen"),
    field_case("a count of 5,000 digits", "Faces seen", "9" * 5_000, "faces_seen"),
    field_case("digits grouped wrongly", "Faces seen", "1,23,456", "faces_seen"),
    field_case("powers of ten", "Faces seen", "1e3", "faces_seen"),
    field_case("infinite count", "Faces seen", "inf", "faces_seen"),
    field_case("digits of another script", "Faces seen", "١٢٣", "faces_seen"),
    field_case("formula as a count", "Faces seen", "=2+5", "faces_seen"),
    field_case("count of words", "Faces seen", "about 50", "faces_seen"),
    field_case("31 February", "Date", "31/02/25", "date"),
    field_case("month 13", "Date", "13/13/25", "date"),
    field_case("year 0", "Date", "01/01/0000", "date"),
    field_case("date of words", "Date", "last Tuesday", "date"),
    Case("month first", lambda: m.csv(Date="01/25/25"), problem=("date-order-doubtful", "date")),
    Case(
        "a date far in the future",
        lambda: m.csv(Date="01/01/2099"),
        problem=("date-far-from-others", "date_start"),
        value="2099-01-01",
    ),
    field_case("99h99m", "Duration", "99h99m", "duration_minutes"),
    field_case("a year long", "Duration", "900h", "duration_minutes"),
    field_case("a duration without any unit", "Duration", "287", "duration_minutes"),
    Case(
        "minutes without a unit",
        lambda: m.csv(Duration="5h40"),
        problem=("duration-without-unit", "duration_minutes"),
        value=340,
    ),
    field_case("threshold of 64", "Threshold", "64", "threshold"),
    field_case("threshold of 0", "Threshold", "0", "threshold"),
    field_case("101 percent", "False Alert Rate", "101%", "printed_false_alert_rate"),
    field_case("negative percent", "False Alert Rate", "-1%", "printed_false_alert_rate"),
    Case(
        "control characters in a name",
        lambda: m.csv(Location="High\x1b[31m St"),
        problem=("control-characters", "place"),
        value="High[31m St",
    ),
    Case(
        "text turned round",
        lambda: m.csv(Location="High \u202etS"),
        problem=("control-characters", "place"),
        value="High tS",
    ),
]

CASES = [*PDF_FILES, *WORKBOOKS, *TEXT_FILES]


def test_there_are_at_least_sixty() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_file(case: Case, tmp_path: Path) -> None:
    path = tmp_path / f"record.{case.suffix}"
    path.write_bytes(case.content())
    if case.refused is not None:
        with pytest.raises(InputError, match=case.refused) as refusal:
            read(path)
        message = str(refusal.value)
        assert message.startswith(f"{path}")
        assert message.isprintable(), "one line, nothing that steers a terminal"
        assert refusal.value.exit_code == 3
        return
    record = read(path)
    found = {(p.kind, p.column): p for p in record.problems}
    if case.problem is None:
        assert {p.kind for p in record.problems} <= {"force-not-stated", "duplicate-row"}
        assert len(record.deployments) == 3
        return
    assert case.problem in found
    assert {p.kind for p in record.problems} <= KINDS.keys()
    problem = found[case.problem]
    assert problem.message
    assert problem.done
    if case.value is not ... and problem.row is not None:
        column = "date_start" if case.problem[1] == "date" else str(case.problem[1])
        d = record.deployments[problem.row - 1]
        assert getattr(d, column) == case.value
        assert "".join(problem.got.split()) == "".join(
            d.printed.get(str(problem.column), problem.got).split()
        )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "No such file"),
        (lambda path: path.mkdir(), "not a regular file"),
        (m.fifo, "not a regular file"),
        (m.device, "not a regular file"),
        (m.symlink_loop, "symbolic links"),
        (lambda path: path.write_bytes(b""), "the file is empty"),
        (m.sparse, "file too large; allowed: at most 64 MiB"),
    ],
)
def test_what_is_no_file_is_refused(make, message, tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    make(path)
    with pytest.raises(InputError, match=message):
        read(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch) -> None:
    """Tests may run as root, who may read everything: the refusal is played."""

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("probity.core.files.os.open", denied)
    with pytest.raises(InputError, match="cannot be opened: Permission denied"):
        read(tmp_path / "record.csv")


def test_names_with_markup_and_formulas_are_kept_as_they_are(tmp_path: Path) -> None:
    for name in ("<script>alert(1)</script>", "=HYPERLINK(1)", "@cmd", "+1", "O'Neill “St”"):
        path = tmp_path / "record.csv"
        path.write_bytes(m.csv(Location=name))
        assert read(path).deployments[1].place == name


MAPPINGS = [
    ("not TOML", b"columns = [", "not TOML"),
    ("not UTF-8", b"force = '\xff'", "not UTF-8 text"),
    ("noise", bytes(range(256)), "not UTF-8 text"),
    ("nested without end", b"x = " + b"[" * 5_000, "line too long"),
    ("unknown key", b"colums = {}", "column colums.*Extra.*allowed: force, sheet"),
    ("unknown field", b"[columns]\nWhere = 'location'", "'location' is no field; allowed:"),
    ("field of a wrong type", b"[columns]\nWhere = 3", "column columns.Where.*got '3'"),
    ("columns of a wrong type", b"columns = 'place'", "column columns"),
    ("two headings for one field", b"[columns]\na = 'place'\nb = 'place'", "two headings"),
    ("a heading without words", b"[columns]\n'--' = 'place'", "has no words"),
    ("the same sign twice", b"decimal = ','\nthousands = ','", "different signs"),
    ("no such order of dates", b"dates = '%d/%m/%y'", "column dates.*got '%d/%m/%y'"),
    ("no such unit", b"duration_unit = 'days'", "column duration_unit"),
    ("a fixed count", b"[fixed]\narrests = '0'", "'arrests' cannot be fixed; allowed: place"),
    ("a fixed threshold of 64", b"[fixed]\nthreshold = '64'", "threshold '64' cannot be read"),
    ("a heading that is not there", b"[columns]\nWhere = 'place'", "column Where: the mapping"),
    ("empty force", b"force = ''", "column force"),
    ("too large", b"#" * (2 << 20), "file too large; allowed: at most 1 MiB"),
    ("empty", b"", "the file is empty"),
]


@pytest.mark.parametrize(
    ("content", "message"), [c[1:] for c in MAPPINGS], ids=[c[0] for c in MAPPINGS]
)
def test_mapping_file(content: bytes, message: str, tmp_path: Path) -> None:
    path, columns = tmp_path / "record.csv", tmp_path / "mapping.toml"
    path.write_bytes(m.csv())
    columns.write_bytes(content)
    with pytest.raises(InputError, match=message) as refusal:
        read(path, columns=columns)
    assert str(refusal.value).isprintable()


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.csv"
    path.write_bytes(m.csv())
    with pytest.raises(InputError, match=r"mapping\.toml: cannot be opened"):
        read(path, columns=tmp_path / "mapping.toml")


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path, columns = tmp_path / "record.xlsx", tmp_path / "mapping.toml"
    path.write_bytes(m.workbook())
    columns.write_text("sheet = '2026'")
    with pytest.raises(InputError, match="no such sheet; got '2026'; allowed: Sheet"):
        read(path, columns=columns)
