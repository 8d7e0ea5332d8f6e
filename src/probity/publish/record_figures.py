"""The charts of a record."""

from collections.abc import Sequence
from itertools import pairwise

from probity.claims import words
from probity.claims.evidence import Evidence
from probity.core import Undefined
from probity.publish.boroughs import count_by_borough
from probity.publish.figures.alerts import alerts
from probity.publish.figures.deployments_over_time import deployments_over_time
from probity.publish.figures.faces_per_hour import FacesPerHour, Stretch, faces_per_hour
from probity.publish.figures.figure import Figure
from probity.publish.figures.outcomes import outcomes
from probity.publish.figures.tile_map import tile_map
from probity.publish.figures.watchlist_growth import WatchlistSize, watchlist_growth
from probity.publish.iso_days import first_day
from probity.publish.months import by_month, judged_alerts, usable_outcomes
from probity.records.breaks import FORCE as LONDON
from probity.records.breaks import Break
from probity.records.rates import FACES_PER_HOUR, rates
from probity.records.schema import Deployment
from probity.records.summarise import Summary

MOST_POINTS = 5_000
"""Deployments up to which charts show each as a point; more would make a file too big to open."""


def record_figures(
    rows: Sequence[Deployment],
    summary: Summary,
    evidence: Evidence,
    *,
    force: str,
    unusable: frozenset[str],
) -> tuple[Figure, ...]:
    """Every chart that the rows of a force can fill, in the order of the page.

    Parameters
    ----------
    rows : sequence of Deployment
        In order of time.
    summary : Summary
        Of the same rows.
    evidence : Evidence
        Where boroughs are looked up.
    force : str
        Whose rows they are.
    unusable : frozenset of str
        Sources whose columns of disposals and no action cannot be used.
    """
    months = by_month(rows)
    figures = [
        deployments_over_time({m: len(d) for m, d in months.items()}, force=force)
        if months
        else None,
        _map(rows, evidence, force=force),
        _watchlists(rows, force=force),
        _faces(rows, summary, force=force),
        alerts(
            {m: judged_alerts(d) for m, d in months.items()},
            force=force,
            notes=(
                "True and false are the operator’s own judgement. “Unconfirmed” alerts were "
                "never checked with the person. Where the source does not say whether a true "
                "alert was confirmed, it is drawn as not split.",
            ),
        )
        if months
        else None,
        outcomes(
            {m: usable_outcomes(d, unusable=unusable) for m, d in months.items()},
            force=force,
            notes=_outcome_notes(rows, unusable),
        )
        if months
        else None,
    ]
    return tuple(figure for figure in figures if figure is not None)


def _outcome_notes(rows: Sequence[Deployment], unusable: frozenset[str]) -> tuple[str, ...]:
    affected = [d for d in rows if d.source_id in unusable]
    silent = sum(d.no_action is None for d in rows)
    notes = []
    if affected:
        notes.append(
            f"In {len(affected)} rows, {words.day(first_day(affected[0]))} to "
            f"{words.day(first_day(affected[-1]))}, other disposals and no action are printed "
            "identical in every row. Neither can be right throughout, so only arrests are drawn."
        )
    if silent:
        notes.append(f"{silent} of {len(rows)} rows print no other outcome than arrests.")
    return tuple(notes)


def _map(rows: Sequence[Deployment], evidence: Evidence, *, force: str) -> Figure | None:
    if force != LONDON:
        return None
    counted = count_by_borough(rows, bundle=evidence.bundle)
    ways = "; ".join(f"{number} because {way}" for way, number in counted.known_by.items())
    return tile_map(
        counted.deployments,
        period=f"{words.day(first_day(rows[0]))} to {words.day(first_day(rows[-1]))}",
        notes=(
            f"The record gives a place, not a borough. Boroughs are known for {ways}. "
            f"{counted.not_placed} deployments, such as those on a road along a boundary, could "
            "not be placed and are on no tile.",
            "Residents of a borough are not the people who walk past a camera there.",
        ),
    )


def _watchlists(rows: Sequence[Deployment], *, force: str) -> Figure | None:
    sizes = [
        WatchlistSize(first_day(d), d.place, d.watchlist_size)
        for d in rows
        if d.watchlist_size is not None
    ]
    if not 0 < len(sizes) <= MOST_POINTS:
        return None
    silent = len(rows) - len(sizes)
    return watchlist_growth(
        sizes,
        force=force,
        notes=(f"{silent} of {len(rows)} rows do not give the size of the watchlist.",)
        if silent
        else (),
    )


def _faces(rows: Sequence[Deployment], summary: Summary, *, force: str) -> Figure | None:
    shown = [
        FacesPerHour(
            first_day(d),
            d.place,
            d.faces_seen,
            d.duration_minutes,
            60 * d.faces_seen / d.duration_minutes,
        )
        for d in rows
        if d.faces_seen and d.duration_minutes
    ]
    if not 0 < len(shown) <= MOST_POINTS:
        return None
    silent = len(rows) - len(shown)
    breaks = summary.whole.breaks
    return faces_per_hour(
        shown,
        _stretches(rows, breaks, first=shown[0].day, last=shown[-1].day),
        force=force,
        notes=(
            *(b.statement for b in breaks),
            *(
                (
                    "No explanation of these breaks is published, and alerts per hour do not "
                    "fall with them, which points to a change in what is counted. Sums of faces "
                    "seen and rates per face seen are therefore not pooled across them.",
                )
                if breaks
                else ()
            ),
            *(
                (f"{silent} of {len(rows)} rows lack faces or hours and are not drawn.",)
                if silent
                else ()
            ),
        ),
    )


def _stretches(
    rows: Sequence[Deployment], breaks: Sequence[Break], *, first: str, last: str
) -> list[Stretch]:
    """The time between breaks, each stretch with its faces per hour."""
    days = [b.day.isoformat() for b in breaks if first < b.day.isoformat() <= last]
    stretches = []
    for start, end in pairwise([first, *days, last]):
        final = end == last
        part = [d for d in rows if start <= first_day(d) and (first_day(d) < end or final)]
        rate = next(r for r in rates(part) if r.name == FACES_PER_HOUR)
        if not isinstance(rate.measured, Undefined):
            stretches.append(Stretch(start, end, rate.measured.value, rate.rows_used))
    return stretches
