"""Tables as text, whatever file they came from: headed columns over rows of cells."""

from dataclasses import asdict, dataclass
from typing import Any

from probity.records.headings import Column


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell's text as printed, a line feed between its lines.

    ``merged``: the cell is merged over several rows or columns and stands in each with its
    whole text. ``joined``: a part of the text was printed in a further band of the table.
    ``formula``: a formula calculated the text.
    """

    text: str
    merged: bool = False
    joined: bool = False
    formula: bool = False


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row: a cell for each column of its section. ``page`` counts from 1."""

    cells: tuple[TextCell, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one set of headings. A record has several where its headings change."""

    columns: tuple[Column, ...]
    rows: tuple[TextRow, ...]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A document's deployment table.

    ``other_text`` is what stands outside it: titles, notes. ``unread`` describes tables with
    dates and figures that no heading explains, and ``remarks`` how the file was decoded where
    that was a guess; both become problems of the record.
    """

    sections: tuple[Section, ...]
    other_text: str = ""
    unread: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def to_json(table: TextTable) -> dict[str, Any]:
    """The table as JSON values."""
    return asdict(table)


def from_json(value: dict[str, Any]) -> TextTable:
    """The table that ``to_json`` was given."""
    sections = tuple(
        Section(
            tuple(Column(**column) for column in section["columns"]),
            tuple(
                TextRow(tuple(TextCell(**cell) for cell in row["cells"]), row["page"])
                for row in section["rows"]
            ),
        )
        for section in value["sections"]
    )
    return TextTable(sections, value["other_text"], tuple(value["unread"]), tuple(value["remarks"]))
