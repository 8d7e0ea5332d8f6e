"""The page: settings, the answer, one thing at a time, and what is assumed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files

from probity.publish.download import csv_file
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.render import drawn
from probity.publish.figures.what_if_curve import Told, WhatIfPoint, Words, what_if_curve
from probity.publish.how_it_works.policy import basis
from probity.publish.site.page import SitePage, SitePart, figure_csv
from probity.publish.what_if.controls import controls
from probity.publish.what_if.grid import AXES, grid
from probity.publish.what_if.picture import bars, picture
from probity.publish.what_if.shown import percent, rows, sentence, told_apart
from probity.twin.expected.answer import WhatIfAnswer
from probity.twin.expected.deployment import base_scenario
from probity.twin.expected.setting import Setting

_PACKAGE = "probity.publish.what_if"
_ASSETS = ("what-if.js", "what-if.css")
PATH = "what-if.html"
DATA = "what-if.json"
"""Where the app answers with an ``answer_json`` document."""

_STATED = (
    ("Threshold", "recogniser.threshold"),
    ("Length of the watchlist", "watchlist.size"),
    ("Number and length of deployments", "calendar"),
    ("How many people pass", "places"),
    ("How alike strangers’ faces look to the system", "recogniser"),
    ("How scores become the vendor’s scale", "recogniser.vendor_map"),
    ("Differences between groups of people", "groups"),
    ("Quality of what the camera sees", "capture.bands"),
    ("How many people on the list pass", "presence"),
    ("What operators and officers decide, and how fast", "adjudication"),
    ("How long officers speak with somebody", "engagement"),
)
"""What the answer rests on: words, and the scenario's value that they are about."""


def what_if(*, app: bool) -> SitePart:
    """The page as it is first shown, its scripts and style, and the data behind its figures.

    Parameters
    ----------
    app : bool
        For the local app, where a change is computed; else it is read from the grid.
    """
    folder = files(_PACKAGE) / "assets"
    return SitePart(
        pages=(_page(app=app),),
        files={
            **{f"assets/{name}": (folder / name).read_bytes() for name in _ASSETS},
            "data/what-if-grid.json": grid().text.encode(),
            **{figure_csv(one.figure_id): csv_file(one.table) for one in _curves()},
        },
    )


def _page(*, app: bool) -> SitePage:
    now = grid().answer(Setting())
    curves = _curves()
    drawing = bars(now, now=now)
    return SitePage(
        path=PATH,
        title="What if",
        template="what_if.html",
        values={
            "controls": controls(Setting(), finer=app),
            "sentence": sentence(now),
            "rows": rows(now, now=now),
            "told": told_apart(now),
            "pictures": {
                "wide": picture(drawing, narrow=False),
                "narrow": picture(drawing, narrow=True),
            },
            "curves": curves,
            "drawings": {one.figure_id: drawn(one) for one in curves},
            "stated": tuple(_stated()),
            "sources": base_scenario().sources,
            "grid": None if app else grid(),
            "data": DATA,
            "digest": grid().sha256,
            "seed": grid().told["seed"],
        },
        nav="what-if",
        package=_PACKAGE,
    )


def _stated() -> Iterator[tuple[str, str, str]]:
    """Words, how far they are published, and the source or the reason."""
    for words, name in _STATED:
        yield (words, *basis(base_scenario(), name))


@cache
def _curves() -> tuple[Figure, ...]:
    return (
        _false_alerts("threshold", "Threshold", "the threshold"),
        _false_alerts("watchlist", "People on the watchlist", "the length of the watchlist"),
        _false_alerts("black_share", "Share of Black people", "who passes"),
        _lost(),
    )


def _false_alerts(name: str, heading: str, words: str) -> Figure:
    points = []
    for value in AXES[name]:
        found = grid().answer(replace(Setting(), **{name: value}))  # type: ignore[arg-type]
        points.append(
            WhatIfPoint(
                tried=value,
                value=found.false_alerts.mean,
                low=found.false_alerts.low,
                high=found.false_alerts.high,
                told=_told(found),
            )
        )
    return what_if_curve(
        points,
        base=grid().answer(Setting()).false_alerts.mean,
        unit="number",
        words=Words(
            figure_id=f"what-if-{name}",
            title=f"False alerts in a year, by {words}",
            description=(
                f"False alerts in a year of 203 deployments at {len(points)} values of {words}, "
                "with what single years lie between, and a line at the system as it is now."
            ),
            tried=heading,
        ),
        table=Table(
            columns=(
                Column(heading),
                Column("False alerts", number=True),
                Column("Most years from", number=True),
                Column("To", number=True),
                Column("A year could tell"),
            ),
            rows=tuple((f"{p.tried:,g}", p.value, p.low, p.high, p.told) for p in points),
        ),
    )


def _lost() -> Figure:
    points = []
    for officers in AXES["officers"]:
        lost = grid().answer(replace(Setting(), officers=int(officers))).lost_share
        points.append(
            WhatIfPoint(tried=officers, value=lost, low=lost, high=lost, told="not published")
        )
    return what_if_curve(
        points,
        base=grid().answer(Setting()).lost_share,
        unit="proportion",
        words=Words(
            figure_id="what-if-officers",
            title="Accepted alerts lost, by the number of officers",
            description=(
                "Share of alerts that the operator accepted on people who had gone before an "
                "officer was free, for 1, 2 and 4 officers."
            ),
            tried="Officers in the street",
        ),
        table=Table(
            columns=(
                Column("Officers"),
                Column("Share lost", number=True),
                Column("In words"),
            ),
            rows=tuple((f"{p.tried:g}", p.value, percent(p.value)) for p in points),
        ),
    )


def _told(found: WhatIfAnswer) -> Told:
    needed = found.by_false_alerts.deployments
    return "apart" if needed is not None and needed <= found.setting.deployments else "not apart"
