"""Data links: complete, readable by any spreadsheet, and never run as a formula."""

import base64
import csv
import io

import pytest

from probity.publish.download import csv_link, csv_text
from probity.publish.figures.figure import Column, Table


def table(*rows: tuple[str | int | float | None, ...]) -> Table:
    return Table(columns=(Column("Place"), Column("Faces seen", number=True)), rows=rows)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_cells_are_unrounded_and_missing_ones_empty() -> None:
    text = csv_text(table(("Croydon, North End", 3_147_436), ("Sutton", None), ("Rate", 1 / 3)))
    assert rows_of(text) == [
        ["Place", "Faces seen"],
        ["Croydon, North End", "3147436"],
        ["Sutton", ""],
        ["Rate", "0.3333333333333333"],
    ]


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =HYPERLINK(1)"]
)
def test_text_that_a_spreadsheet_would_run_is_made_inert(formula: str) -> None:
    assert rows_of(csv_text(table((formula, 1))))[1][0].startswith("'")


def test_a_negative_number_stays_a_number() -> None:
    assert rows_of(csv_text(table(("a", -5))))[1] == ["a", "-5"]


def test_a_heading_is_made_inert_too() -> None:
    text = csv_text(Table(columns=(Column("=1+1"),), rows=()))
    assert rows_of(text) == [["'=1+1"]]


def test_the_link_holds_the_whole_file_as_utf_8() -> None:
    kind, _, content = csv_link(table(("Café \ud800", 1))).partition(",")
    assert kind == "data:text/csv;charset=utf-8;base64"
    assert base64.b64decode(content).decode("utf-8-sig").splitlines()[1] == "Café ?,1"
