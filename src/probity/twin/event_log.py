"""The whole event log of a replicate of live recognition."""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

from probity.core.event import KINDS
from probity.core.event_columns import LogHeader
from probity.twin import events_of_deployment, events_of_people, events_of_watchlist
from probity.twin.arrange import MINUTE_US
from probity.twin.event_part import Part
from probity.twin.event_writer import write_log
from probity.twin.events_of_deployment import OFFICE, deployment_events
from probity.twin.events_of_people import people_events
from probity.twin.events_of_watchlist import listed_images, watchlist_events
from probity.twin.history import History
from probity.twin.random_ids import Thing
from probity.twin.retain import DAY_US
from probity.twin.stages import Ints
from probity.twin.watchlists import Watchlists

_OF_EVERYTHING = ("actor.trained", "document.issued")
_RECORDED = {
    *_OF_EVERYTHING,
    *events_of_deployment.KINDS,
    *events_of_people.KINDS,
    *events_of_watchlist.KINDS,
}
LIVE_KINDS = tuple(name for name in KINDS if name in _RECORDED)
"""Kinds of event that a system of live recognition records here."""

_DOCUMENTS_BEFORE_US = 180 * DAY_US
_RENEWED_AT = 0.9
"""Training is renewed when this share of its validity is over."""


def write_live_log(path: Path, history: History, *, watchlists: Watchlists, category: Ints) -> int:
    """Write every event of a replicate to ``path`` as Parquet; see ``live_events``.

    Returns
    -------
    int
        How many events there are.
    """
    return write_log(
        path,
        live_events(history, watchlists=watchlists, category=category),
        header=live_header(history),
    )


def live_header(history: History) -> LogHeader:
    """What the log says of itself: complete until a day after the last thing was due."""
    steps, deletions = history.arrangements, history.deletions
    times = [
        *(getattr(steps, name) for name in ("ratified_us", "cancelled_us", "window_end_us")),
        *(deletions.of(name).due_us for name in ("alert", "watchlist", "medium", "footage")),
        history.published_us,
    ]
    earliest = min(
        int(_trained_from_us(history)),
        int(steps.applied_us.min()),
        int(steps.compiled_us.min()),
        int(steps.notice_us.min()),
        int(history.calendar.start_us.min()) - _DOCUMENTS_BEFORE_US,
    )
    return LogHeader(
        system=f"Probity twin {version('probity')}: {history.scenario.name}",
        kinds=LIVE_KINDS,
        from_us=earliest - DAY_US,
        to_us=max(int(t.max()) for t in times if len(t)) + DAY_US,
    )


def first_event_us(history: History) -> Ints:
    """A time before every event of each deployment, (n_deployments,): a day to be sure."""
    steps, start_us = history.arrangements, history.calendar.start_us
    signs_us = start_us - round(history.scenario.signs.lead_minutes.most * MINUTE_US)
    first: Ints = np.minimum.reduce(
        [steps.applied_us, steps.compiled_us, steps.notice_us, signs_us, start_us]
    )
    return first - DAY_US


def live_events(
    history: History,
    *,
    watchlists: Watchlists,
    category: Ints,
    order: Iterable[int] | None = None,
    until_us: int | None = None,
) -> Iterator[list[Part]]:
    """Events of the staff and documents of all deployments, then of each deployment.

    What a stated exception keeps beyond the end of the log is not deleted in it.

    Parameters
    ----------
    category : int64, (pool_size,)
        Category of each person of the pool, as a number of the scenario's.
    order : iterable of int, optional
        Deployments, in the order wanted; that of the calendar where it is left out.
    until_us : int, optional
        The end of the log; that of ``live_header`` where it is left out.
    """
    last_us = live_header(history).to_us if until_us is None else until_us
    images = listed_images(history.scenario, seeds=history.seeds, category=category)
    n = len(history.calendar.start_us)
    alerts = _by_deployment(history.alerts.deployment, n)
    silent = np.flatnonzero(~history.passes.alerted)
    passes = _by_deployment(history.passes.deployment[silent], n)
    yield [part.until(last_us) for part in _staff_and_documents(history)]
    for d in range(n) if order is None else order:
        rng = history.seeds.stream("events", d)
        parts = [
            *deployment_events(history, d, rng=rng),
            *watchlist_events(history, d, watchlists=watchlists, images=images, rng=rng),
            *people_events(history, d, rows=alerts[d], passes=silent[passes[d]], rng=rng),
        ]
        yield [part.until(last_us) for part in parts]


def _by_deployment(deployment: Ints, n: int) -> list[Ints]:
    """Rows of each deployment, in their order."""
    order = np.argsort(deployment, kind="stable")
    return np.split(order, np.searchsorted(deployment[order], np.arange(1, n)))


def _staff_and_documents(history: History) -> Iterator[Part]:
    scenario = history.scenario
    start_us, end_us = int(history.calendar.start_us.min()), int(history.calendar.end_us.max())
    for document in scenario.authority.documents:
        yield Part(
            "document.issued",
            np.array([start_us - _DOCUMENTS_BEFORE_US]),
            OFFICE,
            {"document": document},
        )
    work = scenario.adjudication
    staff = np.arange(max(scenario.training.staff, work.operators + work.officers))
    valid_us = scenario.training.valid_days * DAY_US
    renewed_us = round(valid_us * _RENEWED_AT)
    rng = history.seeds.stream("training")
    trained_us = start_us - rng.integers(1, max(renewed_us, 2), len(staff))
    while trained_us.min() < end_us + DAY_US:
        yield Part(
            "actor.trained",
            trained_us,
            OFFICE,
            {
                "actor": history.ids.of(Thing.ACTOR, 0, staff),
                "valid_until": trained_us + valid_us,
            },
        )
        trained_us = trained_us + renewed_us


def _trained_from_us(history: History) -> int:
    return int(history.calendar.start_us.min()) - history.scenario.training.valid_days * DAY_US
