"""What followed an alert, a month at a time: arrests, other disposals, no action."""

from collections.abc import Mapping, Sequence
from typing import Any

from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.stacked_months import Part, stacked_months
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, config

PARTS = (
    Part("arrests", "Arrests", "blue"),
    Part("other_disposals", "Other disposals", "pale"),
    Part("no_action", "No action", "grey"),
)
"""What the counts of a month are made of."""


def outcomes(
    counts_by_month: Mapping[str, Mapping[str, int]], *, force: str, notes: Sequence[str] = ()
) -> Figure:
    """Bars of outcomes by month, stacked where the record prints usable columns.

    Parameters
    ----------
    counts_by_month : Mapping of str to Mapping of str to int
        ``YYYY-MM`` in order of time, to the count of each key of ``PARTS``; 0 where a column
        is not printed or cannot be used.
    force : str
        Whose record it is.
    notes : sequence of str
        Where the columns are not usable, and why.
    """
    first, last = next(iter(counts_by_month)), list(counts_by_month)[-1]
    arrests = sum(counts["arrests"] for counts in counts_by_month.values())
    return Figure(
        figure_id="outcomes",
        title="What followed: arrests and other outcomes",
        description=(
            f"Stacked bar chart by month, {label(force)}, {first} to {last}: {arrests:,} "
            "arrests; other disposals and no action only in the months for which usable "
            "columns are published."
        ),
        specs={
            "wide": _chart(counts_by_month, width=WIDE_PX),
            "narrow": _chart(counts_by_month, width=NARROW_PX),
        },
        table=Table(
            columns=(Column("Month"), *(Column(p.name, number=True) for p in PARTS)),
            rows=tuple((m, *(c[p.key] for p in PARTS)) for m, c in counts_by_month.items()),
        ),
        notes=tuple(notes),
    )


def _chart(counts_by_month: Mapping[str, Mapping[str, int]], *, width: int) -> dict[str, Any]:
    chart = stacked_months(
        counts_by_month, PARTS, title="Outcomes in the month", width=width, height=200, legend=True
    )
    spec: dict[str, Any] = chart.configure(**config()).to_dict()
    return spec
