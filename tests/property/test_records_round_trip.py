"""Random deployments, written in every format and layout, are read back as they were."""

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookalike import MET_2020, MET_2023, MET_2025, Heading, document
from probity.records.reader import read
from tabular import as_csv, as_ods, as_xlsx

WORDS = ("Croydon", "High St,", "Tooting", "B’way", "St Ann’s", "Stn", "(technical fault)", "Rd")
places = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("\n".join)
counts = st.one_of(st.integers(0, 30), st.integers(0, 99_999)).map(str)
dates = st.dates(date(2016, 1, 1), date(2030, 12, 31)).map(lambda day: f"{day:%d/%m/%y}")
durations = st.builds("{}h {:02d}m".format, st.integers(0, 12), st.integers(0, 59))
rates = st.sampled_from(["0%", "0.00%", "0.008%", "1%"])
thresholds = st.sampled_from(["0.6", "0.62", "0.64"])

CELLS = {
    "place": places,
    "date": dates,
    "duration_minutes": durations,
    "use_case": st.sampled_from(["1,2", "Crime Hotspot"]),
    "threshold": thresholds,
    "printed_false_alert_rate": rates,
}


CHANGED = ("alerts", "faces_seen", "arrests", "watchlist_size")


def rows_of(columns: tuple[Heading, ...], most: int) -> st.SearchStrategy:
    row = st.fixed_dictionaries(
        {h.field: CELLS.get(h.field, counts) for h in columns if h.field != "cameras"}
    )
    return st.lists(row, min_size=1, max_size=most)


def read_back(content: bytes) -> list[dict[str, str]]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "record"
        path.write_bytes(content)
        record = read(path)
    for d in record.deployments:
        day = d.printed["date"]
        assert d.date_start == f"20{day[6:]}-{day[3:5]}-{day[:2]}"
        assert d.place == d.printed["place"]
        for name, text in d.printed.items():
            if name not in CELLS:
                assert str(getattr(d, name)) == text
    return [dict(d.printed) for d in record.deployments]


def one_line(row: dict[str, str]) -> dict[str, str]:
    return {name: text.replace("\n", " ") for name, text in row.items()}


def headed(columns: tuple[Heading, ...], rows: list[dict[str, str]]) -> list[list[str]]:
    """The rows below one row of headings, a group's words before those of its columns."""
    headings = [f"{h.group or ''} {h.text}".replace("\n", " ").strip() for h in columns]
    return [headings, *([row[h.field].replace("\n", " ") for h in columns] for row in rows)]


@pytest.mark.parametrize("columns", [MET_2020, MET_2023, MET_2025], ids=["2020", "2023", "2025"])
@settings(max_examples=40)
@given(data=st.data())
def test_csv(columns: tuple[Heading, ...], data: st.DataObject) -> None:
    order = tuple(data.draw(st.permutations(columns)))
    rows = data.draw(rows_of(columns, 30))
    delimiter = data.draw(st.sampled_from(",;\t|"))
    content = as_csv(headed(order, rows), delimiter=delimiter)
    assert read_back(content) == [one_line(row) for row in rows]


@pytest.mark.parametrize("write", [as_xlsx, as_ods])
@settings(max_examples=5)
@given(data=st.data())
def test_workbooks(write, data: st.DataObject) -> None:
    columns = data.draw(st.sampled_from([MET_2020, MET_2023, MET_2025]))
    rows = data.draw(rows_of(columns, 20))
    assert read_back(write(headed(columns, rows))) == [one_line(row) for row in rows]


def drawn(columns: tuple[Heading, ...], rows: list[dict[str, str]], data: st.DataObject) -> bytes:
    """The rows as a PDF, its pages broken and its headings repeated somehow."""
    return document(
        columns,
        rows,
        bottom=data.draw(st.integers(220, 560)),
        repeat_headings=data.draw(st.booleans()),
        split_rows=data.draw(st.booleans()),
    )


def require_round_trip(data: st.DataObject) -> None:
    columns = data.draw(st.sampled_from([MET_2020, MET_2023, MET_2025]))
    rows = data.draw(rows_of(columns, 10))
    assert read_back(drawn(columns, rows, data)) == [one_line(row) for row in rows]


@settings(max_examples=12)
@given(data=st.data())
def test_pdf(data: st.DataObject) -> None:
    require_round_trip(data)


@pytest.mark.verify
@settings(max_examples=200, derandomize=False)
@given(data=st.data())
def test_pdf_at_length(data: st.DataObject) -> None:
    require_round_trip(data)


@pytest.mark.control
@settings(max_examples=5)
@given(data=st.data())
def test_one_figure_printed_otherwise_is_noticed(data: st.DataObject) -> None:
    rows = data.draw(rows_of(MET_2025, 6))
    at, field = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(CHANGED))
    printed = [dict(row) for row in rows]
    printed[at][field] = str(int(printed[at][field]) + 1)
    assert read_back(drawn(MET_2025, printed, data)) != [one_line(row) for row in rows]
