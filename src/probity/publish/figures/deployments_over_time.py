"""How often the cameras were deployed: deployments a month."""

from collections.abc import Mapping, Sequence
from typing import Any

from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light
from probity.publish.figures.time_axis import months


def deployments_over_time(
    deployments_by_month: Mapping[str, int], *, force: str, notes: Sequence[str] = ()
) -> Figure:
    """Bars of deployments by month.

    Parameters
    ----------
    deployments_by_month : Mapping of str to int
        ``YYYY-MM`` to deployments, in order of time. A month left out had none in the record.
    force : str
        Whose record it is.
    notes : sequence of str
        What a reader must know before trusting the picture.
    """
    first, last = next(iter(deployments_by_month)), list(deployments_by_month)[-1]
    total = sum(deployments_by_month.values())
    return Figure(
        figure_id="deployments-over-time",
        title="How often: deployments a month",
        description=(
            f"Bar chart of deployments a month by {force}, {first} to {last}, "
            f"{total:,} deployments in all."
        ),
        specs={
            "wide": _chart(deployments_by_month, width=WIDE_PX, height=230),
            "narrow": _chart(deployments_by_month, width=NARROW_PX, height=200),
        },
        table=Table(
            columns=(Column("Month"), Column("Deployments", number=True)),
            rows=tuple(deployments_by_month.items()),
        ),
        notes=tuple(notes),
    )


def _chart(deployments_by_month: Mapping[str, int], *, width: int, height: int) -> dict[str, Any]:
    import altair as alt

    first, last = next(iter(deployments_by_month)), list(deployments_by_month)[-1]
    rows = [{"month": f"{m}-01", "deployments": n} for m, n in deployments_by_month.items()]
    count_axis = alt.Axis(tickCount=5, tickMinStep=1, format=",d")
    chart = (
        alt.Chart(alt.InlineData(values=rows), title="Deployments in the month")
        .mark_bar(color=light("blue"))
        .encode(
            x=months("month", first=f"{first}-01", last=f"{last}-01"),
            y=alt.Y("deployments:Q", title=None, axis=count_axis),
        )
    )
    return finished(chart, width=width, height=height)
