"""Estimates under several definitions, as measures hand them over in their series."""

from collections.abc import Mapping, Sequence

from probity.claims.finding import Measurement
from probity.publish.figures.figure import Figure
from probity.publish.figures.specification_plot import Specification, specification_plot

_FEWEST = 3
"""Estimates from which a picture of them says more than the measures themselves."""

Row = Mapping[str, str | int | float | None]


def specification_figures(
    measurements: Sequence[Measurement], *, anchor: str
) -> tuple[Figure, ...]:
    """A figure for each different series of estimates; ``anchor`` starts their ids."""
    series: list[tuple[Row, ...]] = []
    titles = []
    for measurement in measurements:
        rows = measurement.series
        if len(rows) >= _FEWEST and "specification" in rows[0] and rows not in series:
            series.append(rows)
            titles.append(str(rows[0].get("part", measurement.title)))
    return tuple(
        specification_plot(
            [_specification(row) for row in rows],
            figure_id=f"{anchor}-definitions-{number}",
            title=f"The same estimate under other definitions: {title}",
        )
        for number, (rows, title) in enumerate(zip(series, titles, strict=True), start=1)
    )


def _specification(row: Row) -> Specification:
    value, low, high = (_number(row.get(key)) for key in ("value", "low", "high"))
    return Specification(
        words=str(row["specification"]),
        value=value,
        low=low,
        high=high,
        reference=row.get("kind") == "reference",
        reason=str(row.get("reason") or ""),
    )


def _number(cell: str | int | float | None) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None
