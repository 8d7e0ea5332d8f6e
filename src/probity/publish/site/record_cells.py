"""The figures of one row with where each comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from probity.core import Source
from probity.publish.figures.figure import Cell
from probity.publish.iso_days import with_days_in_words
from probity.publish.site.shown_rows import ShownRow

_FIGURES: Mapping[str, str] = {
    "date_start": "First day",
    "date_end": "Last day",
    "force": "Operator",
    "place": "Place",
    "borough": "Borough",
    "duration_minutes": "Minutes",
    "use_case": "Use case",
    "watchlist_size": "On the watchlist",
    "threshold": "Threshold",
    "faces_seen": "Faces seen",
    "alerts": "Alerts",
    "true_alerts": "True alerts",
    "true_confirmed": "– confirmed",
    "true_unconfirmed": "– unconfirmed",
    "false_alerts": "False alerts",
    "false_confirmed": "– confirmed false",
    "false_unconfirmed": "– unconfirmed false",
    "engagements": "Engagements",
    "true_engagements": "– after a true alert",
    "false_engagements": "– after a false alert",
    "arrests": "Arrests",
    "other_disposals": "Other disposals",
    "no_action": "No action",
    "printed_false_alert_rate": "False alert rate as printed, in %",
}
_ALWAYS = frozenset({"watchlist_size", "faces_seen", "alerts", "true_alerts", "false_alerts"})
_ALWAYS |= {"arrests", "duration_minutes"}
"""Shown as "not stated" where a row lacks them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCell:
    """One figure of a row: its name, its value, and the document that it was read in.

    ``printed`` is the cell's text where it was kept; ``doubt`` says what is doubtful about it.
    """

    name: str
    value: Cell
    source: Source
    printed: str
    doubt: str


def cells(row: ShownRow) -> tuple[FigureCell, ...]:
    """The figures of a row, in the order of the deployment."""
    doubts = {doubt.column: doubt.message for doubt in row.doubts}
    found = []
    for column, name in _FIGURES.items():
        value = getattr(row.deployment, column)
        if value is None and column not in _ALWAYS:
            continue
        found.append(
            FigureCell(
                name=name,
                value=_in_words(column, value),
                source=row.source,
                printed=row.deployment.printed.get(column, ""),
                doubt=doubts.get(column, ""),
            )
        )
    return tuple(found)


def _in_words(column: str, value: str | int | Decimal | None) -> Cell:
    """A date as a reader writes it; a decimal with the digits that were printed."""
    if isinstance(value, str):
        return with_days_in_words(value) if column in {"date_start", "date_end"} else value
    return str(value) if isinstance(value, Decimal) else value
