"""A figure: what it shows in words, its drawings, and the data behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from probity.core.errors import printable

Cell = str | int | float | None
"""One cell of a data table; None is "not stated"."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a data table: its heading, and whether it holds numbers."""

    heading: str
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The data a figure draws. Every row has one cell per column; the first names the row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart ready to be drawn.

    Attributes
    ----------
    figure_id : str
        Unique on the page; starts every id inside its drawings.
    title : str
        What the figure is about, as a heading.
    description : str
        What it shows, in words: the text alternative, without what the table already says.
    specs : Mapping of str to dict
        Vega-Lite specifications by the space they are made for: ``wide`` and ``narrow``, or
        ``any`` alone where one drawing serves both.
    table : Table
        The data.
    notes : tuple of str
        What a reader must know before trusting the picture; shown under it.
    """

    figure_id: str
    title: str
    description: str
    specs: Mapping[str, dict[str, Any]]
    table: Table
    notes: tuple[str, ...] = ()


def label(text: str, *, limit: int = 60) -> str:
    """A name out of a record or a claims file, fit for a drawing: printable and short."""
    return printable(text, limit=limit)
