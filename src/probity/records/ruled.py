"""Tables from what is printed on a page: ruling lines make cells, characters fill them.

Geometry only, in points from the top left corner; nothing here knows what a cell means.
A *block* is a set of ruling lines that touch one another. Lines across (nearly) the whole block
cut it into *bands*, upright lines cut a band into cells. A table printed with its headings
apart makes two blocks.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from probity.core import InputError
from probity.records import limits
from probity.records.printed import Glyph, text_of

THIN = 1.5
"""A line is thinner than this, in points; two lines nearer than this are one."""
TOUCH = 2.0
"""Lines nearer than this meet; Word draws a line in pieces with such gaps."""
ROW_SHARE = 0.6
"""A line cuts a block into bands where it covers this share of the width. The line under a
grouped heading covers less; one interrupted by a cell merged downwards covers more."""
CELL_SHARE = 0.6
"""An upright line cuts a band where it covers this share of the band's height."""
MIN_BAND = 3.0
"""A lower band holds no line of text: it is the gap of a double line."""


class Line(NamedTuple):
    """A ruling line: where it lies (y if level, x if upright), and from where to where."""

    at: float
    start: float
    end: float

    def covers(self, start: float, end: float) -> float:
        """Length of the stretch from ``start`` to ``end`` that this line covers."""
        return max(0.0, min(self.end, end) - max(self.start, start))


class Span(NamedTuple):
    """A stretch from left to right."""

    x0: float
    x1: float

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return (self.x0 + self.x1) / 2

    def overlap(self, other: "Span") -> float:
        """Length in common with another stretch; 0 where they are apart."""
        return max(0.0, min(self.x1, other.x1) - max(self.x0, other.x0))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: where it lies, and its text with a line feed between lines.

    A cell merged over several bands stands in each of them with its whole text, ``merged``.
    """

    span: Span
    text: str
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """One row of cells, from left to right."""

    top: float
    bottom: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A ruled table or a part of one; ``columns`` are the stretches of its finest division."""

    columns: tuple[Span, ...]
    bands: tuple[Band, ...]
    upright: tuple[Line, ...]
    glyphs: tuple[Glyph, ...]


def blocks_and_rest(marks: dict[str, Any]) -> tuple[list[Block], str]:
    """The blocks on one page of ``pdf_marks.marks`` from top to bottom; the text outside them.

    Raises
    ------
    InputError
        More ruling lines than any table needs.
    """
    glyphs = [Glyph(*g) for g in marks["glyphs"]]
    level, upright = _lines(marks["rules"])
    if len(level) + len(upright) > limits.MAX_PAGE_LINES:
        raise InputError(
            f"page {marks['number']} has too many ruling lines",
            allowed=f"at most {limits.MAX_PAGE_LINES}",
        )
    blocks = []
    for block_level, block_upright in _touching(level, upright):
        inside, glyphs = _inside(glyphs, block_level, block_upright)
        blocks.append(_block(block_level, block_upright, inside))
    return blocks, text_of(glyphs)


def _lines(rules: Iterable[Sequence[float]]) -> tuple[list[Line], list[Line]]:
    level, upright = [], []
    for x0, top, x1, bottom in rules:
        if x1 - x0 >= THIN and x1 - x0 >= bottom - top:
            level.append(Line((top + bottom) / 2, x0, x1))
        elif bottom - top >= THIN:
            upright.append(Line((x0 + x1) / 2, top, bottom))
    return _joined(level), _joined(upright)


def _joined(lines: list[Line]) -> list[Line]:
    """Lines in one direction, with the pieces of each put together."""
    joined: list[Line] = []
    for group in _near(lines):
        at = sum(line.at for line in group) / len(group)
        start, end = group[0].start, group[0].end
        for line in sorted(group, key=lambda line: line.start):
            if line.start > end + TOUCH:
                joined.append(Line(at, start, end))
                start, end = line.start, line.end
            start, end = min(start, line.start), max(end, line.end)
        joined.append(Line(at, start, end))
    return joined


def _near(lines: list[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in sorted(lines):
        if groups and line.at - groups[-1][0].at < THIN:
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups:
        group.sort(key=lambda line: line.start)
    return groups


def _touching(level: list[Line], upright: list[Line]) -> list[tuple[list[Line], list[Line]]]:
    """Sets of lines that touch one another, from top to bottom; lone lines are left out."""
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, across in enumerate(level):
        for j, down in enumerate(upright, start=len(level)):
            if (
                across.start - TOUCH <= down.at <= across.end + TOUCH
                and down.start - TOUCH <= across.at <= down.end + TOUCH
            ):
                parent[root(i)] = root(j)
    sets: dict[int, tuple[list[Line], list[Line]]] = {}
    for i, line in enumerate([*level, *upright]):
        sets.setdefault(root(i), ([], []))[i >= len(level)].append(line)
    tables = [(a, d) for a, d in sets.values() if len(d) > 1 and a]
    return sorted(tables, key=lambda table: min(line.start for line in table[1]))


def _inside(
    glyphs: list[Glyph], level: list[Line], upright: list[Line]
) -> tuple[list[Glyph], list[Glyph]]:
    top, bottom, x0, x1 = _box(level, upright)
    inside: list[Glyph] = []
    outside: list[Glyph] = []
    for g in glyphs:
        within = x0 <= (g.x0 + g.x1) / 2 <= x1 and top <= (g.top + g.bottom) / 2 <= bottom
        (inside if within else outside).append(g)
    return inside, outside


def _box(level: list[Line], upright: list[Line]) -> tuple[float, float, float, float]:
    """Top, bottom, left and right of a block."""
    return (
        min(*(line.at for line in level), *(line.start for line in upright)),
        max(*(line.at for line in level), *(line.end for line in upright)),
        min(*(line.at for line in upright), *(line.start for line in level)),
        max(*(line.at for line in upright), *(line.end for line in level)),
    )


def _block(level: list[Line], upright: list[Line], glyphs: list[Glyph]) -> Block:
    top, bottom, x0, x1 = _box(level, upright)
    cuts = [
        at
        for at, across in _by_place(level).items()
        if sum(line.end - line.start for line in across) >= ROW_SHARE * (x1 - x0)
    ]
    edges = _apart([top, *cuts, bottom], MIN_BAND)
    downs = _by_place(upright)
    divisions = [_division(downs, a, b, x0, x1) for a, b in pairwise(edges)]
    bands = _filled(edges, divisions, level, glyphs)
    # A grouped heading standing alone is divided at its foot only.
    foot = _apart([x0, *(d.at for d in upright if d.end >= bottom - TOUCH), x1], TOUCH)
    finest = max([*divisions, [Span(a, b) for a, b in pairwise(foot)]], key=len)
    return Block(tuple(finest), tuple(bands), tuple(upright), tuple(glyphs))


def _by_place(lines: list[Line]) -> dict[float, list[Line]]:
    places: dict[float, list[Line]] = {}
    for line in lines:
        places.setdefault(line.at, []).append(line)
    return places


def _apart(values: list[float], least: float) -> list[float]:
    """Sorted, without those nearer than ``least`` to the one before."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] >= least:
            kept.append(value)
    return kept


def _division(
    downs: dict[float, list[Line]], top: float, bottom: float, x0: float, x1: float
) -> list[Span]:
    """The cells' stretches in the band from ``top`` to ``bottom``."""
    cuts = [
        at
        for at, lines in downs.items()
        if sum(line.covers(top, bottom) for line in lines) >= CELL_SHARE * (bottom - top)
    ]
    return [Span(a, b) for a, b in pairwise(_apart([x0, *cuts, x1], TOUCH))]


def _filled(
    edges: list[float], divisions: list[list[Span]], level: list[Line], glyphs: list[Glyph]
) -> list[Band]:
    """Bands with each character in the cell its middle lies in."""
    held: list[list[list[Glyph]]] = [[[] for _ in spans] for spans in divisions]
    starts = [[span.x0 for span in spans] for spans in divisions]
    for g in glyphs:
        band = bisect_right(edges, (g.top + g.bottom) / 2) - 1
        if 0 <= band < len(divisions):
            cell = bisect_right(starts[band], (g.x0 + g.x1) / 2) - 1
            held[band][max(cell, 0)].append(g)
    at_edge = [[line for line in level if abs(line.at - y) < THIN] for y in edges]
    bands = []
    for i, (a, b) in enumerate(pairwise(edges)):
        cells = []
        for span, inside in zip(divisions[i], held[i], strict=True):
            first, last = i, i
            while first > 0 and _open(at_edge[first], span, divisions[first - 1]):
                first -= 1
            while last + 1 < len(divisions) and _open(at_edge[last + 1], span, divisions[last + 1]):
                last += 1
            if first == last:
                cells.append(Cell(span, text_of(inside)))
            else:
                whole = [
                    g
                    for band in range(first, last + 1)
                    for g in held[band][_same(divisions[band], span)]
                ]
                cells.append(Cell(span, text_of(whole), merged=True))
        bands.append(Band(a, b, tuple(cells)))
    return bands


def _open(lines: list[Line], span: Span, beyond: list[Span]) -> bool:
    """Whether the cell goes on past an edge: no line closes it, and it has the same sides."""
    closed = sum(line.covers(*span) for line in lines) >= (span.x1 - span.x0) / 2
    return not closed and _same(beyond, span) >= 0


def _same(spans: list[Span], span: Span) -> int:
    """Index of the cell with the same sides; -1 where there is none."""
    for i, other in enumerate(spans):
        if abs(other.x0 - span.x0) < TOUCH and abs(other.x1 - span.x1) < TOUCH:
            return i
    return -1
