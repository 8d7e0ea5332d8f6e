"""Faults with alerts: how long they are kept, who decides on them, and what follows."""

from collections.abc import Callable, Iterator, Sequence

from probity.twin.faults.fault import Fault, Plant
from probity.twin.faults.scene import Event, Mark, Scalar, Scene, UnfitError
from probity.twin.random_ids import Thing

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US

_KEPT_A_DAY = ("gmp-lfr/R05", "npl-2023/R06", "south-wales-current/R05")
_KEPT_30_DAYS = (*_KEPT_A_DAY, "met-trials-2016-2019/R07")
_KEPT_31_DAYS = (*_KEPT_30_DAYS, "met-lfr-2024-09/R07")
_NOT_ACCEPTED = ("home-office-2026/R76", "met-lfr-2024-09/R76", "south-wales-2018/R76")
_UNDECIDED = (
    *_NOT_ACCEPTED,
    "camera-code-2021/R76",
    "eu-ai-act/E03",
    "eu-ai-act/E06",
    "south-wales-2018/R77",
)


def _alerts(scene: Scene, *, engaged: bool | None) -> Iterator[Event]:
    """Alerts that no other fault has; those that led to an engagement, did not, or all."""
    spoken_to = set(scene.ids("engagement.start", "alert").tolist())
    for alert in scene.shuffled("alert.raised", "alert"):
        if engaged is None or engaged == (alert in spoken_to):
            raised = scene.one("alert.raised", alert=alert)
            if raised is not None and scene.claim(alert, raised.id("template")):
                yield raised


def _an_alert(
    scene: Scene,
    *,
    engaged: bool | None = None,
    fits: Callable[[int], bool] | None = None,
) -> Event:
    for raised in _alerts(scene, engaged=engaged):
        if fits is None or fits(raised.id("alert")):
            return raised
    raise UnfitError("no such alert is left")


def _deleted_after(days: float | None) -> Plant:
    """Plants an alert that is deleted so late, or never, and for which no exception is stated."""

    def plant(scene: Scene) -> Sequence[Mark]:
        excepted = set(scene.ids("retention.excepted", "alert").tolist())
        raised = _an_alert(
            scene,
            fits=lambda alert: (
                alert not in excepted and scene.one("alert.deleted", alert=alert) is not None
            ),
        )
        deleted = scene.the("alert.deleted", alert=raised.id("alert"))
        if days is None:
            scene.remove("alert.deleted", alert=raised.id("alert"))
        else:
            scene.change(deleted, deleted.at(raised.time_us + round(days * _DAY_US)))
        return [Mark("alert.raised", {"alert": raised.id("alert")})]

    return plant


def _below_threshold(scene: Scene) -> Sequence[Mark]:
    raised = _an_alert(scene)
    scene.change(raised, raised.having(score=0.5))
    return [Mark("alert.raised", {"alert": raised.id("alert")})]


def _without_comparison(scene: Scene) -> Sequence[Mark]:
    raised = _an_alert(scene)
    scene.remove("template.compared", template=raised.id("template"))
    return [Mark("alert.raised", {"alert": raised.id("alert")})]


def _nobody_named(scene: Scene) -> Sequence[Mark]:
    """On an alert without an engagement: with one, two people would not have verified it."""
    alert = _an_alert(scene, engaged=False).id("alert")
    decided = scene.the("alert.adjudicated", alert=alert, role="operator")
    scene.change(decided, decided.lacking("actor"))
    return [Mark("alert.adjudicated", {"alert": alert, "role": "operator"})]


def _untrained(scene: Scene) -> Sequence[Mark]:
    """Somebody whose training ended an hour before."""
    alert = _an_alert(scene).id("alert")
    decided = scene.the("alert.adjudicated", alert=alert, role="operator")
    actor = scene.fresh(Thing.ACTOR)
    granted = scene.events("authority.applied") or [decided]
    fields: dict[str, Scalar] = {"actor": actor, "valid_until": decided.time_us - _HOUR_US}
    scene.add(Event("actor.trained", granted[0].time_us - _HOUR_US, granted[0].clock, fields))
    scene.change(decided, decided.having(actor=actor))
    return [Mark("alert.adjudicated", {"alert": alert, "role": "operator"})]


def _at_once(scene: Scene) -> Sequence[Mark]:
    raised = _an_alert(scene)
    alert = raised.id("alert")
    decided = scene.the("alert.adjudicated", alert=alert, role="operator")
    scene.change(decided, decided.at(raised.time_us))
    return [Mark("alert.adjudicated", {"alert": alert, "role": "operator"})]


def _engaged(scene: Scene) -> int:
    return _an_alert(scene, engaged=True).id("alert")


def _never_adjudicated(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    scene.remove("alert.adjudicated", alert=alert)
    return [Mark("engagement.start", {"alert": alert}), Mark("outcome.recorded", {"alert": alert})]


def _adjudicated_afterwards(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    first_us = min(one.time_us for one in scene.events("alert.adjudicated", alert=alert))
    engaged = scene.the("engagement.start", alert=alert)
    scene.change(engaged, engaged.at(first_us - 1))
    return [Mark("engagement.start", {"alert": alert})]


def _one_look(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    scene.remove("alert.adjudicated", alert=alert, role="engagement officer")
    return [Mark("engagement.start", {"alert": alert})]


def _one_person(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    first = scene.the("alert.adjudicated", alert=alert, role="operator")
    second = scene.the("alert.adjudicated", alert=alert, role="engagement officer")
    scene.change(second, second.having(actor=first.id("actor")))
    return [Mark("engagement.start", {"alert": alert})]


def _one_role(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    second = scene.the("alert.adjudicated", alert=alert, role="engagement officer")
    scene.change(second, second.having(role="operator"))
    return [Mark("engagement.start", {"alert": alert})]


def _against_rejection(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    for decided in scene.events("alert.adjudicated", alert=alert):
        scene.change(decided, decided.having(decision="reject"))
    return [Mark("engagement.start", {"alert": alert})]


def _no_leaflet(scene: Scene) -> Sequence[Mark]:
    engagement = scene.the("engagement.start", alert=_engaged(scene)).id("engagement")
    ended = scene.the("engagement.end", engagement=engagement)
    scene.change(ended, ended.having(leaflet=False))
    return [Mark("engagement.end", {"engagement": engagement})]


def _avoidance(scene: Scene) -> Sequence[Mark]:
    """A stop of somebody on whom there is no alert."""
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    engagement = scene.fresh(Thing.ENGAGEMENT)
    from_us = int(scene.rng.integers(start.time_us, end.time_us, endpoint=True))
    clock = next((one.clock for one in scene.events("engagement.start")), start.clock)
    told: dict[str, Scalar] = {
        "engagement": engagement,
        "deployment": start.id("deployment"),
        "reason": "avoidance",
    }
    done: dict[str, Scalar] = {"engagement": engagement, "leaflet": True, "force_used": False}
    scene.add(
        Event("engagement.start", from_us, clock, told),
        Event("engagement.end", from_us + 180_000_000, clock, done),
    )
    return [Mark("engagement.start", {"engagement": engagement})]


def _arrest_on_false(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    outcome = scene.the("outcome.recorded", alert=alert)
    scene.change(outcome, outcome.having(result="false", disposal="arrest"))
    return [Mark("outcome.recorded", {"alert": alert})]


def _stale_entry(scene: Scene) -> Sequence[Mark]:
    alert = _engaged(scene)
    outcome = scene.the("outcome.recorded", alert=alert)
    scene.change(outcome, outcome.having(reason="stale entry"))
    return [Mark("outcome.recorded", {"alert": alert})]


FAULTS = (
    Fault(
        name="alert-kept",
        sentence="An alert is never deleted, and no ground for that is stated.",
        breaks={"alert.raised": _KEPT_31_DAYS},
        changes=("alert.deleted",),
        plant=_deleted_after(None),
    ),
    Fault(
        name="alert-kept-30-days",
        sentence="An alert is deleted after 30 days and a half.",
        breaks={"alert.raised": _KEPT_30_DAYS},
        changes=("alert.deleted",),
        plant=_deleted_after(30.5),
    ),
    Fault(
        name="alert-kept-a-day",
        sentence="An alert is deleted after a day and a half.",
        breaks={"alert.raised": _KEPT_A_DAY},
        changes=("alert.deleted",),
        plant=_deleted_after(1.5),
    ),
    Fault(
        name="alert-below-threshold",
        sentence="An alert is raised at a score of 0.5.",
        breaks={"alert.raised": ("met-lfr-2024-09/R71-alert",)},
        changes=("alert.raised",),
        plant=_below_threshold,
    ),
    Fault(
        name="alert-without-comparison",
        sentence="The comparison behind an alert is not in the log.",
        breaks={"alert.raised": ("eu-ai-act/E05-input",)},
        changes=("template.compared",),
        plant=_without_comparison,
    ),
    Fault(
        name="adjudication-by-nobody",
        sentence="The log does not say who decided on an alert.",
        breaks={"alert.adjudicated": ("eu-ai-act/E05", "lpep-2019/R79-accountable")},
        changes=("alert.adjudicated",),
        plant=_nobody_named,
    ),
    Fault(
        name="training-expired",
        sentence="Somebody whose training is no longer valid decides on an alert.",
        breaks={"alert.adjudicated": ("lpep-2019/R79",)},
        changes=("actor.trained", "alert.adjudicated"),
        plant=_untrained,
    ),
    Fault(
        name="adjudication-at-once",
        sentence="An alert is decided on at the very instant it is raised.",
        breaks={"alert.adjudicated": ("met-lfr-2024-09/R76-time",)},
        changes=("alert.adjudicated",),
        plant=_at_once,
    ),
    Fault(
        name="stop-without-adjudication",
        sentence="Somebody is stopped on an alert on which nobody ever decided.",
        breaks={"engagement.start": _UNDECIDED, "outcome.recorded": ("ico-audit-2025/R78",)},
        changes=("alert.adjudicated",),
        plant=_never_adjudicated,
    ),
    Fault(
        name="stop-before-adjudication",
        sentence="Somebody is stopped before anybody decided on the alert.",
        breaks={"engagement.start": _UNDECIDED},
        changes=("engagement.start",),
        plant=_adjudicated_afterwards,
    ),
    Fault(
        name="stop-after-one-look",
        sentence="Somebody is stopped after the operator's look alone.",
        breaks={"engagement.start": ("eu-ai-act/E06", "south-wales-2018/R77")},
        changes=("alert.adjudicated",),
        plant=_one_look,
    ),
    Fault(
        name="stop-after-one-person",
        sentence="One person looks at an alert in two roles before somebody is stopped.",
        breaks={"engagement.start": ("eu-ai-act/E06",)},
        changes=("alert.adjudicated",),
        plant=_one_person,
    ),
    Fault(
        name="stop-after-one-role",
        sentence="Two operators, and no officer on the ground, look before somebody is stopped.",
        breaks={"engagement.start": ("south-wales-2018/R77",)},
        changes=("alert.adjudicated",),
        plant=_one_role,
    ),
    Fault(
        name="stop-after-rejection",
        sentence="Somebody is stopped on an alert that everybody rejected.",
        breaks={"engagement.start": _NOT_ACCEPTED},
        changes=("alert.adjudicated",),
        plant=_against_rejection,
    ),
    Fault(
        name="leaflet-missing",
        sentence="Somebody who was stopped gets no leaflet.",
        breaks={"engagement.end": ("gmp-lfr/R63", "south-wales-2018/R63")},
        changes=("engagement.end",),
        plant=_no_leaflet,
    ),
    Fault(
        name="avoidance-stop",
        sentence="Somebody is stopped for avoiding the cameras.",
        breaks={"engagement.start": ("met-lfr-2024-09/R64",)},
        changes=("engagement.start", "engagement.end"),
        plant=_avoidance,
    ),
    Fault(
        name="arrest-after-false-alert",
        sentence="Somebody is arrested after an alert that was found to be false.",
        breaks={"outcome.recorded": ("met-lfr-2024-09/R81",)},
        changes=("outcome.recorded",),
        plant=_arrest_on_false,
    ),
    Fault(
        name="stale-entry",
        sentence="Somebody is stopped who should no longer have been on the list.",
        breaks={"outcome.recorded": ("bridges-2020/R32",)},
        changes=("outcome.recorded",),
        plant=_stale_entry,
    ),
)
