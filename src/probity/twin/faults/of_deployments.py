"""Faults with what surrounds a deployment: notice, signs, settings, footage, the record."""

from collections.abc import Sequence

from probity.twin.faults.fault import Fault, Plant
from probity.twin.faults.scene import Event, Mark, Scalar, Scene, UnfitError
from probity.twin.random_ids import Thing

_MINUTE_US = 60_000_000
_DAY_US = 24 * 60 * _MINUTE_US

_NO_NOTICE = {"deployment.start": ("college-app/R60", "south-wales-2018/R61")}
_THRESHOLDS = (
    "essex-suffolk/R71",
    "home-office-2026/R71",
    "met-lfr-2024-09/R71",
    "south-wales-current/R71",
)
_FOOTAGE = {"footage.written": ("met-lfr-2024-09/R11", "south-wales-current/R11")}


def _of(scene: Scene) -> dict[str, Scalar]:
    return {"deployment": scene.the("deployment.start").id("deployment")}


def _not_urgent(scene: Scene) -> None:
    """An urgent authority is taken as a reason to give no notice."""
    if scene.events("authority.granted", urgent=True):
        raise UnfitError("urgent")


def _notice_missing(scene: Scene) -> Sequence[Mark]:
    _not_urgent(scene)
    of = _of(scene)
    scene.the("notice.published")
    scene.remove("notice.published")
    return [Mark("deployment.start", of)]


def _notice_late(scene: Scene) -> Sequence[Mark]:
    _not_urgent(scene)
    start, notice = scene.the("deployment.start"), scene.the("notice.published")
    scene.change(notice, notice.at(start.time_us + 10 * _MINUTE_US))
    return [Mark("deployment.start", _of(scene))]


def _notice_elsewhere(scene: Scene) -> Sequence[Mark]:
    of, notice = _of(scene), scene.the("notice.published")
    scene.change(notice, notice.having(channel="local newspaper"))
    return [Mark("deployment.start", of)]


def _signs(**instead: Scalar) -> Plant:
    """Plants other values of every sign, or no sign at all."""

    def plant(scene: Scene) -> Sequence[Mark]:
        of, signs = _of(scene), scene.events("signage.placed")
        if not signs:
            raise UnfitError("no sign")
        scene.remove("signage.placed")
        if instead:
            scene.add(*(one.having(**instead) for one in signs))
        return [Mark("deployment.start", of)]

    return plant


def _threshold_wrong(scene: Scene) -> Sequence[Mark]:
    of, set_up = _of(scene), scene.the("config.threshold")
    scene.change(set_up, set_up.having(threshold=0.62))
    return [Mark("config.threshold", of)]


def _threshold_lowered(scene: Scene) -> Sequence[Mark]:
    """In the middle of the run, under an authority that nobody gave."""
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    set_up = scene.the("config.threshold")
    lowered = set_up.at(start.time_us + (end.time_us - start.time_us) // 2).having(
        threshold=0.5, authority=scene.fresh(Thing.AUTHORITY)
    )
    scene.add(lowered)
    return [Mark("config.threshold", {"authority": lowered.id("authority")})]


def _untested(scene: Scene) -> Sequence[Mark]:
    of, set_up = _of(scene), scene.the("config.algorithm")
    scene.change(set_up, set_up.lacking("test_report"))
    return [Mark("config.algorithm", of)]


def _use_case(code: str | None) -> Plant:
    def plant(scene: Scene) -> Sequence[Mark]:
        of, start = _of(scene), scene.the("deployment.start")
        other = start.lacking("use_case") if code is None else start.having(use_case=code)
        scene.change(start, other)
        return [Mark("deployment.start", of)]

    return plant


def _start_unlogged(scene: Scene) -> Sequence[Mark]:
    of = _of(scene)
    scene.the("record.published")
    scene.remove("deployment.start")
    return [Mark("deployment.end", of), Mark("record.published", of)]


def _record_missing(scene: Scene) -> Sequence[Mark]:
    of = _of(scene)
    scene.the("record.published")
    scene.remove("record.published")
    return [Mark("deployment.end", of)]


def _record_late(scene: Scene) -> Sequence[Mark]:
    end, record = scene.the("deployment.end"), scene.the("record.published")
    scene.change(record, record.at(end.time_us + 6 * _DAY_US))
    return [Mark("deployment.end", {"deployment": end.id("deployment")})]


def _record_incomplete(scene: Scene) -> Sequence[Mark]:
    record = scene.the("record.published")
    scene.change(record, record.lacking("false_alerts"))
    return [Mark("record.published", {"record": record.id("record")})]


def _record_unknown(scene: Scene) -> Sequence[Mark]:
    """A published record of a deployment that the system's log does not hold."""
    record = scene.the("record.published")
    number = scene.fresh(Thing.RECORD)
    scene.add(record.having(record=number, deployment=scene.fresh(Thing.DEPLOYMENT)))
    return [Mark("record.published", {"record": number})]


def _footage_kept(days: float | None) -> Plant:
    """Plants footage that is deleted so late, or never, with no exception stated."""

    def plant(scene: Scene) -> Sequence[Mark]:
        excepted = set(scene.ids("retention.excepted", "footage").tolist())
        for footage in scene.shuffled("footage.written", "footage"):
            deleted = scene.one("footage.deleted", footage=footage)
            if footage in excepted or deleted is None:
                continue
            scene.claim(footage)
            written = scene.the("footage.written", footage=footage)
            if days is None:
                scene.remove("footage.deleted", footage=footage)
            else:
                scene.change(deleted, deleted.at(written.time_us + round(days * _DAY_US)))
            return [Mark("footage.written", {"footage": footage})]
        raise UnfitError("no footage that no exception keeps")

    return plant


def _footage_recorded(scene: Scene) -> Sequence[Mark]:
    if scene.events("footage.written"):
        raise UnfitError("the system records anyway")
    end, footage = scene.the("deployment.end"), scene.fresh(Thing.FOOTAGE)
    fields: dict[str, Scalar] = {"footage": footage, "deployment": end.id("deployment")}
    scene.add(
        Event("footage.written", end.time_us, end.clock, fields),
        Event("footage.deleted", end.time_us + _DAY_US, end.clock, {"footage": footage}),
    )
    return [Mark("footage.written", {"footage": footage})]


_NOTICE = frozenset({"notice", "authority"})
_SIGNS = frozenset({"signs"})
_SETTINGS = frozenset({"settings"})
_RECORD = frozenset({"record"})
_START = frozenset({"start"})

FAULTS = (
    Fault(
        name="notice-missing",
        sentence="The public is not told of a deployment.",
        breaks=_NO_NOTICE,
        changes=("notice.published",),
        plant=_notice_missing,
        topics=_NOTICE,
    ),
    Fault(
        name="notice-late",
        sentence="The public is told ten minutes after the start.",
        breaks=_NO_NOTICE,
        changes=("notice.published",),
        plant=_notice_late,
        topics=_NOTICE,
    ),
    Fault(
        name="notice-elsewhere",
        sentence="The notice stands in a newspaper and not on social media.",
        breaks={"deployment.start": ("south-wales-2018/R61",)},
        changes=("notice.published",),
        plant=_notice_elsewhere,
        topics=_NOTICE,
    ),
    Fault(
        name="signs-missing",
        sentence="There are no signs.",
        breaks={"deployment.start": ("south-wales-2018/R61-signs", "south-wales-2018/R62")},
        changes=("signage.placed",),
        plant=_signs(),
        topics=_SIGNS,
    ),
    Fault(
        name="signs-too-near",
        sentence="All signs stand 20 metres from the camera.",
        breaks={"deployment.start": ("south-wales-2018/R61-signs",)},
        changes=("signage.placed",),
        plant=_signs(distance_m=20.0),
        topics=_SIGNS,
    ),
    Fault(
        name="signs-inside-zone",
        sentence="All signs can only be read inside the zone of recognition.",
        breaks={"deployment.start": ("south-wales-2018/R62",)},
        changes=("signage.placed",),
        plant=_signs(outside_zone=False),
        topics=_SIGNS,
    ),
    Fault(
        name="threshold-wrong",
        sentence="The threshold is set to 0.62 before the start.",
        breaks={"config.threshold": _THRESHOLDS},
        changes=("config.threshold",),
        plant=_threshold_wrong,
        topics=_SETTINGS,
    ),
    Fault(
        name="threshold-lowered",
        sentence="The threshold is lowered to 0.5 in the middle of a run, without an authority.",
        breaks={"config.threshold": (*_THRESHOLDS, "met-lfr-2024-09/R72", "npl-2023/R70")},
        changes=("config.threshold",),
        plant=_threshold_lowered,
        topics=_SETTINGS,
    ),
    Fault(
        name="algorithm-untested",
        sentence="The algorithm in use names no test report.",
        breaks={"config.algorithm": ("home-office-2026/R75",)},
        changes=("config.algorithm",),
        plant=_untested,
        topics=_SETTINGS,
    ),
    Fault(
        name="use-case-other",
        sentence="A deployment is for staff training.",
        breaks={"deployment.start": ("met-lfr-2024-09/R41",)},
        changes=("deployment.start",),
        plant=_use_case("staff training"),
        topics=_START,
    ),
    Fault(
        name="use-case-missing",
        sentence="A deployment names no use case.",
        breaks={"deployment.start": ("met-lfr-2024-09/R41",)},
        changes=("deployment.start",),
        plant=_use_case(None),
        topics=_START,
    ),
    Fault(
        name="start-unlogged",
        sentence="A deployment ends, and a record of it is published, without a start in the log.",
        breaks={
            "deployment.end": ("eu-ai-act/E05-use",),
            "record.published": ("met-lfr-2024-09/R50",),
        },
        changes=("deployment.start",),
        plant=_start_unlogged,
        topics=frozenset(
            {"start", "authority", "list", "medium", "notice", "signs", "settings", "record"}
        ),
    ),
    Fault(
        name="record-missing",
        sentence="No record of a deployment is published.",
        breaks={"deployment.end": ("bedfordshire/R65",)},
        changes=("record.published",),
        plant=_record_missing,
        topics=_RECORD,
    ),
    Fault(
        name="record-late",
        sentence="The record of a deployment is published after six days.",
        breaks={"deployment.end": ("bedfordshire/R65",)},
        changes=("record.published",),
        plant=_record_late,
        topics=_RECORD,
    ),
    Fault(
        name="record-incomplete",
        sentence="The published record leaves out false alerts.",
        breaks={"record.published": ("met-lfr-2024-09/R66",)},
        changes=("record.published",),
        plant=_record_incomplete,
        topics=_RECORD,
    ),
    Fault(
        name="record-of-unknown-deployment",
        sentence="A record is published of a deployment that the log does not hold.",
        breaks={"record.published": ("met-lfr-2024-09/R50",)},
        changes=("record.published",),
        plant=_record_unknown,
        topics=_RECORD,
    ),
    Fault(
        name="footage-kept",
        sentence="A recording is never deleted, and no ground for that is stated.",
        breaks=_FOOTAGE,
        changes=("footage.deleted",),
        plant=_footage_kept(None),
    ),
    Fault(
        name="footage-late",
        sentence="A recording is deleted after 33 days.",
        breaks=_FOOTAGE,
        changes=("footage.deleted",),
        plant=_footage_kept(33),
    ),
    Fault(
        name="footage-recorded",
        sentence="A system that is said not to record stores a recording.",
        breaks={"footage.written": ("gmp-lfr/R12",)},
        changes=("footage.written", "footage.deleted"),
        plant=_footage_recorded,
    ),
)
