"""One row of a published deployment record, the record it stands in, and doubts about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

from probity.core import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment as its operator published it.

    Field names are those of the bundled ``deployments.csv``. None means that the source does
    not say; 0 means that it prints zero. ``printed`` keeps each cell's text unchanged.

    Attributes
    ----------
    record_id : str
        Key of the row: unique within a record, stable when the same file is read again.
    date_start, date_end : str or None
        ISO date as printed: ``YYYY-MM-DD``, or ``YYYY-MM`` or ``YYYY`` where only that is known.
    duration_minutes : int or None
        Printed duration, in minutes.
    threshold : Decimal or None
        Score at or above which the system alerts; the vendor's scale.
    faces_seen : int or None
        The operator's estimate of detections in the zone. Detections, not people.
    alerts : int or None
        Alerts raised by the system.
    true_alerts, false_alerts : int or None
        As adjudicated by the operator: confirmed + unconfirmed where both are printed.
    engagements, true_engagements, false_engagements : int or None
        People spoken to after an alert, and how many of them after a true and a false alert.
    arrests : int or None
        Arrests; in some layouts "arrests or disposals" (see the record's column headings).
    printed_false_alert_rate : Decimal or None
        As printed, in percent.
    row : int
        Row of the source's table, counting from 1 without the headings; part of the key, since
        several rows can share a date and a place.
    page : int or None
        Page of the document, counting from 1.
    printed : Mapping of str to str
        Column name to the cell's text, unchanged but for line breaks within a cell.
    """

    record_id: str
    force: str
    date_start: str | None
    date_end: str | None
    place: str
    borough: str | None = None
    duration_minutes: int | None = None
    use_case: str | None = None
    watchlist_size: int | None = None
    threshold: Decimal | None = None
    faces_seen: int | None = None
    alerts: int | None = None
    true_confirmed: int | None = None
    true_unconfirmed: int | None = None
    false_confirmed: int | None = None
    false_unconfirmed: int | None = None
    true_alerts: int | None = None
    false_alerts: int | None = None
    engagements: int | None = None
    true_engagements: int | None = None
    false_engagements: int | None = None
    arrests: int | None = None
    other_disposals: int | None = None
    no_action: int | None = None
    printed_false_alert_rate: Decimal | None = None
    source_id: str
    confidence: str = "primary"
    note: str = ""
    row: int
    page: int | None = None
    printed: Mapping[str, str] = field(default_factory=dict, repr=False)


COUNT_COLUMNS: tuple[str, ...] = (
    "faces_seen",
    "alerts",
    "true_confirmed",
    "true_unconfirmed",
    "false_confirmed",
    "false_unconfirmed",
    "true_alerts",
    "false_alerts",
    "engagements",
    "true_engagements",
    "false_engagements",
    "arrests",
    "other_disposals",
    "no_action",
    "watchlist_size",
    "duration_minutes",
)
"""Whole-number columns that can be summed over the deployments of one source."""

COLUMNS: tuple[str, ...] = tuple(
    f.name for f in fields(Deployment) if f.name not in {"row", "page", "printed"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A doubtful cell or row. Nothing is silently repaired: ``done`` says what became of it.

    ``row`` is None for a doubt about a whole column or file; ``column`` is None for one about a
    whole row. ``kind`` is one word of a closed list (see ``records.check``).
    """

    row: int | None
    column: str | None
    kind: str
    got: str
    message: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A published record as read: its deployments in the order printed, and every doubt.

    ``layout`` names the layout found; ``headings`` maps our column name to the heading as
    printed (the last wording, where a heading is printed again in other words).
    """

    source: Source
    layout: str
    headings: Mapping[str, str]
    deployments: tuple[Deployment, ...]
    problems: tuple[Problem, ...]


def total(deployments: tuple[Deployment, ...], column: str) -> int | None:
    """Sum of one column of ``COUNT_COLUMNS``; None where no row has a number in it."""
    values = [v for d in deployments if (v := getattr(d, column)) is not None]
    return sum(values) if values else None
