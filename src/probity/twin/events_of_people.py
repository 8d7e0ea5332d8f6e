"""Events of the people who pass: faces, templates, alerts, decisions, engagements, outcomes.

Nothing here depends on who really is on the list.
"""

from collections.abc import Iterator

import numpy as np

from probity.twin.adjudicate import NOT, UNCONFIRMED, concluded_us
from probity.twin.event_part import Part, Value, Words
from probity.twin.events_of_deployment import DEVICES, OFFICE, SYSTEM
from probity.twin.history import History
from probity.twin.hours import hourly_rates, pass_times_us
from probity.twin.random_ids import Thing
from probity.twin.retain import passing_templates_us
from probity.twin.scenario import LiveScenario, by_group
from probity.twin.stages import Floats, Ints

KINDS = (
    "face.seen",
    "template.created",
    "template.compared",
    "template.deleted",
    "render.blurred",
    "operator.viewed",
    "retention.excepted",
    "alert.raised",
    "alert.adjudicated",
    "alert.deleted",
    "engagement.start",
    "engagement.end",
    "outcome.recorded",
)

RESULTS = ("false", "true", "unconfirmed")
DISPOSALS = ("no action", "other disposal", "arrest")
DECISIONS = ("reject", "accept")

TEST_SUBJECT = "test subject"
"""Reason of the outcome of an alert on one of the operator's own test subjects."""
_ENGAGED = "person spoken to"
_NOT_ENGAGED = ("rejected by operator", "rejected by officer", "person gone", TEST_SUBJECT)

# Steps of the recogniser for one face, shortest and longest in microseconds: those of systems
# that keep up with video. No rule depends on them but through the order.
_TO_TEMPLATE_US = (8_000, 25_000)
_TO_COMPARED_US = (3_000, 15_000)
_TO_ALERT_US = (1_000, 5_000)
_TO_BLURRED_US = (5_000, 40_000)
_TO_SCREEN_US = (30_000, 150_000)


def people_events(
    history: History, d: int, *, rows: Ints, passes: Ints, rng: np.random.Generator
) -> Iterator[Part]:
    """Events of everybody who passed in deployment ``d``.

    Parameters
    ----------
    rows : int64, (n_alerts of the deployment,)
        Its alerts, as rows of ``history.alerts``. Their templates have the first numbers.
    passes : int64, (n,)
        Its passes of listed people that raised no alert, as rows of ``history.passes``.
    """
    yield from _without_alert(history, d, len(rows), passes, rng)
    if len(rows):
        yield from _with_alert(history, d, rows, rng)
        yield from _adjudicated(history, d, rows)
        yield from _engaged(history, d, rows, rng)
        yield from _concluded(history, d, rows)


def _without_alert(
    history: History, d: int, alerts: int, passes: Ints, rng: np.random.Generator
) -> Iterator[Part]:
    n = int(history.crowd.faces_seen[d]) - alerts
    if n < len(passes):
        raise ValueError(f"deployment {d} saw fewer faces than listed people passed")
    calendar, scenario = history.calendar, history.scenario
    start_us, end_us = (
        np.full(n - len(passes), t[d]) for t in (calendar.start_us, calendar.end_us)
    )
    unlisted_us = pass_times_us(
        rng.random(n - len(passes)),
        start_us=start_us,
        end_us=end_us,
        rates=hourly_rates(scenario.crowd),
    )
    seen_us = np.sort(np.concatenate([unlisted_us, history.passes.time_us[passes]]))
    until_us = int(calendar.end_us[d])
    created_us = _later(rng, seen_us, _TO_TEMPLATE_US, until_us)
    compared_us = _later(rng, created_us, _TO_COMPARED_US, until_us)
    deleted_us = passing_templates_us(
        scenario,
        created_us,
        deployment=d,
        end_us=until_us,
        deletions=history.deletions,
        alerts=history.alerts,
        rng=rng,
    )
    template = history.ids.of(Thing.TEMPLATE, d, np.arange(alerts, alerts + n))
    quality = _qualities(scenario, n, rng)
    steps = (seen_us, created_us, compared_us)
    yield from _seen(history, d, template, steps, quality=quality, rng=rng)
    of: dict[str, Value] = {
        "template": template,
        "deployment": history.ids.one(Thing.DEPLOYMENT, d),
    }
    yield Part("template.deleted", np.maximum(deleted_us, compared_us), SYSTEM, of)
    yield Part("render.blurred", _later(rng, seen_us, _TO_BLURRED_US, until_us), SYSTEM, of)


def _with_alert(history: History, d: int, rows: Ints, rng: np.random.Generator) -> Iterator[Part]:
    alerts, decisions, ids = history.alerts, history.decisions, history.ids
    from_us = int(history.calendar.start_us[d])
    raised_us = alerts.time_us[rows]
    compared_us = _earlier(rng, raised_us, _TO_ALERT_US, from_us)
    created_us = _earlier(rng, compared_us, _TO_COMPARED_US, from_us)
    seen_us = _earlier(rng, created_us, _TO_TEMPLATE_US, from_us)
    template = ids.of(Thing.TEMPLATE, d, np.arange(len(rows)))
    steps = (seen_us, created_us, compared_us)
    yield from _seen(history, d, template, steps, quality=alerts.quality[rows], rng=rng)
    deployment = ids.one(Thing.DEPLOYMENT, d)
    shown_us = raised_us + rng.integers(*_TO_SCREEN_US, len(rows))
    yield Part(
        "operator.viewed",
        np.minimum(shown_us, decisions.operator_us[rows]),
        SYSTEM,
        {
            "template": template,
            "deployment": deployment,
            "actor": _staff(history, decisions.operator[rows]),
        },
    )
    yield Part(
        "template.deleted",
        history.deletions.template.deleted_us[rows],
        SYSTEM,
        {"template": template, "deployment": deployment},
    )
    # Test subjects' own images are on no list that was authorised.
    listed = alerts.entry[rows] < history.scenario.watchlist.pool_size
    for which in (listed, ~listed):
        of = rows[which]
        fields: dict[str, Value] = {
            "alert": ids.of(Thing.ALERT, d, of),
            "deployment": deployment,
            "template": template[which],
            "score": alerts.score[of],
            "threshold": float(history.calendar.threshold[d]),
            "group": _groups(history, of),
        }
        if which is listed:
            fields["item"] = ids.of(Thing.ITEM, d, alerts.entry[of])
        yield Part("alert.raised", alerts.time_us[of], SYSTEM, fields)


def _adjudicated(history: History, d: int, rows: Ints) -> Iterator[Part]:
    decisions = history.decisions
    looked = rows[decisions.officer_us[rows] != NOT]
    for role, clock, of, who, when_us, accepts in (
        ("operator", SYSTEM, rows, decisions.operator, decisions.operator_us,
         decisions.operator_accepts),
        ("engagement officer", DEVICES, looked, decisions.officer, decisions.officer_us,
         decisions.officer_accepts),
    ):  # fmt: skip
        yield Part(
            "alert.adjudicated",
            when_us[of],
            clock,
            {
                "alert": history.ids.of(Thing.ALERT, d, of),
                "decision": Words(accepts[of].astype(np.int64), DECISIONS),
                "deployment": history.ids.one(Thing.DEPLOYMENT, d),
                "actor": _staff(history, who[of]),
                "role": role,
            },
        )


def _engaged(history: History, d: int, rows: Ints, rng: np.random.Generator) -> Iterator[Part]:
    decisions, stated = history.decisions, history.scenario.engagement
    of = rows[decisions.engaged_us[rows] != NOT]
    engagement = history.ids.of(Thing.ENGAGEMENT, d, of)
    yield Part(
        "engagement.start",
        decisions.engaged_us[of],
        DEVICES,
        {
            "engagement": engagement,
            "alert": history.ids.of(Thing.ALERT, d, of),
            "deployment": history.ids.one(Thing.DEPLOYMENT, d),
            "actor": _staff(history, decisions.officer[of]),
            "reason": "alert",
            "group": _groups(history, of),
        },
    )
    force_share = by_group(stated.force_share, history.scenario.group_names)
    yield Part(
        "engagement.end",
        decisions.released_us[of],
        DEVICES,
        {
            "engagement": engagement,
            "leaflet": rng.random(len(of)) < stated.leaflet_share,
            "force_used": rng.random(len(of)) < force_share[history.alerts.group[of]],
        },
    )


def _concluded(history: History, d: int, rows: Ints) -> Iterator[Part]:
    """What came of each alert, when its last step is over; and the deletion of the alert."""
    decisions, deletion, ids = history.decisions, history.deletions.alert, history.ids
    over_us = concluded_us(decisions)
    engaged = decisions.result[rows] != UNCONFIRMED
    for of, is_engaged in ((rows[engaged], True), (rows[~engaged], False)):
        fields: dict[str, Value] = {
            "alert": ids.of(Thing.ALERT, d, of),
            "result": Words(decisions.result[of].astype(np.int64), RESULTS),
            "deployment": ids.one(Thing.DEPLOYMENT, d),
            "group": _groups(history, of),
        }
        if is_engaged:
            fields["engagement"] = ids.of(Thing.ENGAGEMENT, d, of)
            fields["reason"] = _ENGAGED
            fields["disposal"] = Words(decisions.disposal[of].astype(np.int64), DISPOSALS)
        else:
            fields["reason"] = Words(_reasons(history, of), _NOT_ENGAGED)
        yield Part("outcome.recorded", over_us[of], DEVICES, fields)
    yield Part(
        "alert.deleted", deletion.deleted_us[rows], SYSTEM, {"alert": ids.of(Thing.ALERT, d, rows)}
    )
    kept = rows[deletion.exception[rows] != NOT]
    codes = tuple(one.code for one in history.scenario.retention.exceptions)
    yield Part(
        "retention.excepted",
        deletion.due_us[kept],
        OFFICE,
        {
            "data_class": "alert",
            "exception_code": Words(deletion.exception[kept], codes),
            "alert": ids.of(Thing.ALERT, d, kept),
        },
    )


def _reasons(history: History, rows: Ints) -> Ints:
    """Why nobody was spoken to, as numbers of ``_NOT_ENGAGED``."""
    decisions = history.decisions
    rejected = (decisions.officer_us[rows] != NOT) & ~decisions.officer_accepts[rows]
    reasons: Ints = np.select(
        [~decisions.operator_accepts[rows], rejected, history.alerts.seeded[rows]],
        [0, 1, 3],
        2,
    )
    return np.where(history.alerts.seeded[rows], 3, reasons)


def _seen(
    history: History,
    d: int,
    template: Ints,
    steps: tuple[Ints, Ints, Ints],
    *,
    quality: Floats,
    rng: np.random.Generator,
) -> Iterator[Part]:
    """Faces seen, their templates made and compared, at the times of these three steps."""
    seen_us, created_us, compared_us = steps
    ids = history.ids
    deployment = ids.one(Thing.DEPLOYMENT, d)
    cameras = ids.of(Thing.CAMERA, d, np.arange(history.scenario.capture.cameras))
    camera = cameras[rng.integers(0, len(cameras), len(template))]
    of: dict[str, Value] = {"template": template, "deployment": deployment}
    yield Part("face.seen", seen_us, SYSTEM, {**of, "camera": camera, "quality": quality})
    yield Part("template.created", created_us, SYSTEM, of)
    yield Part(
        "template.compared", compared_us, SYSTEM, {**of, "watchlist": ids.one(Thing.WATCHLIST, d)}
    )


def _qualities(scenario: LiveScenario, n: int, rng: np.random.Generator) -> Floats:
    """Quality of the frames of passers-by: the bands in their shares over the groups."""
    names, bands = scenario.group_names, scenario.capture.bands
    crowd = np.array([group.crowd_share for group in scenario.groups])
    shares = np.array([by_group(band.share, names) @ crowd for band in bands])
    reached = np.cumsum(shares / shares.sum())[:-1]
    quality = np.array([band.quality for band in bands])
    return quality[np.searchsorted(reached, rng.random(n), side="right")]


def _groups(history: History, rows: Ints) -> Words:
    return Words(history.alerts.group[rows], history.scenario.group_names)


def _staff(history: History, number: Ints) -> Ints:
    return history.ids.of(Thing.ACTOR, 0, number)


def _later(
    rng: np.random.Generator, time_us: Ints, within_us: tuple[int, int], last_us: int
) -> Ints:
    """Some time later, but not after the system is switched off."""
    later: Ints = np.maximum(
        np.minimum(time_us + rng.integers(*within_us, len(time_us)), last_us), time_us
    )
    return later


def _earlier(
    rng: np.random.Generator, time_us: Ints, within_us: tuple[int, int], first_us: int
) -> Ints:
    """Some time earlier, but not before the system is switched on."""
    earlier: Ints = np.minimum(
        np.maximum(time_us - rng.integers(*within_us, len(time_us)), first_us), time_us
    )
    return earlier
