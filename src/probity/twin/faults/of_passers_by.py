"""Faults with the faces and templates of people who raised no alert, and with false alerts."""

from collections.abc import Iterator, Sequence

import numpy as np

from probity.twin.event_part import Part, Value
from probity.twin.faults.fault import Fault
from probity.twin.faults.scene import Event, Mark, Scene, UnfitError
from probity.twin.random_ids import Thing

_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US

_NOT_DELETED_AT_ONCE = {
    "template.created": ("bedfordshire/R02", "home-office-2026/R01", "met-lfr-2024-09/R01")
}
_NOT_BLURRED = {"face.seen": ("met-lfr-2024-09/R04",)}


def _passers_by(scene: Scene) -> Iterator[int]:
    """Templates on which no alert was raised."""
    alerted = set(scene.ids("alert.raised", "template").tolist())
    for template in scene.shuffled("template.created", "template"):
        if template not in alerted:
            yield template


def _one_of(scene: Scene) -> int:
    template = next(_passers_by(scene), None)
    if template is None:
        raise UnfitError("nobody passed without an alert")
    scene.claim(template)
    return template


def _template_late(scene: Scene) -> Sequence[Mark]:
    template = _one_of(scene)
    deleted = scene.the("template.deleted", template=template)
    scene.change(deleted, deleted.at(deleted.time_us + _MINUTE_US))
    return [Mark("template.created", {"template": template})]


def _template_kept(scene: Scene) -> Sequence[Mark]:
    template = _one_of(scene)
    scene.remove("template.deleted", template=template)
    return [Mark("template.created", {"template": template})]


def _blur_missing(scene: Scene) -> Sequence[Mark]:
    template = _one_of(scene)
    scene.remove("render.blurred", template=template)
    return [Mark("face.seen", {"template": template})]


def _blur_late(scene: Scene) -> Sequence[Mark]:
    template = _one_of(scene)
    blurred = scene.the("render.blurred", template=template)
    scene.change(blurred, blurred.at(blurred.time_us + _MINUTE_US))
    return [Mark("face.seen", {"template": template})]


def _face_watched(scene: Scene) -> Sequence[Mark]:
    for template in _passers_by(scene):
        seen = scene.one("face.seen", template=template)
        blurred = scene.one("render.blurred", template=template)
        if seen is None or blurred is None or blurred.time_us < seen.time_us + 2:
            continue
        scene.claim(template)
        shown = {name: seen.fields[name] for name in ("template", "deployment")}
        scene.add(Event("operator.viewed", seen.time_us + 1, seen.clock, shown))
        return [Mark("operator.viewed", {"template": template})]
    raise UnfitError("no face is blurred after it is seen")


def _face_uncounted(scene: Scene) -> Sequence[Mark]:
    template = _one_of(scene)
    scene.remove("face.seen", template=template)
    return [Mark("template.created", {"template": template})]


def _comparison_without_list(scene: Scene) -> Sequence[Mark]:
    template = _one_of(scene)
    compared = scene.the("template.compared", template=template)
    scene.change(compared, compared.lacking("watchlist"))
    return [Mark("template.compared", {"template": template})]


def _many_false_alerts(scene: Scene) -> Sequence[Mark]:
    """So many more that their share of all faces seen is well above 1 in 1,000.

    Each has its face, its comparison, its decisions and its deletion, all as they should be.
    """
    n = 12 + round(0.004 * scene.faces_of_log)
    start, end = scene.the("deployment.start"), scene.the("deployment.end")
    threshold = float(scene.events("config.threshold")[0].fields["threshold"])
    decided = scene.events("alert.adjudicated", role="operator")
    listed = scene.events("watchlist.imported")
    if not decided or "actor" not in decided[0].fields or not listed:
        raise UnfitError("no operator at work")
    if end.time_us - start.time_us < 2 * _MINUTE_US:
        raise UnfitError("too short")
    seen_us = np.sort(scene.rng.integers(start.time_us, end.time_us - _MINUTE_US, n))
    template = np.array([scene.fresh(Thing.TEMPLATE) for _ in range(n)], np.int64)
    alert = np.array([scene.fresh(Thing.ALERT) for _ in range(n)], np.int64)
    scene.claim(*template.tolist(), *alert.tolist())
    deployment = start.id("deployment")
    face: dict[str, Value] = {"template": template, "deployment": deployment}
    of: dict[str, Value] = {"alert": alert, "deployment": deployment}
    decision: dict[str, Value] = {"decision": "reject", "role": "operator"}
    decision["actor"] = decided[0].id("actor")
    list_used = listed[0].id("watchlist")
    system, devices = start.clock, scene.events("outcome.recorded")[0].clock
    raised: dict[str, Value] = {**of, "template": template}
    raised["score"] = threshold + 0.01 + 0.05 * scene.rng.random(n)
    scene.parts += [
        Part("face.seen", seen_us, system, face),
        Part("template.created", seen_us + 20_000, system, face),
        Part("template.compared", seen_us + 30_000, system, {**face, "watchlist": list_used}),
        Part("alert.raised", seen_us + 40_000, system, raised),
        Part("alert.adjudicated", seen_us + 9_000_000, system, {**of, **decision}),
        Part("template.deleted", seen_us + 9_500_000, system, face),
        Part("outcome.recorded", seen_us + 30_000_000, devices, {**of, "result": "false"}),
        Part("alert.deleted", seen_us + 10 * _HOUR_US, system, {"alert": alert}),
    ]
    return [Mark("face.seen", {"template": int(one)}) for one in template]


FAULTS = (
    Fault(
        name="template-late",
        sentence="The template of a passer-by is deleted a minute late.",
        breaks=_NOT_DELETED_AT_ONCE,
        changes=("template.deleted",),
        plant=_template_late,
    ),
    Fault(
        name="template-kept",
        sentence="The template of a passer-by is never deleted.",
        breaks=_NOT_DELETED_AT_ONCE,
        changes=("template.deleted",),
        plant=_template_kept,
    ),
    Fault(
        name="blur-missing",
        sentence="The face of a passer-by is not blurred.",
        breaks=_NOT_BLURRED,
        changes=("render.blurred",),
        plant=_blur_missing,
    ),
    Fault(
        name="blur-late",
        sentence="The face of a passer-by is blurred a minute late.",
        breaks=_NOT_BLURRED,
        changes=("render.blurred",),
        plant=_blur_late,
    ),
    Fault(
        name="face-watched",
        sentence="A person is shown the face of a passer-by before it is blurred.",
        breaks={"operator.viewed": ("bridges-2020/R03",)},
        changes=("operator.viewed",),
        plant=_face_watched,
    ),
    Fault(
        name="face-uncounted",
        sentence="A template is made of a face that is not counted as seen.",
        breaks={"template.created": ("ico-2019/R47",)},
        changes=("face.seen",),
        plant=_face_uncounted,
    ),
    Fault(
        name="comparison-without-list",
        sentence="The log does not say with which list a template was compared.",
        breaks={"template.compared": ("eu-ai-act/E05-database",)},
        changes=("template.compared",),
        plant=_comparison_without_list,
    ),
    Fault(
        name="many-false-alerts",
        sentence="False alerts are several times 1 in 1,000 faces seen.",
        breaks={"face.seen": ("met-lfr-2024-09/R73", "south-wales-2018/R73")},
        changes=(
            "face.seen",
            "template.created",
            "template.compared",
            "template.deleted",
            "alert.raised",
            "alert.adjudicated",
            "alert.deleted",
            "outcome.recorded",
        ),
        plant=_many_false_alerts,
        topics=frozenset({"settings"}),
    ),
)
