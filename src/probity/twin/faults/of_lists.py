"""Faults with watchlists: when they are made, what is on them, when they are gone."""

from collections.abc import Callable, Sequence

from probity.twin.faults.fault import Fault, Plant
from probity.twin.faults.scene import Event, Mark, Scalar, Scene, UnfitError
from probity.twin.random_ids import Thing

_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US

_LIST_KEPT = {
    "deployment.end": ("home-office-2026/R09", "met-lfr-2024-09/R09", "south-wales-2018/R09")
}
_MEDIUM_KEPT = {"deployment.end": ("met-lfr-2024-09/R08",)}
_TOO_EARLY = {"deployment.start": ("met-croydon-pilot/R10",)}
_NO_CATEGORY = ("college-app/R21", "home-office-2026/R21")


def _of(scene: Scene) -> dict[str, Scalar]:
    return {"deployment": scene.the("deployment.start").id("deployment")}


def _own_list(scene: Scene) -> int:
    return scene.the("watchlist.imported").id("watchlist")


def _compiled_early(scene: Scene) -> Sequence[Mark]:
    """Thirty hours before the start, with the images put on it."""
    start, compiled = scene.the("deployment.start"), scene.the("watchlist.compiled")
    earlier_us = compiled.time_us - (start.time_us - 30 * _HOUR_US)
    if earlier_us <= 0:
        raise UnfitError("so early already")
    scene.shift("watchlist.item.added", -earlier_us)
    scene.change(compiled, compiled.at(compiled.time_us - earlier_us))
    return [Mark("deployment.start", _of(scene))]


def _not_compiled(scene: Scene) -> Sequence[Mark]:
    of, compiled = _of(scene), scene.the("watchlist.compiled")
    scene.remove("watchlist.compiled", watchlist=compiled.id("watchlist"))
    return [Mark("deployment.start", of)]


def _list_kept(scene: Scene) -> Sequence[Mark]:
    of, watchlist = _of(scene), _own_list(scene)
    scene.the("watchlist.deleted", watchlist=watchlist)
    scene.remove("watchlist.deleted", watchlist=watchlist)
    return [Mark("deployment.end", of)]


def _list_late(scene: Scene) -> Sequence[Mark]:
    deleted = scene.the("watchlist.deleted", watchlist=_own_list(scene))
    scene.change(deleted, deleted.at(scene.the("deployment.end").time_us + 30 * _HOUR_US))
    return [Mark("deployment.end", _of(scene))]


def _image_kept(scene: Scene) -> Sequence[Mark]:
    of, watchlist = _of(scene), _own_list(scene)
    for item in scene.shuffled("watchlist.item.enrolled", "item"):
        if scene.one("watchlist.item.deleted", watchlist=watchlist, item=item) is not None:
            scene.remove("watchlist.item.deleted", watchlist=watchlist, item=item)
            return [Mark("deployment.end", of)]
    raise UnfitError("nothing enrolled")


def _medium_kept(scene: Scene) -> Sequence[Mark]:
    of, medium = _of(scene), scene.the("media.deleted").id("medium")
    scene.remove("media.deleted", medium=medium)
    return [Mark("deployment.end", of)]


def _medium_late(scene: Scene) -> Sequence[Mark]:
    deleted = scene.the("media.deleted")
    scene.change(deleted, deleted.at(scene.the("deployment.end").time_us + 30 * _HOUR_US))
    return [Mark("deployment.end", _of(scene))]


def _unapproved(scene: Scene) -> Sequence[Mark]:
    granted = scene.the("authority.granted")
    watchlist = _own_list(scene)
    scene.change(granted, granted.having(watchlist=scene.fresh(Thing.WATCHLIST)))
    return [Mark("watchlist.imported", {"watchlist": watchlist})]


def _unreviewed(scene: Scene) -> Sequence[Mark]:
    watchlist = _own_list(scene)
    scene.the("watchlist.reviewed", watchlist=watchlist)
    scene.remove("watchlist.reviewed", watchlist=watchlist)
    return [Mark("deployment.start", _of(scene))]


def _too_long(scene: Scene) -> Sequence[Mark]:
    imported = scene.the("watchlist.imported")
    scene.change(imported, imported.having(size=2_500.0))
    return [Mark("watchlist.imported", {"watchlist": imported.id("watchlist")})]


def _reused(scene: Scene) -> Sequence[Mark]:
    """The list of the deployment before is loaded as well: approved, reviewed, and deleted again.

    So nothing is wrong but that it serves a second deployment.
    """
    imported, before = scene.the("watchlist.imported"), scene.before
    compiled, granted = scene.the("watchlist.compiled"), scene.the("authority.granted")
    reviewed = scene.the("watchlist.reviewed")
    deleted = scene.the("watchlist.deleted")
    if before is None or before.time_us >= compiled.time_us:
        raise UnfitError("the list of the deployment before is still there")
    old = before.id("watchlist")
    whole = {name: before.fields[name] for name in ("size", "digest")}
    scene.add(
        granted.having(watchlist=old),
        compiled.having(watchlist=old),
        reviewed.having(watchlist=old),
        imported.having(watchlist=old, **whole),
        deleted.having(watchlist=old, digest=whole["digest"]),
    )
    return [Mark("watchlist.imported", {"watchlist": old})]


def _image(change: Callable[[Event], Event]) -> Plant:
    """Plants a change to one adult's image on the list."""

    def plant(scene: Scene) -> Sequence[Mark]:
        for item in scene.shuffled("watchlist.item.added", "item"):
            added = scene.the("watchlist.item.added", item=item)
            if "rationale" not in added.fields:
                scene.claim(item)
                scene.change(added, change(added))
                return [Mark("watchlist.item.added", {"item": item})]
        raise UnfitError("no adult's image is left")

    return plant


_LIST = frozenset({"list"})
_MEDIUM = frozenset({"medium"})
_APPROVAL = frozenset({"list", "authority"})
_ADDED = ("watchlist.item.added",)

FAULTS = (
    Fault(
        name="list-compiled-early",
        sentence="The watchlist is compiled 30 hours before the start.",
        breaks=_TOO_EARLY,
        changes=("watchlist.compiled", "watchlist.item.added"),
        plant=_compiled_early,
        topics=_LIST,
    ),
    Fault(
        name="list-not-compiled",
        sentence="A watchlist is loaded that was never compiled for the deployment.",
        breaks=_TOO_EARLY,
        changes=("watchlist.compiled",),
        plant=_not_compiled,
        topics=_LIST,
    ),
    Fault(
        name="list-kept",
        sentence="The watchlist is never deleted from the system.",
        breaks=_LIST_KEPT,
        changes=("watchlist.deleted",),
        plant=_list_kept,
        topics=_LIST,
    ),
    Fault(
        name="list-late",
        sentence="The watchlist is deleted 30 hours after the end.",
        breaks=_LIST_KEPT,
        changes=("watchlist.deleted",),
        plant=_list_late,
        topics=_LIST,
    ),
    Fault(
        name="image-kept",
        sentence="One image of the watchlist and its template are never deleted.",
        breaks={"deployment.end": ("south-wales-2018/R14",)},
        changes=("watchlist.item.deleted",),
        plant=_image_kept,
        topics=_LIST,
    ),
    Fault(
        name="medium-kept",
        sentence="The medium that carried the watchlist is never wiped.",
        breaks=_MEDIUM_KEPT,
        changes=("media.deleted",),
        plant=_medium_kept,
        topics=_MEDIUM,
    ),
    Fault(
        name="medium-late",
        sentence="The medium that carried the watchlist is wiped 30 hours after the end.",
        breaks=_MEDIUM_KEPT,
        changes=("media.deleted",),
        plant=_medium_late,
        topics=_MEDIUM,
    ),
    Fault(
        name="list-unapproved",
        sentence="The list in use is not the one that the authority names.",
        breaks={"watchlist.imported": ("college-app/R23-authority",)},
        changes=("authority.granted",),
        plant=_unapproved,
        topics=_APPROVAL,
    ),
    Fault(
        name="list-unreviewed",
        sentence="The list is not reviewed before the deployment.",
        breaks={"deployment.start": ("college-app/R24", "home-office-2026/R24")},
        changes=("watchlist.reviewed",),
        plant=_unreviewed,
        topics=_LIST,
    ),
    Fault(
        name="list-too-long",
        sentence="The list has 2,500 images.",
        breaks={"watchlist.imported": ("south-wales-2018/R25",)},
        changes=("watchlist.imported",),
        plant=_too_long,
        topics=_LIST,
    ),
    Fault(
        name="list-reused",
        sentence="The list of one deployment serves the next one too.",
        breaks={"watchlist.imported": ("college-app/R23",)},
        changes=(
            "authority.granted",
            "watchlist.compiled",
            "watchlist.reviewed",
            "watchlist.imported",
            "watchlist.deleted",
        ),
        plant=_reused,
        topics=_APPROVAL,
        topics_before=frozenset({"list", "medium"}),
    ),
    Fault(
        name="image-uncategorised",
        sentence="An image is listed without a category.",
        breaks={"watchlist.item.added": ("college-app/R20",)},
        changes=_ADDED,
        plant=_image(lambda added: added.lacking("category")),
    ),
    Fault(
        name="image-of-witness",
        sentence="A witness is listed, and no document says why.",
        breaks={"watchlist.item.added": _NO_CATEGORY},
        changes=_ADDED,
        plant=_image(lambda added: added.having(category="witness")),
    ),
    Fault(
        name="image-catch-all",
        sentence="Somebody is listed as another person where intelligence is required.",
        breaks={"watchlist.item.added": (*_NO_CATEGORY, "bridges-2020/R22")},
        changes=_ADDED,
        plant=_image(
            lambda added: added.having(category="other persons where intelligence is required")
        ),
    ),
    Fault(
        name="image-by-religion",
        sentence="Somebody is listed for their religion.",
        breaks={"watchlist.item.added": (*_NO_CATEGORY, "met-lfr-2024-09/R30")},
        changes=_ADDED,
        plant=_image(lambda added: added.having(category="religion")),
    ),
    Fault(
        name="image-from-passport",
        sentence="An image on the list comes from a passport.",
        breaks={"watchlist.item.added": ("met-lfr-2024-09/R31",)},
        changes=_ADDED,
        plant=_image(lambda added: added.having(image_source="passport")),
    ),
    Fault(
        name="image-without-basis",
        sentence="An image is listed without a legal basis.",
        breaks={"watchlist.item.added": ("college-app/R26",)},
        changes=_ADDED,
        plant=_image(lambda added: added.lacking("legal_basis")),
    ),
    Fault(
        name="child-without-reasons",
        sentence="Somebody of 13 to 17 is listed, and no document says why.",
        breaks={"watchlist.item.added": ("south-wales-2018/R28",)},
        changes=_ADDED,
        plant=_image(lambda added: added.having(age_band="13 to 17")),
    ),
    Fault(
        name="young-child-without-reasons",
        sentence="A child under 13 is listed, and no document says why.",
        breaks={
            "watchlist.item.added": (
                "college-app/R29",
                "met-lfr-2024-09/R29",
                "south-wales-2018/R28",
            )
        },
        changes=_ADDED,
        plant=_image(lambda added: added.having(age_band="under 13")),
    ),
)
