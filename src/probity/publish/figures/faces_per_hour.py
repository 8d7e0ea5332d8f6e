"""Faces seen per hour of deployment, and the days on which the count changed meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from probity.publish.figures.figure import Column, Figure, Table, label
from probity.publish.figures.theme import NARROW_PX, WIDE_PX, finished, light
from probity.publish.figures.time_axis import days


@dataclass(frozen=True, slots=True)
class FacesPerHour:
    """One deployment: ISO day, place, faces seen, minutes, and the two divided."""

    day: str
    place: str
    faces_seen: int
    duration_minutes: int
    faces_per_hour: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which the count is of one kind.

    ``faces_per_hour`` is over all its deployments; ``first`` and ``last`` are ISO days.
    """

    first: str
    last: str
    faces_per_hour: float
    deployments: int


def faces_per_hour(
    deployments: Sequence[FacesPerHour],
    stretches: Sequence[Stretch],
    *,
    force: str,
    notes: Sequence[str] = (),
) -> Figure:
    """A point per deployment, a line per stretch, a dashed rule at each break between them.

    Parameters
    ----------
    deployments : sequence of FacesPerHour
        In order of time, at least one, each with faces and minutes above zero.
    stretches : sequence of Stretch
        In order of time; the second and later ones start on the day of a break.
    force : str
        Whose record it is.
    notes : sequence of str
        The breaks in words, and why faces must not be pooled over them.
    """
    levels = "; ".join(
        f"{s.first} to {s.last} {s.faces_per_hour:,.0f} an hour over {s.deployments:,} deployments"
        for s in stretches
    )
    return Figure(
        figure_id="faces-per-hour",
        title="What is counted: faces seen per hour",
        description=(
            f"Scatter of faces seen per hour, one point per deployment by {label(force)}, "
            f"{deployments[0].day} to {deployments[-1].day}, on a logarithmic axis, with "
            f"{len(stretches) - 1} breaks marked. {levels}."
        ),
        specs={
            "wide": _chart(deployments, stretches, width=WIDE_PX, height=300),
            "narrow": _chart(deployments, stretches, width=NARROW_PX, height=280),
        },
        table=Table(
            columns=(
                Column("Day"),
                Column("Place"),
                Column("Faces seen", number=True),
                Column("Minutes", number=True),
                Column("Faces seen per hour", number=True),
            ),
            rows=tuple(
                (d.day, d.place, d.faces_seen, d.duration_minutes, round(d.faces_per_hour))
                for d in deployments
            ),
        ),
        notes=tuple(notes),
    )


def _chart(
    deployments: Sequence[FacesPerHour], stretches: Sequence[Stretch], *, width: int, height: int
) -> dict[str, Any]:
    import altair as alt

    x = days("day", first=deployments[0].day, last=deployments[-1].day)
    y_scale = alt.Scale(type="log", nice=False)
    y_axis = alt.Axis(values=[30, 100, 300, 1000, 3000, 10000, 30000], format=",d")
    points = (
        alt.Chart(
            alt.InlineData(values=[{"day": d.day, "rate": d.faces_per_hour} for d in deployments])
        )
        .mark_circle(color=light("blue"), size=22 if width == WIDE_PX else 14, opacity=0.5)
        .encode(x=x, y=alt.Y("rate:Q", title=None, scale=y_scale, axis=y_axis))
    )
    spans = alt.Chart(
        alt.InlineData(
            values=[
                {
                    "day": s.first,
                    "last": s.last,
                    "middle": _middle(s),
                    "rate": s.faces_per_hour,
                    "words": f"{s.faces_per_hour:,.0f}",
                }
                for s in stretches
            ]
        )
    )
    level = spans.mark_rule(color=light("ink"), strokeWidth=2.5, strokeCap="round").encode(
        x=x, x2="last:T", y="rate:Q"
    )
    words = spans.mark_text(baseline="bottom", fontWeight="bold", dy=-4).encode(
        x=alt.X("middle:T"), y=alt.value(0), text="words:N"
    )
    breaks = (
        alt.Chart(alt.InlineData(values=[{"day": s.first} for s in stretches[1:]]))
        .mark_rule(color=light("contradicted"), strokeWidth=1.5, strokeDash=[4, 3])
        .encode(x=x)
    )
    title = alt.TitleParams("Faces seen per hour; in bold, all deployments together", offset=26)
    return finished(
        alt.layer(breaks, points, level, words),
        width=width,
        height=height,
        title=title,
    )


def _middle(stretch: Stretch) -> str:
    first, last = date.fromisoformat(stretch.first), date.fromisoformat(stretch.last)
    return (first + (last - first) / 2).isoformat()
