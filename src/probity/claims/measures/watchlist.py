"""What the published sizes of watchlists say, which is all that is published about them."""

from itertools import pairwise
from statistics import median

from probity.claims.evidence import Evidence
from probity.claims.finding import Measurement
from probity.claims.measures.measure import Measure
from probity.claims.measures.rows import Rows, no_rows, select, year_of
from probity.core import Total
from probity.records.schema import Deployment

_SAME = 10


def median_size(evidence: Evidence, rows: Rows, _level: float) -> Measurement:
    """Median size of the lists used; the series holds each year's least, median and largest."""
    sizes = _sized(evidence, rows)
    population = f"watchlists of deployments, {rows.words()}"
    numbers = [size for _, size in sizes]
    years: dict[str, list[int]] = {}
    for deployment, size in sizes:
        years.setdefault(year_of(deployment), []).append(size)
    return Measurement(
        name="median_watchlist_size",
        title="Median watchlist size",
        unit="images on the list",
        population=population,
        measured=Total(median(numbers), population) if numbers else no_rows(rows),
        sources=evidence.sources_of(d for d, _ in sizes),
        note=f"{len(numbers):,} rows print a size"
        + (f", from {min(numbers):,} to {max(numbers):,}." if numbers else "."),
        series=tuple(
            {
                "year": year,
                "deployments": len(of_year),
                "least": min(of_year),
                "median": median(of_year),
                "largest": max(of_year),
            }
            for year, of_year in sorted(years.items())
        ),
    )


def median_step(evidence: Evidence, rows: Rows, _level: float) -> Measurement:
    """Median change in size from one deployment to the next, in images.

    Lists made anew for each place could differ much in size; lists that are one standing list
    differ little. The size alone cannot tell which people are on them.
    """
    sizes = sorted(_sized(evidence, rows), key=lambda one: one[0].date_start or "")
    steps = [abs(after - before) for (_, before), (_, after) in pairwise(sizes)]
    population = f"deployments after the first, {rows.words()}"
    return Measurement(
        name="median_change_of_watchlist_size",
        title="Median change of watchlist size between successive deployments",
        unit="images on the list",
        population=population,
        measured=Total(median(steps), population) if steps else no_rows(rows),
        sources=evidence.sources_of(d for d, _ in sizes),
        note=f"{len(steps):,} steps between successive rows that print a size; in "
        f"{sum(step <= _SAME for step in steps):,} of them it changes by {_SAME} images or fewer.",
    )


def _sized(evidence: Evidence, rows: Rows) -> list[tuple[Deployment, int]]:
    return [
        (deployment, deployment.watchlist_size)
        for deployment in select(evidence, rows).deployments
        if deployment.watchlist_size is not None
    ]


MEASURES = (
    Measure(
        name="median_watchlist_size",
        title="Median watchlist size",
        unit="images on the list",
        gives="total",
        params=Rows,
        take=median_size,
    ),
    Measure(
        name="median_change_of_watchlist_size",
        title="Median change of watchlist size between successive deployments",
        unit="images on the list",
        gives="total",
        params=Rows,
        take=median_step,
    ),
)
