"""Faults with operator-initiated and retrospective searches."""

from collections.abc import Callable, Sequence

from probity.twin.faults.fault import Fault, Plant
from probity.twin.faults.scene import Event, Mark, Scene, UnfitError
from probity.twin.random_ids import Thing

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US
_MOST_DEVICES = 110
_PILOT_US = 184 * _DAY_US
_LATER_THAN_THE_LAST_US = 40 * _DAY_US

_INITIATED = frozenset({"operator-initiated"})
_LATER = frozenset({"retrospective"})
_UNCORROBORATED = {"search.acted": ("pnd-rfr/R91", "us-detroit/U05")}
_ONE_LOOK = {"search.acted": ("pnd-rfr/R90",)}
_UNAUTHORISED = {"search.submitted": ("eu-ai-act/E04",)}
_PROBE_KEPT = {"search.submitted": ("pnd-rfr/R93-kept",)}


def _a_search(scene: Scene, *has: str, lacks: tuple[str, ...] = ()) -> int:
    """A search that no other fault has, with events of each of these kinds and none of those."""
    for search in scene.shuffled("search.submitted", "search"):
        fits = all(scene.events(kind, search=search) for kind in has)
        if fits and not any(scene.events(kind, search=search) for kind in lacks):
            scene.claim(search)
            return search
    raise UnfitError("no such search is left")


def _changed(kind: str, change: Callable[[Event], Event], *has: str) -> Plant:
    """Plants a change to one event of a search, which is then in breach itself."""

    def plant(scene: Scene) -> Sequence[Mark]:
        search = _a_search(scene, kind, *has)
        one = scene.the(kind, search=search)
        scene.change(one, change(one))
        return [Mark(kind, {"search": search})]

    return plant


def _without(kind: str, breached: str, lacks: tuple[str, ...] = ()) -> Plant:
    """Plants a search without its events of a kind; the breach is at ``breached``."""

    def plant(scene: Scene) -> Sequence[Mark]:
        search = _a_search(scene, kind, breached, lacks=lacks)
        scene.remove(kind, search=search)
        return [Mark(breached, {"search": search})]

    return plant


def _probe_late(scene: Scene) -> Sequence[Mark]:
    search = _a_search(scene, "search.deleted")
    deleted = scene.the("search.deleted", search=search)
    submitted = scene.the("search.submitted", search=search)
    scene.change(deleted, deleted.at(submitted.time_us + 30 * _HOUR_US))
    return [Mark("search.submitted", {"search": search})]


def _authorised_late(scene: Scene) -> Sequence[Mark]:
    search = _a_search(scene, "search.authorised")
    authorised = scene.the("search.authorised", search=search)
    submitted = scene.the("search.submitted", search=search)
    scene.change(authorised, authorised.at(submitted.time_us + 50 * _HOUR_US))
    return [Mark("search.submitted", {"search": search})]


def _corroborated(when: str) -> Plant:
    """Plants an arrest without corroboration, or a line-up before it."""

    def plant(scene: Scene) -> Sequence[Mark]:
        search = _a_search(scene, "search.acted", "search.corroborated")
        acted = scene.the("search.acted", search=search)
        if when == "never":
            scene.remove("search.corroborated", search=search)
            scene.change(acted, acted.having(disposal="arrest"))
        else:
            corroborated = scene.the("search.corroborated", search=search)
            scene.change(corroborated, corroborated.at(acted.time_us + _HOUR_US))
            scene.change(acted, acted.having(disposal="line-up"))
        return [Mark("search.acted", {"search": search})]

    return plant


def _second_look(*, by_the_first: bool) -> Plant:
    """Plants a second look on a search that was acted on by who had the first, or none."""

    def plant(scene: Scene) -> Sequence[Mark]:
        search = _a_search(scene, "search.acted")
        looks = scene.events("search.reviewed", search=search)
        second = scene.the("search.reviewed", search=search, role="investigating officer")
        first = next(one for one in looks if one != second)
        scene.remove("search.reviewed", search=search, role="investigating officer")
        if by_the_first:
            scene.add(second.having(actor=first.id("actor")))
        return [Mark("search.acted", {"search": search})]

    return plant


def _too_many_devices(scene: Scene) -> Sequence[Mark]:
    """Each of the first searches is made with a device of its own."""
    submitted = sorted(scene.events("search.submitted"), key=lambda one: one.time_us)
    if len(submitted) <= _MOST_DEVICES:
        raise UnfitError("too few searches")
    scene.remove("search.submitted")
    own = [one.having(device=scene.fresh(Thing.DEVICE)) for one in submitted[: _MOST_DEVICES + 1]]
    scene.add(*own, *submitted[_MOST_DEVICES + 1 :])
    return [Mark("search.submitted", from_us=own[-1].time_us)]


def _pilot_overrun(scene: Scene) -> Sequence[Mark]:
    """A search, in all its steps, after the pilot is over."""
    submitted = sorted(scene.events("search.submitted"), key=lambda one: one.time_us)
    over_us = submitted[0].time_us + _PILOT_US
    if over_us + _DAY_US > submitted[-1].time_us + _LATER_THAN_THE_LAST_US:
        raise UnfitError("the pilot is much shorter than it may be")
    search = _a_search(scene, "search.returned", "search.deleted", lacks=("search.acted",))
    later_us = over_us + _HOUR_US - scene.the("search.submitted", search=search).time_us
    number = scene.fresh(Thing.SEARCH)
    for kind in ("search.submitted", "search.returned", "search.reviewed", "search.deleted"):
        for one in scene.events(kind, search=search):
            scene.add(one.at(one.time_us + later_us).having(search=number))
    return [Mark("search.submitted", from_us=over_us + 1)]


FAULTS = (
    Fault(
        name="photograph-kept",
        sentence="The photograph of an operator-initiated search is never deleted.",
        breaks={"search.returned": ("welsh-oifr/R95",)},
        changes=("search.deleted",),
        plant=_without("search.deleted", "search.returned"),
        modes=_INITIATED,
    ),
    Fault(
        name="search-out-of-curiosity",
        sentence="An operator-initiated search is made out of curiosity, in a public place.",
        breaks={"search.submitted": ("welsh-oifr/R96",)},
        changes=("search.submitted",),
        plant=_changed(
            "search.submitted", lambda one: one.having(reason="curiosity", place_type="public")
        ),
        modes=_INITIATED,
    ),
    Fault(
        name="search-at-home",
        sentence="Somebody who is wanted is searched for at home, without a risk of harm.",
        breaks={"search.submitted": ("welsh-oifr/R97",)},
        changes=("search.submitted",),
        plant=_changed(
            "search.submitted", lambda one: one.having(reason="wanted", place_type="home")
        ),
        modes=_INITIATED,
    ),
    Fault(
        name="devices-too-many",
        sentence="More than 110 devices are in use.",
        breaks={"search.submitted": ("met-oifr-2026/R99",)},
        changes=("search.submitted",),
        plant=_too_many_devices,
        topics=frozenset({"devices"}),
        modes=_INITIATED,
    ),
    Fault(
        name="pilot-overrun",
        sentence="A search is made when the pilot is over.",
        breaks={"search.submitted": ("met-oifr-2026/R99-window",)},
        changes=("search.submitted", "search.returned", "search.reviewed", "search.deleted"),
        plant=_pilot_overrun,
        topics=frozenset({"devices"}),
        modes=_INITIATED,
    ),
    Fault(
        name="probe-kept",
        sentence="The probe of a search is never deleted.",
        breaks=_PROBE_KEPT,
        changes=("search.deleted",),
        plant=_without("search.deleted", "search.submitted"),
        modes=_LATER,
    ),
    Fault(
        name="probe-late",
        sentence="The probe of a search is deleted after 30 hours.",
        breaks=_PROBE_KEPT,
        changes=("search.deleted",),
        plant=_probe_late,
        modes=_LATER,
    ),
    Fault(
        name="probe-of-two",
        sentence="A probe shows two people.",
        breaks={"search.submitted": ("pnd-rfr/R93",)},
        changes=("search.submitted",),
        plant=_changed("search.submitted", lambda one: one.having(faces=2.0)),
        modes=_LATER,
    ),
    Fault(
        name="candidates-too-many",
        sentence="A search returns 250 candidates.",
        breaks={"search.returned": ("welsh-rfr/R94",)},
        changes=("search.returned",),
        plant=_changed(
            "search.returned", lambda one: one.having(candidates=250.0), "search.reviewed"
        ),
        modes=_LATER,
    ),
    Fault(
        name="search-unreviewed",
        sentence="Nobody looks at the candidates of a search before it is deleted.",
        breaks={"search.deleted": ("welsh-rfr/R94-reviewed",)},
        changes=("search.reviewed",),
        plant=_without("search.reviewed", "search.deleted", lacks=("search.acted",)),
        modes=_LATER,
    ),
    Fault(
        name="arrest-without-corroboration",
        sentence="Somebody is arrested on a search that nothing else confirms.",
        breaks=_UNCORROBORATED,
        changes=("search.acted", "search.corroborated"),
        plant=_corroborated("never"),
        modes=_LATER,
    ),
    Fault(
        name="line-up-before-corroboration",
        sentence="A line-up is held before the search is confirmed by other means.",
        breaks=_UNCORROBORATED,
        changes=("search.acted", "search.corroborated"),
        plant=_corroborated("afterwards"),
        modes=_LATER,
    ),
    Fault(
        name="action-after-one-look",
        sentence="Action is taken on a search that the investigating officer did not look at.",
        breaks=_ONE_LOOK,
        changes=("search.reviewed",),
        plant=_second_look(by_the_first=False),
        modes=_LATER,
    ),
    Fault(
        name="action-after-one-person",
        sentence="One person looks at a search in two roles before action is taken.",
        breaks=_ONE_LOOK,
        changes=("search.reviewed",),
        plant=_second_look(by_the_first=True),
        modes=_LATER,
    ),
    Fault(
        name="search-unauthorised",
        sentence="A search is never authorised.",
        breaks=_UNAUTHORISED,
        changes=("search.authorised",),
        plant=_without("search.authorised", "search.submitted"),
        modes=_LATER,
    ),
    Fault(
        name="search-authorised-late",
        sentence="A search is authorised after 50 hours.",
        breaks=_UNAUTHORISED,
        changes=("search.authorised",),
        plant=_authorised_late,
        modes=_LATER,
    ),
)
