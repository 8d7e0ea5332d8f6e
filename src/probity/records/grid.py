"""Deployment tables in a grid of cells: a sheet of a workbook, or a delimited text file.

As in ``pdf``, headings are found by their wording and stay in force until others come. A
heading over several columns stands in the first of them, in a row above theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from probity.core import InputError
from probity.records import limits
from probity.records.figures import is_data, is_date, is_figure
from probity.records.headings import HEADING_ROWS, Column, Vocabulary, find
from probity.records.table import Section, TextCell, TextRow, TextTable


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells. ``merged`` maps (row, column) to the first cell of a merged range;
    ``formulas`` are the cells whose text a formula calculated."""

    rows: Sequence[Sequence[str]]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    formulas: frozenset[tuple[int, int]] = frozenset()

    def cell(self, row: int, column: int) -> TextCell:
        """A cell, empty outside the grid; a merged one has the text of its range."""
        first = self.merged.get((row, column))
        at = first or (row, column)
        text = self.rows[at[0]][at[1]] if at[1] < len(self.rows[at[0]]) else ""
        return TextCell(text, merged=first is not None and bool(text), formula=at in self.formulas)


def table(grid: Grid, vocabulary: Vocabulary, *, file: Path) -> TextTable:
    """The deployment table of a grid, without sections where no headings are known.

    Raises
    ------
    InputError
        A row has figures beyond the last heading: its cells do not line up with the headings.
    """
    sections: list[tuple[tuple[Column, ...], list[TextRow]]] = []
    other: list[str] = []
    unread: list[str] = []
    i = 0
    while i < len(grid.rows):
        row = grid.rows[i]
        figures = any(is_figure(text) or is_date(text) for text in row)
        if not any(text.strip() for text in row):
            pass
        elif not is_data(row) and (found := _headings_from(grid, i, vocabulary)) and found[0] == 0:
            if not sections or sections[-1][0] != found[2]:
                sections.append((found[2], []))
            i += found[1]
        elif sections and figures:
            columns, rows = sections[-1]
            _check_width(row, columns, file=file, number=sum(len(r) for _, r in sections) + 1)
            rows.append(TextRow(tuple(grid.cell(i, c) for c in range(len(columns)))))
        elif sections:
            unread.append(" | ".join(text for text in row if text.strip()))
        else:
            (unread if is_data(row) else other).append(" | ".join(row))
        i += 1
    headed = tuple(Section(columns, tuple(rows)) for columns, rows in sections)
    return TextTable(headed, "\n".join([*other, *unread]), tuple(unread))


def _check_width(row: Sequence[str], columns: Sequence[Column], *, file: Path, number: int) -> None:
    beyond = [text for text in row[len(columns) :] if text.strip()]
    if beyond:
        raise InputError(
            "more cells than headings: the row does not line up with its columns",
            file=file,
            row=number,
            got=beyond[0],
            allowed=f"{len(columns)} cells",
        )


def _headings_from(
    grid: Grid, first: int, vocabulary: Vocabulary
) -> tuple[int, int, tuple[Column, ...]] | None:
    ahead = grid.rows[first : first + 2 * HEADING_ROWS]
    rows = next((i for i, row in enumerate(ahead) if is_data(row)), len(ahead))
    return find(rows, lambda i, j: _columns(grid.rows[first + i : first + j + 1], vocabulary))


def _columns(rows: Sequence[Sequence[str]], vocabulary: Vocabulary) -> tuple[Column, ...]:
    """Columns as headed by these rows; an empty cell above a heading takes the text to its left."""
    width = max(
        (i for row in rows for i, text in enumerate(row, start=1) if text.strip()), default=0
    )
    columns = []
    left = [""] * len(rows)
    for c in range(width):
        own = [row[c].strip() if c < len(row) else "" for row in rows]
        starts = next((i for i, text in enumerate(own) if text), len(own))
        left = [text or before for text, before in zip(own, left, strict=True)]
        above = [text for text in left[:starts] if text] if starts < len(own) else []
        columns.append(vocabulary.column(above, " ".join(filter(None, own))))
    return tuple(columns)


def limited(rows: int, columns: int, *, file: Path | None = None) -> None:
    """Refuse a grid above the limits.

    Raises
    ------
    InputError
        Too many rows, columns or cells.
    """
    for what, got, most in (
        ("rows", rows, limits.MAX_ROWS),
        ("columns", columns, limits.MAX_COLUMNS),
        ("cells", rows * columns, limits.MAX_CELLS),
    ):
        if got > most:
            raise InputError(f"too many {what}", file=file, allowed=f"at most {most:,} {what}")
