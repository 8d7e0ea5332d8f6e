"""One rate by group: a dot and its interval each, the naive interval beside that on people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from probity.claims import words
from probity.core import Rate, Undefined
from probity.publish.figures.figure import Cell, Column, Figure, Table, label
from probity.publish.figures.interval_plot import IntervalRow, interval_plot
from probity.publish.figures.rate_cells import RATE_COLUMNS, rate_cells

MOST_DRAWN = 12
"""Groups in the drawing; the table holds every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMeasured:
    """A group's rate. ``naive`` stands beside it where it was taken as well; ``parts`` says that
    the naive interval claims too much."""

    group: str
    rate: Rate | Undefined
    naive: Rate | Undefined | None = None
    parts: bool = False


def group_intervals(
    groups: Sequence[GroupMeasured],
    *,
    figure_id: str,
    rate_name: str,
    title: str,
    notes: Sequence[str] = (),
) -> Figure | None:
    """Dots and intervals on one axis; None where no group has a value.

    Parameters
    ----------
    groups : sequence of GroupMeasured
        In the order to be drawn.
    figure_id, title, notes
        As in ``Figure``.
    rate_name : str
        "FMR", with what it is counted out of in the notes.
    """
    drawn = groups[:MOST_DRAWN]
    rows = [row for group in drawn for row in _rows(group)]
    if not rows:
        return None
    told = list(notes)
    if len(groups) > len(drawn):
        told.append(f"The first {len(drawn)} of {len(groups)} groups are drawn; the table has all.")
    told += [
        f"{label(group.group)}: no value, {group.rate.reason}."
        for group in drawn
        if isinstance(group.rate, Undefined)
    ]
    has_naive = any(group.naive is not None for group in groups)
    columns = [Column("Group"), *RATE_COLUMNS]
    if has_naive:
        columns += [
            Column("Naive lower", number=True),
            Column("Naive upper", number=True),
            Column("Naive too narrow"),
        ]
    figure = interval_plot(
        rows,
        figure_id=figure_id,
        title=title,
        description=(
            f"Dots with intervals of the {rate_name} of {len(drawn)} groups"
            + (", each with its naive interval in grey." if has_naive else ".")
        ),
        unit="proportion",
        claimed=None,
        table=Table(
            columns=tuple(columns),
            rows=tuple(_cells(group, has_naive=has_naive) for group in groups),
        ),
    )
    return replace(figure, notes=tuple(told))


def _rows(group: GroupMeasured) -> list[IntervalRow]:
    """The interval over people in blue; the naive one in grey, where it says something else."""
    found = []
    if isinstance(group.rate, Rate):
        found.append(_row(group.group, group.rate, tested=True))
    if isinstance(group.naive, Rate) and (group.parts or not found):
        said = "naive interval, too narrow" if found else "naive interval only"
        found.append(_row(f"{label(group.group)}: {said}", group.naive, tested=False))
    return found


def _row(name: str, rate: Rate, *, tested: bool) -> IntervalRow:
    bounds = words.bounds(rate.low, rate.high, value=rate.value, unit="share")
    return IntervalRow(
        words=label(name, limit=100) or " ",
        value=rate.value,
        low=rate.low,
        high=rate.high,
        value_words=f"{words.share(rate.value)} ({words.count(rate.count)}); {bounds}",
        tested=tested,
    )


def _cells(group: GroupMeasured, *, has_naive: bool) -> tuple[Cell, ...]:
    cells: tuple[Cell, ...] = (label(group.group, limit=200), *rate_cells(group.rate))
    if not has_naive:
        return cells
    if not isinstance(group.naive, Rate):
        return (*cells, "undefined", "undefined", "")
    return (*cells, group.naive.low, group.naive.high, "yes" if group.parts else "no")
