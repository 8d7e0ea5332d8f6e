"""Alerts a month by how the operator judged them, and the false ones on their own scale."""

from collections.abc import Mapping, Sequence
from typing import Any

from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.stacked_months import Part, stacked_months
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, config

FALSE = Part("false_alerts", "False", "orange")
PARTS = (
    Part("true_confirmed", "True, confirmed", "blue"),
    Part("true_unconfirmed", "True, unconfirmed", "pale"),
    Part("not_split", "Not false, not split", "grey"),
    FALSE,
)
"""What the counts of a month are made of. ``not_split`` are alerts of rows that do not say
whether a true alert was confirmed."""


def alerts(
    counts_by_month: Mapping[str, Mapping[str, int]], *, force: str, notes: Sequence[str] = ()
) -> Figure:
    """Two panels: all alerts stacked by how they were judged, and false alerts alone.

    Parameters
    ----------
    counts_by_month : Mapping of str to Mapping of str to int
        ``YYYY-MM`` in order of time, to the count of each key of ``PARTS``.
    force : str
        Whose record it is.
    notes : sequence of str
        What a reader must know before trusting the picture.
    """
    first, last = next(iter(counts_by_month)), list(counts_by_month)[-1]
    false = sum(counts[FALSE.key] for counts in counts_by_month.values())
    every = sum(sum(counts[p.key] for p in PARTS) for counts in counts_by_month.values())
    return Figure(
        figure_id="alerts",
        title="What the system raised: alerts, as the operator judged them",
        description=(
            f"Two bar charts by month, {label(force)}, {first} to {last}: {every:,} alerts "
            f"stacked by how the operator judged them, and the {false:,} false ones alone."
        ),
        specs={
            "wide": _panels(counts_by_month, width=WIDE_PX),
            "narrow": _panels(counts_by_month, width=NARROW_PX),
        },
        table=Table(
            columns=(Column("Month"), *(Column(p.name, number=True) for p in PARTS)),
            rows=tuple((m, *(c[p.key] for p in PARTS)) for m, c in counts_by_month.items()),
        ),
        notes=tuple(notes),
    )


def _panels(counts_by_month: Mapping[str, Mapping[str, int]], *, width: int) -> dict[str, Any]:
    import altair as alt

    every = stacked_months(
        counts_by_month, PARTS, title="Alerts in the month", width=width, height=200, legend=True
    )
    false = stacked_months(
        counts_by_month,
        (FALSE,),
        title="False alerts alone, on their own scale",
        width=width,
        height=70,
        legend=False,
    )
    chart = (
        alt.vconcat(every, false, spacing=24)
        .resolve_scale(color="independent")
        .configure(**config())
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec
