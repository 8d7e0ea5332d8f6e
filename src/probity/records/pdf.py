"""Deployment tables in a PDF, found by their headings and ruling lines.

Nothing depends on page or row numbers. Headings stay in force until others are printed, within
a table or as a table of their own, and columns are matched to them from left to right by where
they stand. A band with text but no figures goes on with the row before it, over a page break as
well. Tables of purposes and use cases have neither dates nor counts and are passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from probity.records.figures import is_data
from probity.records.headings import HEADING_ROWS, Column, Vocabulary, find, known
from probity.records.printed import Word, lines, words
from probity.records.ruled import Band, Block, Span, blocks_and_rest
from probity.records.table import Section, TextCell, TextRow, TextTable


def table(pages: Sequence[dict[str, Any]], vocabulary: Vocabulary) -> TextTable:
    """The deployment table on the pages of ``pdf_marks.marks``."""
    reading = _Reading(vocabulary)
    for marks in pages:
        blocks, rest = blocks_and_rest(marks)
        reading.other.append(rest)
        for block in blocks:
            reading.take(block, marks["number"])
    return TextTable(
        tuple(Section(s.columns, tuple(s.rows)) for s in reading.sections),
        "\n".join(reading.other),
        tuple(reading.unread),
    )


@dataclass(slots=True)
class _Open:
    """A section being read: its columns, where its headings stand, its rows so far."""

    columns: tuple[Column, ...]
    spans: tuple[Span, ...]
    rows: list[TextRow] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """What has been read of the document so far. The last section's headings are in force."""

    vocabulary: Vocabulary
    sections: list[_Open] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def take(self, block: Block, page: int) -> None:
        """Read one block: headings, rows under the headings in force, or neither."""
        places = self._places(block)
        i = 0
        while i < len(block.bands):
            band = block.bands[i]
            if is_data([cell.text for cell in band.cells]):
                if places:
                    self.sections[-1].rows.append(self._row(block, band, places, page))
                else:
                    self.unread.append(f"page {page}: {_shown(band)}")
            elif (found := headings_from(block, i, self.vocabulary)) and found[0] == 0:
                self._head(found[2], block.columns)
                places = self._places(block)
                i += found[1]
            elif places and _is_foreign(block, band):
                # Headings of another table: the ones in force do not hold for its rows.
                places = {}
            elif places:
                self._go_on(self._row(block, band, places, page), len(block.columns))
            i += 1

    def _head(self, columns: tuple[Column, ...], spans: tuple[Span, ...]) -> None:
        if self.sections and self.sections[-1].columns == columns:
            self.sections[-1].spans = spans
        else:
            self.sections.append(_Open(columns, spans))

    def _places(self, block: Block) -> dict[int, int]:
        """Column of the block to column of the headings in force; empty where they do not fit."""
        return matched(block.columns, self.sections[-1].spans) if self.sections else {}

    def _row(self, block: Block, band: Band, places: dict[int, int], page: int) -> TextRow:
        cells = [TextCell("")] * len(self.sections[-1].columns)
        for cell in band.cells:
            under = [
                places[i]
                for i, span in enumerate(block.columns)
                if i in places and cell.span.x0 < span.middle < cell.span.x1
            ]
            for place in under:
                merged = bool(cell.text) and (cell.merged or len(under) > 1)
                cells[place] = TextCell(cell.text, merged=merged)
        return TextRow(tuple(cells), page)

    def _go_on(self, row: TextRow, columns: int) -> None:
        """Join a band without figures to the row before it; a caption is no part of a row."""
        rows = self.sections[-1].rows
        printed = [cell for cell in row.cells if cell.text]
        if sum(cell.merged for cell in printed) > columns / 2:
            self.other.append(printed[0].text)
        elif printed and rows:
            rows[-1] = replace(
                rows[-1],
                cells=tuple(
                    TextCell(f"{a.text}\n{b.text}".strip(), merged=a.merged, joined=True)
                    if b.text
                    else a
                    for a, b in zip(rows[-1].cells, row.cells, strict=True)
                ),
            )


def _shown(band: Band) -> str:
    return " | ".join(" ".join(cell.text.split()) for cell in band.cells)


def _is_foreign(block: Block, band: Band) -> bool:
    """Whether a band looks like headings, with words in most columns, that nobody recognised."""
    return sum(bool(cell.text) for cell in band.cells) > len(block.columns) / 2


def matched(columns: Sequence[Span], headings: Sequence[Span]) -> dict[int, int]:
    """Index of each column to that of its heading; empty where most headings find no column.

    From left to right where there are as many of both and each pair overlaps, since headings
    printed apart stand out of line by up to a third of a column; else by the largest overlap.
    """
    if len(columns) == len(headings) and all(map(Span.overlap, columns, headings)):
        return {i: i for i in range(len(columns))}
    best: dict[int, tuple[float, int]] = {}
    for i, column in enumerate(columns):
        overlap, j = max((column.overlap(span), j) for j, span in enumerate(headings))
        if overlap > best.get(j, (0.0, -1))[0]:
            best[j] = (overlap, i)
    if len(best) <= len(headings) / 2:
        return {}
    return {i: j for j, (_, i) in best.items()}


def headings_from(
    block: Block, first: int, vocabulary: Vocabulary
) -> tuple[int, int, tuple[Column, ...]] | None:
    """Headings between a band and the next row of figures (see ``headings.find``)."""
    bands = block.bands[first : first + 2 * HEADING_ROWS]
    texts = ([cell.text for cell in band.cells] for band in bands)
    rows = next((i for i, row in enumerate(texts) if is_data(row)), len(bands))
    return find(rows, lambda i, j: _columns(block, bands[i].top, bands[j].bottom, vocabulary))


def _columns(block: Block, top: float, bottom: float, vocabulary: Vocabulary) -> tuple[Column, ...]:
    """The block's columns as headed by the words between ``top`` and ``bottom``.

    A stretch without an upright line in it heads one column or, as a group, several. Where the
    words of several columns share a stretch ("Confirmed  Unconfirmed" under "True Alerts"),
    they are told apart by trying: the division under which most columns are recognised is
    the one meant.
    """
    groups: list[tuple[str, ...]] = [()] * len(block.columns)
    own = [""] * len(block.columns)
    for stretch, inside in _by_stretch(block, top, bottom):
        printed = lines(inside)
        best = -1
        for n in range(len(printed), -1, -1) if len(stretch) > 1 else (0,):
            above = tuple(_text(line) for line in printed[:n])
            under = _by_column(block, stretch, printed[n:])
            tried = {i: ((*above, *groups[i]), f"{under[i]} {own[i]}".strip()) for i in stretch}
            recognised = known(vocabulary.column(*words) for words in tried.values())
            if recognised > best:
                best, chosen = recognised, tried
        for i, (above, text) in chosen.items():
            groups[i], own[i] = above, text
    return tuple(map(vocabulary.column, groups, own))


def _by_stretch(
    block: Block, top: float, bottom: float
) -> list[tuple[tuple[int, ...], list[Word]]]:
    """Words by the columns that lie between the upright lines beside them, narrow ones first."""
    within = [g for g in block.glyphs if top <= (g.top + g.bottom) / 2 < bottom]
    found: dict[tuple[int, ...], list[Word]] = {}
    for word in words(within):
        x, y = word.middle
        beside = [line.at for line in block.upright if line.start <= y <= line.end]
        left = max((at for at in beside if at <= x), default=block.columns[0].x0)
        right = min((at for at in beside if at > x), default=block.columns[-1].x1)
        under = tuple(i for i, span in enumerate(block.columns) if left < span.middle < right)
        if under:
            found.setdefault(under, []).append(word)
    return sorted(found.items(), key=lambda item: len(item[0]))


def _by_column(block: Block, stretch: tuple[int, ...], printed: list[list[Word]]) -> dict[int, str]:
    """Words by the nearest column of the stretch."""
    under: dict[int, list[Word]] = {i: [] for i in stretch}
    for word in (word for line in printed for word in line):
        nearest = min(stretch, key=lambda i: abs(block.columns[i].middle - word.middle[0]))
        under[nearest].append(word)
    return {i: _text(found) for i, found in under.items()}


def _text(line: list[Word]) -> str:
    return " ".join(word.text for word in line)
