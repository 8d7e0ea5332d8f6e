"""Faults with the authority for a deployment, and with the documents it rests on."""

from collections.abc import Callable, Sequence

from probity.twin.faults.fault import Fault, Plant
from probity.twin.faults.scene import Event, Mark, Scalar, Scene, UnfitError
from probity.twin.random_ids import Thing

_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US

_AUTHORITY = frozenset({"authority"})
_RANKS = {"authority.granted": ("college-app/R45", "met-lfr-2024-09/R45", "south-wales-2018/R45")}
_WINDOW = ("college-app/R43", "lpep-2019/R43")
_NOT_GRANTED_AT_START = (*_WINDOW, "met-lfr-2024-09/R44", "us-washington/U03")
_NOT_GRANTED = {
    "deployment.start": _NOT_GRANTED_AT_START,
    "deployment.end": ("college-app/R43-end",),
    "template.compared": ("met-lfr-2024-09/R44-compared",),
    "watchlist.imported": ("college-app/R23-authority",),
}


def _of(scene: Scene) -> dict[str, Scalar]:
    return {"deployment": scene.the("deployment.start").id("deployment")}


def _withdraw(scene: Scene) -> list[Mark]:
    granted = scene.the("authority.granted")
    for kind in ("authority.granted", "authority.ratified", "authority.cancelled"):
        scene.remove(kind, authority=granted.id("authority"))
    return [Mark(kind, _of(scene)) for kind in _NOT_GRANTED]


def _missing(scene: Scene) -> Sequence[Mark]:
    return _withdraw(scene)


def _never_asked(scene: Scene) -> Sequence[Mark]:
    marks = _withdraw(scene)
    scene.remove("authority.applied")
    return marks


def _after_start(scene: Scene) -> Sequence[Mark]:
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    granted = scene.the("authority.granted")
    if end.time_us - start.time_us < 4 * _MINUTE_US:
        raise UnfitError("too short")
    given_us = start.time_us + (end.time_us - start.time_us) // 2
    for ratified in scene.events("authority.ratified"):
        scene.change(ratified, ratified.at(given_us + _HOUR_US))
    scene.change(granted, granted.at(given_us))
    of, stamped_us = _of(scene), scene.stamped_us(granted.at(given_us))
    return [
        Mark("deployment.start", of),
        Mark("template.compared", of, before_us=stamped_us),
        Mark("watchlist.imported", of, before_us=stamped_us),
    ]


def _not_applied(scene: Scene) -> Sequence[Mark]:
    applied = scene.the("authority.applied")
    scene.remove("authority.applied", authority=applied.id("authority"))
    return [Mark("deployment.start", _of(scene))]


def _applied_twice(scene: Scene) -> Sequence[Mark]:
    applied = scene.the("authority.applied")
    again = applied.having(authority=scene.fresh(Thing.AUTHORITY))
    scene.add(again.at(applied.time_us + _MINUTE_US))
    return [Mark("deployment.start", _of(scene))]


def _cancelled_early(scene: Scene) -> Sequence[Mark]:
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    cancelled = scene.the("authority.cancelled")
    early = cancelled.at(start.time_us + (end.time_us - start.time_us) // 2)
    scene.change(cancelled, early)
    of, stamped_us = _of(scene), scene.stamped_us(early)
    return [Mark("authority.cancelled", of), Mark("template.compared", of, from_us=stamped_us)]


def _refused(scene: Scene) -> Sequence[Mark]:
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    granted = scene.the("authority.granted")
    refused_us = start.time_us + 5 * _MINUTE_US
    if end.time_us <= refused_us + _HOUR_US + 5 * _MINUTE_US:
        raise UnfitError("over within the hour")
    fields = {name: granted.fields[name] for name in ("authority", "deployment")}
    scene.add(Event("authority.refused", refused_us, granted.clock, {**fields, "rank": 5.0}))
    return [Mark("authority.refused", fields)]


def _stated(change: Callable[[Scene, Event], Event], *kinds: str) -> Plant:
    """Plants a change to the one grant; breaches are at events of ``kinds``."""

    def plant(scene: Scene) -> Sequence[Mark]:
        granted = scene.the("authority.granted")
        of = _of(scene)
        scene.change(granted, change(scene, granted))
        return [Mark(kind, of) for kind in kinds]

    return plant


def _urgent(ratified_rank: float | None, *, after_h: float) -> Plant:
    """Plants an urgent grant by an inspector, confirmed so or not at all."""

    def plant(scene: Scene) -> Sequence[Mark]:
        granted = scene.the("authority.granted")
        authority = granted.id("authority")
        scene.remove("authority.ratified", authority=authority)
        scene.change(granted, granted.having(rank=2.0, urgent=True))
        if ratified_rank is not None:
            fields: dict[str, Scalar] = {"authority": authority, "rank": ratified_rank}
            confirmed_us = granted.time_us + round(after_h * _HOUR_US)
            scene.add(Event("authority.ratified", confirmed_us, granted.clock, fields))
        return [Mark("authority.granted", {"authority": authority})]

    return plant


def _lower_rank(scene: Scene, granted: Event) -> Event:
    scene.remove("authority.ratified", authority=granted.id("authority"))
    return granted.having(rank=3.0, urgent=False)


def _window_later(scene: Scene, granted: Event) -> Event:
    return granted.having(window_start=scene.the("deployment.start").time_us + 1)


def _window_shorter(scene: Scene, granted: Event) -> Event:
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    return granted.having(window_end=start.time_us + (end.time_us - start.time_us) // 2)


_GRANT = ("authority.granted",)
_GRANT_AND_RATIFIED = ("authority.granted", "authority.ratified")

FAULTS = (
    Fault(
        name="authority-missing",
        sentence="A deployment goes ahead on an application that nobody granted.",
        breaks=_NOT_GRANTED,
        changes=(*_GRANT_AND_RATIFIED, "authority.cancelled"),
        plant=_missing,
        topics=_AUTHORITY,
    ),
    Fault(
        name="authority-never-asked",
        sentence="A deployment goes ahead and no authority was asked for.",
        breaks={
            **_NOT_GRANTED,
            "deployment.start": (*_NOT_GRANTED_AT_START, "eu-ai-act/E02", "ico-audit-2025/R48"),
        },
        changes=(*_GRANT_AND_RATIFIED, "authority.applied", "authority.cancelled"),
        plant=_never_asked,
        topics=_AUTHORITY,
    ),
    Fault(
        name="authority-after-start",
        sentence="The authority is given when half of the deployment is over.",
        breaks={kind: rules for kind, rules in _NOT_GRANTED.items() if kind != "deployment.end"},
        changes=_GRANT_AND_RATIFIED,
        plant=_after_start,
        topics=_AUTHORITY,
    ),
    Fault(
        name="application-missing",
        sentence="An authority is granted without an application.",
        breaks={"deployment.start": ("ico-audit-2025/R48",)},
        changes=("authority.applied",),
        plant=_not_applied,
        topics=_AUTHORITY,
    ),
    Fault(
        name="application-twice",
        sentence="Two applications are made for one deployment.",
        breaks={"deployment.start": ("ico-audit-2025/R48",)},
        changes=("authority.applied",),
        plant=_applied_twice,
        topics=_AUTHORITY,
    ),
    Fault(
        name="authority-cancelled-early",
        sentence="The authority is cancelled while the deployment runs on.",
        breaks={
            "authority.cancelled": ("met-lfr-2024-09/R44-cancelled",),
            "template.compared": ("met-lfr-2024-09/R44-compared",),
        },
        changes=("authority.cancelled",),
        plant=_cancelled_early,
        topics=_AUTHORITY,
    ),
    Fault(
        name="authority-refused",
        sentence="The authority is refused, and the deployment runs on.",
        breaks={"authority.refused": ("eu-ai-act/E02-refused",)},
        changes=("authority.refused",),
        plant=_refused,
        topics=_AUTHORITY,
    ),
    Fault(
        name="rank-too-low",
        sentence="A chief inspector gives the authority, without urgency.",
        breaks=_RANKS,
        changes=_GRANT_AND_RATIFIED,
        plant=_stated(_lower_rank, "authority.granted"),
        topics=_AUTHORITY,
    ),
    Fault(
        name="urgent-not-ratified",
        sentence="An inspector gives the authority in urgency, and nobody confirms it.",
        breaks=_RANKS,
        changes=_GRANT_AND_RATIFIED,
        plant=_urgent(None, after_h=0),
        topics=_AUTHORITY,
    ),
    Fault(
        name="urgent-ratified-late",
        sentence="An urgent authority is confirmed after 30 hours.",
        breaks=_RANKS,
        changes=_GRANT_AND_RATIFIED,
        plant=_urgent(4.0, after_h=30),
        topics=_AUTHORITY,
    ),
    Fault(
        name="urgent-ratified-too-low",
        sentence="A chief inspector confirms an urgent authority.",
        breaks=_RANKS,
        changes=_GRANT_AND_RATIFIED,
        plant=_urgent(3.0, after_h=1),
        topics=_AUTHORITY,
    ),
    Fault(
        name="start-before-window",
        sentence="A deployment starts before the time its authority allows.",
        breaks={"deployment.start": _WINDOW},
        changes=_GRANT,
        plant=_stated(_window_later, "deployment.start"),
        topics=_AUTHORITY,
    ),
    Fault(
        name="overrun",
        sentence="A deployment runs on after the time its authority allows.",
        breaks={"deployment.end": ("college-app/R43-end",)},
        changes=_GRANT,
        plant=_stated(_window_shorter, "deployment.end"),
        topics=_AUTHORITY,
    ),
    Fault(
        name="purpose-not-listed",
        sentence="The authority names crowd control as its purpose.",
        breaks={"authority.granted": ("eu-ai-act/E01",)},
        changes=_GRANT,
        plant=_stated(lambda _, one: one.having(purpose="crowd control"), "authority.granted"),
        topics=_AUTHORITY,
    ),
    Fault(
        name="document-not-in-force",
        sentence="The authority rests on a document that was never issued.",
        breaks={"authority.granted": ("ico-2019/R46",)},
        changes=_GRANT,
        plant=_stated(lambda _, one: one.having(document="draft 0.1"), "authority.granted"),
        topics=_AUTHORITY,
    ),
)
