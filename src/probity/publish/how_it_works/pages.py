"""The pages: an overview of three systems, and one of each with the people followed through it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

from markupsafe import Markup

from probity.publish.download import csv_file
from probity.publish.figures.figure import Figure
from probity.publish.figures.render import drawn
from probity.publish.how_it_works import live, searches
from probity.publish.how_it_works.lengths import after
from probity.publish.how_it_works.life import Life, Moment, Thing
from probity.publish.how_it_works.picture import cursors, life_picture
from probity.publish.site.page import SitePage, SitePart, figure_csv
from probity.twin.scenario import ScenarioSource
from probity.twin.scenario_file import load_scenario

_PACKAGE = "probity.publish.how_it_works"
STYLE = "assets/how-it-works.css"

STATUS_WORDS = {
    "FOUND": "read in the source itself",
    "FOUND-2": "read in a source that quotes it",
    "DERIVED": "worked out by us from what was read",
    "UNVERIFIED": "not checked against the document",
}
"""How well a rule is sourced, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One of the three systems, and who is followed through it."""

    key: str
    path: str
    name: str
    lede: str
    about_twin: str
    lives: tuple[Life, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A moment as the page steps to it: when, and the state of every thing then."""

    number: int
    when: str
    moment: Moment
    things: tuple[tuple[Thing, str], ...]


def how_it_works() -> SitePart:
    """Every page, the data behind its figures, and its style. The same twin, the same bytes."""
    systems = _systems()
    compared = _compared(systems)
    pictures = {life.key: life_picture(life) for one in systems for life in one.lives}
    pages = (
        _overview(systems, compared),
        *(_page(system, systems, pictures) for system in systems),
    )
    figures = (compared, *pictures.values())
    return SitePart(
        pages=pages,
        files={
            STYLE: (files(_PACKAGE) / "assets" / "how-it-works.css").read_bytes(),
            **{figure_csv(figure.figure_id): csv_file(figure.table) for figure in figures},
        },
    )


def _systems() -> tuple[System, ...]:
    return (
        System(
            key="live",
            path="how-it-works-live.html",
            name="Live",
            lede=(
                "Cameras watch a street. Every face that passes is compared with a watchlist made "
                "for that day. Four people are followed here, from before the camera sees them to "
                "the last deletion."
            ),
            about_twin=(
                "All four belong to one simulated deployment, which was chosen because it has a "
                "false alert on somebody whom officers then spoke to. Most deployments have none."
            ),
            lives=live.live_lives(),
        ),
        System(
            key="operator",
            path="how-it-works-operator.html",
            name="Operator-initiated",
            lede=(
                "An officer photographs one person whom they are already dealing with, and "
                "searches for that face."
            ),
            about_twin=(
                f"The simulated gallery holds {searches.GALLERY:,} images, a part of the real one. "
                "That decides who is found, not the order of the steps."
            ),
            lives=(searches.operator_life(),),
        ),
        System(
            key="retrospective",
            path="how-it-works-retrospective.html",
            name="Retrospective",
            lede=(
                "After an event, an image of somebody unknown is compared with photographs that "
                "the police hold."
            ),
            about_twin=(
                f"The simulated gallery holds {searches.GALLERY:,} images; the national one holds "
                "more than 19 million. That decides who is found, not the order of the steps."
            ),
            lives=(searches.retrospective_life(),),
        ),
    )


def _overview(systems: tuple[System, ...], compared: Figure) -> SitePage:
    return SitePage(
        path="how-it-works.html",
        title="How it works",
        template="systems.html",
        values={
            "systems": systems,
            "compared": compared,
            "drawings": {compared.figure_id: drawn(compared)},
            "sources": _sources(),
            "status_words": STATUS_WORDS,
            "style": STYLE,
        },
        nav="how",
        package=_PACKAGE,
    )


def _sources() -> tuple[ScenarioSource, ...]:
    """Where the sizes in the table of the overview are published."""
    return tuple(
        next(one for one in load_scenario(name).sources if one.id == source)
        for name, source in (
            (live.SCENARIO, "mps-grid-2025-jul"),
            ("oifr-pilot", "welsh-oifr-2024"),
            ("rfr-national", "pnd-consultation"),
        )
    )


def _page(system: System, systems: tuple[System, ...], pictures: Mapping[str, Figure]) -> SitePage:
    return SitePage(
        path=system.path,
        title=f"How it works: {system.name.lower()} recognition",
        template="system.html",
        values={
            "system": system,
            "systems": systems,
            "pictures": pictures,
            "steps": {life.key: tuple(_steps(life)) for life in system.lives},
            "drawings": {
                pictures[life.key].figure_id: _drawn_with_cursors(life, pictures[life.key])
                for life in system.lives
            },
            "status_words": STATUS_WORDS,
            "style": STYLE,
        },
        nav="how",
        package=_PACKAGE,
    )


def _drawn_with_cursors(life: Life, figure: Figure) -> dict[str, Markup]:
    return {
        space: Markup(  # noqa: S704 (our own drawing, and lines made of numbers)
            str(drawing).replace("</svg>", f"{cursors(life, space=space)}</svg>")
        )
        for space, drawing in drawn(figure).items()
    }


def _steps(life: Life) -> Iterator[Step]:
    for number, moment in enumerate(life.moments, start=1):
        yield Step(
            number=number,
            when=after(moment.at_us, life.clock),
            moment=moment,
            things=tuple((thing, thing.at(moment.at_us)) for thing in life.things),
        )


def _compared(systems: tuple[System, ...]) -> Figure:
    """What exists about one person in each system, on one axis."""
    quiet, false = systems[0].lives[:2]
    operator, retrospective = systems[1].lives[0], systems[2].lives[0]
    chosen = (
        (quiet, "template", "Live, no alert: the template"),
        (quiet, "video", "Live, no alert: the video"),
        (false, "alert", "Live, false alert: its two pictures"),
        (operator, "photo", "Operator-initiated: the photograph"),
        (retrospective, "probe", "Retrospective: the cropped face"),
        (retrospective, "image", "Retrospective: the image itself"),
    )
    things = tuple(
        replace(next(thing for thing in life.things if thing.key == key), name=name)
        for life, key, name in chosen
    )
    ends = {end for thing in things for end in (thing.from_us, thing.to_us) if end is not None}
    life = Life(
        key="compared",
        heading="How long something exists about one person in each system",
        lede="",
        clock="the face is seen, photographed or submitted",
        scale="log",
        things=things,
        moments=tuple(Moment(at_us=end, heading="", words="") for end in sorted(ends)),
    )
    return replace(life_picture(life), title=life.heading)
