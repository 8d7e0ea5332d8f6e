"""A section of a page of test results: what to know, its tables and its figures."""

from dataclasses import dataclass

from probity.publish.figures.figure import Figure, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table that stands open on the page; ``table_id`` names its download."""

    table_id: str
    caption: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``anchor`` is its fragment, unique on the page; ``short`` its entry in the contents.

    Small figures may stand ``side_by_side`` where there is room.
    """

    anchor: str
    heading: str
    short: str
    reading: tuple[str, ...]
    tables: tuple[ShownTable, ...] = ()
    figures: tuple[Figure, ...] = ()
    side_by_side: bool = False
