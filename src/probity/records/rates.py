"""Rates of a set of deployments, each over the rows that print both of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from probity.core import Count, CountError, EventRate, Events, Rate, Total, Undefined
from probity.records.schema import Deployment

PROPORTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("false_alerts_per_face_seen", "false_alerts", "faces_seen", "faces seen"),
    ("false_share_of_alerts", "false_alerts", "alerts", "alerts"),
    ("alerts_per_face_seen", "alerts", "faces_seen", "faces seen"),
)
"""Name, cases, population, population in words: cases are a part of the population."""

EVENT_RATES: tuple[tuple[str, str, str | None, str], ...] = (
    ("alerts_per_deployment", "alerts", None, "deployment"),
    ("alerts_per_hour", "alerts", "duration_minutes", "hour"),
    ("arrests_per_deployment", "arrests", None, "deployment"),
    ("arrests_per_true_alert", "arrests", "true_alerts", "true alert"),
)
"""Name, events, exposure column (None: the deployments), unit. Arrests are no part of the true
alerts: some layouts count disposals with them, and an arrest can follow without an alert."""

FACES_PER_HOUR = "faces_seen_per_hour"
NO_ROW = Undefined("no row prints both figures")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRate:
    """A rate of a set of deployments.

    Attributes
    ----------
    name : str
        With its denominator: ``false_alerts_per_face_seen``.
    measured : Rate, EventRate, Total or Undefined
        With the exact interval, which takes events to come independently of each other.
        ``faces_seen_per_hour`` is a Total: faces are not independent, so it has no interval.
    clustered : Rate, EventRate, Undefined or None
        The same with an interval that lets deployments differ from each other; None where the
        measure has none.
    rows_used, rows_left_out : int
        Rows that print both figures, and rows that do not.
    uses_faces : bool
        Whether faces seen are part of it, so that it must not be pooled over a break.
    """

    name: str
    measured: Rate | EventRate | Total | Undefined
    clustered: Rate | EventRate | Undefined | None
    rows_used: int
    rows_left_out: int
    uses_faces: bool


def rates(deployments: Sequence[Deployment]) -> tuple[GroupRate, ...]:
    """Return every rate of a set of deployments, in the order of the tables above.

    A rate is over the rows that print both its figures; a deployment without one of them is left
    out of both numerator and denominator, and counted in ``rows_left_out``.
    """
    return (
        *(_proportion(deployments, *spec) for spec in PROPORTIONS),
        *(_event_rate(deployments, *spec) for spec in EVENT_RATES),
        _faces_per_hour(deployments),
    )


def _pairs(
    deployments: Sequence[Deployment], cases: str, exposure: str | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Cases and exposure of each row that prints both; an exposure of None is 1 a row."""
    both = [
        (k, n)
        for d in deployments
        if (k := getattr(d, cases)) is not None
        and (n := getattr(d, exposure) if exposure else 1) is not None
    ]
    return tuple(k for k, _ in both), tuple(n for _, n in both)


def _proportion(
    deployments: Sequence[Deployment],
    name: str,
    cases: str,
    of: str,
    population: str,
) -> GroupRate:
    from probity.stats.interval import clopper_pearson
    from probity.stats.resampling import korn_graubard

    ks, ns = _pairs(deployments, cases, of)
    measured: Rate | Undefined = NO_ROW
    clustered: Rate | Undefined = NO_ROW
    try:
        for k, n in zip(ks, ns, strict=True):
            Count(k, n, population)
        if ks:
            measured = clopper_pearson(Count(sum(ks), sum(ns), population))
            clustered = korn_graubard(ks, ns, population=population)
    except CountError as error:
        measured = clustered = Undefined(f"a row prints more cases than there were: {error}")
    return GroupRate(
        name=name,
        measured=measured,
        clustered=clustered,
        rows_used=len(ks),
        rows_left_out=len(deployments) - len(ks),
        uses_faces="faces_seen" in (cases, of),
    )


def _event_rate(
    deployments: Sequence[Deployment], name: str, cases: str, over: str | None, unit: str
) -> GroupRate:
    from probity.stats.event_clusters import clustered_garwood
    from probity.stats.poisson import garwood

    ks, ns = _pairs(deployments, cases, over)
    exposures = [n / 60 for n in ns] if over == "duration_minutes" else ns
    return GroupRate(
        name=name,
        measured=garwood(Events(sum(ks), fsum(exposures), unit)) if ks else NO_ROW,
        clustered=clustered_garwood(ks, exposures, unit=unit) if ks else NO_ROW,
        rows_used=len(ks),
        rows_left_out=len(deployments) - len(ks),
        uses_faces=False,
    )


def _faces_per_hour(deployments: Sequence[Deployment]) -> GroupRate:
    faces, minutes = _pairs(deployments, "faces_seen", "duration_minutes")
    measured: Total | Undefined = NO_ROW
    if sum(minutes):
        measured = Total(60 * sum(faces) / sum(minutes), "faces seen per hour of deployment")
    return GroupRate(
        name=FACES_PER_HOUR,
        measured=measured,
        clustered=None,
        rows_used=len(faces),
        rows_left_out=len(deployments) - len(faces),
        uses_faces=True,
    )
