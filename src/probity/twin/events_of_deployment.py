"""Events around a deployment: authority, notice, signs, settings, footage, the record."""

from collections.abc import Iterator

import numpy as np

from probity.twin.adjudicate import NOT
from probity.twin.draws import draw_duration, draw_span
from probity.twin.event_part import Part, single
from probity.twin.history import History
from probity.twin.random_ids import Thing

KINDS = (
    "authority.applied",
    "authority.granted",
    "authority.ratified",
    "authority.cancelled",
    "notice.published",
    "signage.placed",
    "record.published",
    "deployment.start",
    "deployment.end",
    "config.threshold",
    "config.algorithm",
    "footage.written",
    "footage.deleted",
    "retention.excepted",
)

SYSTEM = "recognition system"
OFFICE = "force records"
DEVICES = "officers' devices"
"""The clocks that stamp events."""

_MINUTE_US = 60_000_000
_SET_UP_US = 5 * _MINUTE_US
"""Before the start, settings are made."""
_SENIOR_OFFICERS = 5
_NOT_STAFF = 1
"""Owner of the ids of people who are not among the trained staff of deployments."""

_USE_CASES = (
    ("hotspot", "hotspot"),
    ("pso", "protective security"),
    ("protective", "protective security"),
    ("intelligence", "intelligence"),
)
"""Part of the operator's words, and the code that an event has for it."""


def use_case_code(words: str) -> str:
    """The code of a use case; words that have none stay as they are."""
    plain = words.casefold()
    return next((code for part, code in _USE_CASES if part in plain), words)


def deployment_events(history: History, d: int, *, rng: np.random.Generator) -> Iterator[Part]:
    """Events of deployment ``d`` in which no passer-by and no list plays a part."""
    yield from _authority(history, d, rng)
    yield from _public(history, d, rng)
    yield from _running(history, d)
    yield from _footage(history, d)


def _authority(history: History, d: int, rng: np.random.Generator) -> Iterator[Part]:
    ids, steps, stated = history.ids, history.arrangements, history.scenario.authority
    authority, deployment = ids.one(Thing.AUTHORITY, d), ids.one(Thing.DEPLOYMENT, d)
    use_case = use_case_code(history.use_case(d))
    urgent = bool(steps.urgent[d])
    applicant, senior, higher = (
        ids.one(Thing.ACTOR, _NOT_STAFF, int(number))
        for number in rng.permutation(_SENIOR_OFFICERS)[:3]
    )
    yield single(
        "authority.applied",
        int(steps.applied_us[d]),
        OFFICE,
        authority=authority,
        deployment=deployment,
        use_case=use_case,
        actor=applicant,
    )
    document = {"document": stated.documents[0]} if stated.documents else {}
    yield single(
        "authority.granted",
        int(steps.granted_us[d]),
        OFFICE,
        authority=authority,
        deployment=deployment,
        rank=float(stated.urgent_rank if urgent else stated.rank),
        window_start=int(steps.window_start_us[d]),
        window_end=int(steps.window_end_us[d]),
        urgent=urgent,
        threshold=float(history.calendar.threshold[d]),
        watchlist=ids.one(Thing.WATCHLIST, d),
        purpose=stated.purpose,
        actor=senior,
        **document,
    )
    if urgent:
        yield single(
            "authority.ratified",
            int(steps.ratified_us[d]),
            OFFICE,
            authority=authority,
            rank=float(stated.rank),
            actor=higher,
        )
    yield single(
        "authority.cancelled",
        int(steps.cancelled_us[d]),
        OFFICE,
        authority=authority,
        deployment=deployment,
    )


def _public(history: History, d: int, rng: np.random.Generator) -> Iterator[Part]:
    scenario, deployment = history.scenario, history.ids.one(Thing.DEPLOYMENT, d)
    yield single(
        "notice.published",
        int(history.arrangements.notice_us[d]),
        OFFICE,
        deployment=deployment,
        channel=scenario.notice.channel,
    )
    number = scenario.signs.number
    lead_us = draw_duration(scenario.signs.lead_minutes, rng, size=number) * _MINUTE_US
    bearing = (rng.random() + np.arange(number)) * 360 / max(number, 1)
    yield Part(
        "signage.placed",
        history.calendar.start_us[d] - np.rint(lead_us).astype(np.int64),
        OFFICE,
        {
            "deployment": deployment,
            "bearing_deg": np.round(bearing),
            "distance_m": np.round(draw_span(scenario.signs.distance_m, rng, size=number)),
            "outside_zone": True,
        },
    )
    yield single(
        "record.published",
        int(history.published_us[d]),
        OFFICE,
        record=history.ids.one(Thing.RECORD, d),
        deployment=deployment,
        faces=float(history.counts.faces_seen[d]),
        alerts=float(history.counts.alerts[d]),
        false_alerts=float(history.counts.false_alerts[d]),
    )


def _running(history: History, d: int) -> Iterator[Part]:
    scenario, deployment = history.scenario, history.ids.one(Thing.DEPLOYMENT, d)
    start_us, end_us = int(history.calendar.start_us[d]), int(history.calendar.end_us[d])
    yield single(
        "config.algorithm",
        start_us - _SET_UP_US,
        SYSTEM,
        deployment=deployment,
        algorithm=scenario.recogniser.algorithm,
        version=scenario.recogniser.version,
        test_report=scenario.recogniser.test_report,
    )
    yield single(
        "config.threshold",
        start_us - _SET_UP_US,
        SYSTEM,
        deployment=deployment,
        threshold=float(history.calendar.threshold[d]),
        authority=history.ids.one(Thing.AUTHORITY, d),
    )
    yield single(
        "deployment.start",
        start_us,
        SYSTEM,
        deployment=deployment,
        use_case=use_case_code(history.use_case(d)),
        force=scenario.force,
        place_type=scenario.places[int(history.calendar.place[d])].place_type,
    )
    yield single("deployment.end", end_us, SYSTEM, deployment=deployment)


def _footage(history: History, d: int) -> Iterator[Part]:
    """Each camera's recording, closed at the end; a ground to keep one keeps all of them."""
    cameras = np.arange(history.scenario.capture.cameras)
    footage = history.ids.of(Thing.FOOTAGE, d, cameras)
    deletion = history.deletions.footage

    def at(time_us: np.int64) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.full(len(cameras), time_us)

    yield Part(
        "footage.written",
        at(history.calendar.end_us[d]),
        SYSTEM,
        {
            "footage": footage,
            "deployment": history.ids.one(Thing.DEPLOYMENT, d),
            "camera": history.ids.of(Thing.CAMERA, d, cameras),
        },
    )
    yield Part("footage.deleted", at(deletion.deleted_us[d]), SYSTEM, {"footage": footage})
    if deletion.exception[d] != NOT:
        yield Part(
            "retention.excepted",
            at(deletion.due_us[d]),
            OFFICE,
            {
                "data_class": "footage",
                "exception_code": history.exception_code(int(deletion.exception[d])),
                "footage": footage,
            },
        )
