"""The event log of searches. Nothing here depends on who really is in the gallery."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

from probity.core.event_columns import LogHeader
from probity.twin.calendar import day_us
from probity.twin.event_part import Part, Value, Words
from probity.twin.event_writer import write_log
from probity.twin.random_ids import Thing
from probity.twin.searches.history import SearchHistory
from probity.twin.searches.review import NOT
from probity.twin.stages import Flags, Ints

SYSTEM, OFFICE = "search system", "office"
SEARCH_KINDS = (
    "actor.trained",
    "retention.excepted",
    "search.submitted",
    "search.authorised",
    "search.returned",
    "search.reviewed",
    "search.corroborated",
    "search.acted",
    "search.deleted",
)
ROLES = {
    "operator-initiated": ("officer", "investigating officer"),
    "retrospective": ("operator", "investigating officer"),
}
_DECISIONS = ("reject", "accept")
_DAY_US = 86_400_000_000
_AUTHORISED_BEFORE_US = (60_000_000, 86_400_000_000)
_RENEWED_AT = 0.9


def write_search_log(path: Path, history: SearchHistory) -> int:
    """Write every event of a replicate to ``path`` as Parquet; the number of events."""
    header = search_header(history)
    return write_log(path, search_events(history), header=header)


def search_header(history: SearchHistory) -> LogHeader:
    """What the log says of itself: complete until a day after the last step."""
    reviews, first_us = history.reviews, _first_us(history)
    last = max(
        int(t.max(initial=first_us))
        for t in (
            reviews.returned_us,
            reviews.first_us,
            reviews.second_us,
            reviews.corroborated_us,
            reviews.acted_us,
            reviews.deleted_us,
        )
    )
    return LogHeader(
        system=f"Probity twin {version('probity')}: {history.scenario.name}",
        kinds=SEARCH_KINDS,
        from_us=int(_trained_from_us(history)) - _DAY_US,
        to_us=last + _DAY_US,
    )


def search_events(history: SearchHistory) -> Iterator[list[Part]]:
    """Events of the staff and of every search, in one list."""
    last_us = search_header(history).to_us
    parts = [
        *_training(history),
        *_searched(history),
        *_reviewed(history),
        *_followed(history),
    ]
    yield [part.until(last_us) for part in parts]


def _searched(history: SearchHistory) -> Iterator[Part]:
    scenario, probes, ids = history.scenario, history.probes, history.ids
    search, rng = scenario.search, history.seeds.stream("events")
    n = len(probes)
    of = ids.of(Thing.SEARCH, 0, np.arange(n))
    quality = np.array([band.quality for band in search.bands])
    if search.authorised_rank is not None:
        yield Part(
            "search.authorised",
            probes.time_us - rng.integers(*_AUTHORISED_BEFORE_US, n),
            OFFICE,
            {"search": of, "rank": float(search.authorised_rank)},
        )
    yield Part(
        "search.submitted",
        probes.time_us,
        SYSTEM,
        {
            "search": of,
            "mode": scenario.mode,
            "actor": ids.of(Thing.ACTOR, 0, probes.actor),
            "device": ids.of(Thing.DEVICE, 0, probes.device),
            "reason": Words(probes.reason, tuple(search.reasons)),
            "place_type": Words(probes.place_type, tuple(search.place_types)),
            "quality": quality[probes.band],
            "eye_pixels": probes.eye_pixels,
            "faces": 1.0,
            "group": Words(probes.group, scenario.group_names),
        },
    )
    lengths = history.candidates.per_search(n)
    best = np.zeros(n)
    np.maximum.at(best, history.candidates.search, history.candidates.score)
    for rows, is_listed in ((lengths > 0, True), (lengths == 0, False)):
        fields: dict[str, Value] = {
            "search": of[rows],
            "candidates": lengths[rows].astype(np.float64),
            "size": float(search.gallery_size),
        }
        if search.threshold is not None:
            fields["threshold"] = float(search.threshold)
        if is_listed:
            fields["score"] = best[rows]
        yield Part("search.returned", history.reviews.returned_us[rows], SYSTEM, fields)


def _reviewed(history: SearchHistory) -> Iterator[Part]:
    reviews, probes, ids = history.reviews, history.probes, history.ids
    actors = history.scenario.search.actors
    # The second look is somebody else's, where there is anybody else.
    shift = history.seeds.stream("reviewers").integers(1, max(actors, 2), len(probes))
    second = (probes.actor + shift) % actors
    first_role, second_role = ROLES[history.scenario.mode]
    for role, when_us, who, accepts in (
        (first_role, reviews.first_us, probes.actor, reviews.first_accepts),
        (second_role, reviews.second_us, second, reviews.second_accepts),
    ):
        rows = np.flatnonzero(when_us != NOT)
        yield Part(
            "search.reviewed",
            when_us[rows],
            SYSTEM,
            {
                "search": ids.of(Thing.SEARCH, 0, rows),
                "decision": Words(accepts[rows].astype(np.int64), _DECISIONS),
                "actor": ids.of(Thing.ACTOR, 0, who[rows]),
                "role": role,
            },
        )


def _followed(history: SearchHistory) -> Iterator[Part]:
    reviews, retention = history.reviews, history.scenario.search.retention
    for kind, when_us in (
        ("search.corroborated", reviews.corroborated_us),
        ("search.acted", reviews.acted_us),
        ("search.deleted", reviews.deleted_us),
    ):
        yield _of_searches(history, kind, when_us, when_us != NOT)
    if retention.exception_code is not None:
        yield _of_searches(
            history,
            "retention.excepted",
            reviews.returned_us,
            reviews.deleted_us == NOT,
            data_class="search",
            exception_code=retention.exception_code,
        )


def _of_searches(
    history: SearchHistory, kind: str, when_us: Ints, rows: Flags, **fields: Value
) -> Part:
    search = history.ids.of(Thing.SEARCH, 0, np.flatnonzero(rows))
    clock = OFFICE if kind in {"search.corroborated", "search.acted"} else SYSTEM
    return Part(kind, when_us[rows], clock, {"search": search, **fields})


def _training(history: SearchHistory) -> Iterator[Part]:
    scenario = history.scenario
    valid_us = scenario.training.valid_days * _DAY_US
    renewed_us = round(valid_us * _RENEWED_AT)
    staff = np.arange(scenario.search.actors)
    trained_us = np.full(len(staff), _trained_from_us(history)) + history.seeds.stream(
        "training"
    ).integers(0, max(renewed_us - 1, 1), len(staff))
    end_us = int(history.probes.time_us.max(initial=_first_us(history))) + _DAY_US
    while len(staff) and trained_us.min() < end_us:
        yield Part(
            "actor.trained",
            np.sort(trained_us),
            OFFICE,
            {
                "actor": history.ids.of(Thing.ACTOR, 0, staff[np.argsort(trained_us)]),
                "valid_until": np.sort(trained_us) + valid_us,
            },
        )
        trained_us = trained_us + renewed_us


def _trained_from_us(history: SearchHistory) -> int:
    """Everybody was trained within the time after this in which training is renewed."""
    valid_us = history.scenario.training.valid_days * _DAY_US
    return _first_us(history) - round(valid_us * _RENEWED_AT)


def _first_us(history: SearchHistory) -> int:
    """The first search; without one, the first day on which there could be one."""
    submitted_us = history.probes.time_us
    return int(submitted_us[0]) if len(submitted_us) else day_us(history.scenario.search.first_day)
