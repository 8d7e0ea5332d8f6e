"""What-if answers of the twin as one page: `probity twin compare ... --report`."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from probity.core import Estimate, Undefined
from probity.publish.figures.figure import Cell, Column, Figure, Table, label
from probity.publish.figures.interval_plot import IntervalRow, interval_plot
from probity.publish.figures.what_if_curve import Told, WhatIfPoint, Words, what_if_curve
from probity.publish.results_page import ResultsPage, filled
from probity.publish.results_section import Section, ShownTable
from probity.publish.sentences import listed
from probity.twin.compare import POWER, Compared
from probity.twin.scenario import LiveScenario, Published
from probity.twin.what_if import Point, Question, WhatIf

_DRAWN = (
    "false_alerts_per_year",
    "true_alerts_per_year",
    "false_share_of_alerts",
    "people_lost_for_lack_of_officers_per_year",
)
_DRAWN_OF_GROUP = ("false_alerts_per_year", "share_of_false_alerts:{}", "false_share_of_alerts")
"""Where the share of a group is varied."""

_MOST_CHARACTERS = 200

_COLUMNS = (
    Column("Outcome"),
    *(
        Column(heading, number=heading.split()[-1] not in {"made", "apart"})
        for heading in (
            "Base",
            "Here",
            "Here, lower",
            "Here, upper",
            "Difference",
            "Difference, lower",
            "Difference, upper",
            "Ratio",
            "Ratio, lower",
            "Ratio, upper",
            "How the interval of the difference was made",
            "Could a year tell them apart",
            "Power",
            "Dispersion",
            "Deployments needed",
        )
    ),
)


def what_if_page(found: WhatIf) -> str:
    """The answers as one HTML file. Same answers, same bytes.

    Parameters
    ----------
    found : WhatIf
        As ``twin.what_if`` answered.
    """
    base = found.base
    changes = [("Changed beforehand", label(one, limit=200)) for one in base.changes]
    return filled(
        ResultsPage(
            title=f"What if: {label(base.scenario.title, limit=160)}",
            lede=(
                "A described system at work on synthetic people, again with one value changed. "
                "What would be different, and could anybody tell from published records?"
            ),
            about="What was run",
            facts=(
                ("Scenario", base.scenario.name),
                *changes,
                ("Replicates of each setting", f"{found.replicates:,}"),
                ("Deployments in one replicate", f"{base.deployments:,}; called a year here"),
                ("Level of the intervals", f"{100 * found.level:g}%"),
                ("Seed of everything random", str(found.seed)),
            ),
            cautions=(
                "The people are random vectors, and many values are assumed: the last section "
                "lists every one. An interval here is about chance in the simulation, never about "
                "whether an assumption is right",
                "A year can tell two settings apart where an exact test of the two published "
                f"counts finds the difference with a probability of at least {POWER:g}, each "
                "outcome by itself. Whoever tries many outcomes finds differences that are none",
                "Both settings share their random numbers where the change allows it, so that "
                "the difference is known better than either side",
            ),
            sections=(
                *(_section(question, n) for n, question in enumerate(found.questions)),
                _values(base.scenario),
            ),
        )
    )


def _section(question: Question, number: int) -> Section:
    if question.key is None:
        return _two(question.points[0], number)
    key = label(question.key)
    names = _drawn(question.key, question.points[0])
    figures = tuple(
        figure
        for place, name in enumerate(names)
        if (figure := _curve(question, name, figure_id=f"what-if-{number}-{place}")) is not None
    )
    rows = tuple(
        (f"{point.value:,g}", *_cells(one))
        for name in names
        for point in question.points
        for one in point.measures
        if one.measure.name == name
    )
    return Section(
        anchor=f"question-{number}",
        heading=f"What if {key} were another value",
        short=key,
        reading=(
            "A filled point could be told from the base by a year of published records, a hollow "
            "one could not. Grey diamonds are outcomes that no record of a deployment shows.",
            *_told_apart(question, names),
        ),
        tables=(
            ShownTable(
                table_id=f"what-if-{number}",
                caption=f"Outcomes by {key}",
                table=Table(columns=(Column(key), *_COLUMNS), rows=rows),
            ),
        ),
        figures=figures,
        side_by_side=True,
    )


def _drawn(key: str, point: Point) -> tuple[str, ...]:
    known = [one.measure.name for one in point.measures]
    if not key.startswith("groups."):
        return _DRAWN
    group = key.removeprefix("groups.").rpartition(".")[0].strip('"')
    return tuple(name for one in _DRAWN_OF_GROUP if (name := one.format(group)) in known)


def _told_apart(question: Question, names: tuple[str, ...]) -> Iterator[str]:
    """For each published outcome, which values a year could tell from the base."""
    for name in names:
        apart: dict[bool, list[str]] = {True: [], False: []}
        words, spread = "", 1.0
        for point in question.points:
            for one in point.measures:
                if one.measure.name == name and one.apart is not None:
                    words = one.measure.words
                    spread = max(spread, one.apart.dispersion)
                    apart[one.apart.possible].append(f"{point.value:,g}")
        if not words:
            continue
        could = f"could tell {listed(apart[True])} from the base" if apart[True] else ""
        could_not = f"could not tell {listed(apart[False])}" if apart[False] else ""
        both = " and ".join(part for part in (could, could_not) if part)
        if not apart[True]:
            both += " from the base"
        yield (
            f"{words}: a year of published records {both}. The variance of a year's count is up to "
            f"{spread:.2g} times that of chance alone."
        )


def _curve(question: Question, name: str, *, figure_id: str) -> Figure | None:
    pairs = [
        (point, one)
        for point in question.points
        for one in point.measures
        if one.measure.name == name
    ]
    points = [
        WhatIfPoint(
            tried=float(point.value),
            value=one.second.value,
            low=one.second.low,
            high=one.second.high,
            told=_told(one),
        )
        for point, one in pairs
        if point.value is not None and isinstance(one.second, Estimate)
    ]
    if not points:
        return None
    first = pairs[0][1]
    key = label(question.key or "")
    return what_if_curve(
        points,
        base=first.first.value if isinstance(first.first, Estimate) else None,
        unit="proportion" if first.measure.unit == "proportion" else "number",
        words=Words(
            figure_id=figure_id,
            title=label(first.measure.words, limit=120),
            description=(
                f"{label(first.measure.words, limit=120)} at {len(points)} values of {key}, each "
                "with its interval, and a line at the base."
            ),
            tried=key,
        ),
        table=Table(
            columns=(
                Column(key),
                Column("Value", number=True),
                Column("Lower", number=True),
                Column("Upper", number=True),
                Column("Told from the base in a year"),
            ),
            rows=tuple((f"{p.tried:,g}", p.value, p.low, p.high, p.told) for p in points),
        ),
    )


def _two(point: Point, number: int) -> Section:
    rows = [
        IntervalRow(
            words=one.measure.words,
            value=one.ratio.value,
            low=one.ratio.low,
            high=one.ratio.high,
            value_words=f"{one.ratio.value:.3g} times the base",
            tested=_told(one) == "apart",
        )
        for one in point.measures
        if isinstance(one.ratio, Estimate) and isfinite(one.ratio.value)
    ]
    table = Table(columns=_COLUMNS, rows=tuple(_cells(one) for one in point.measures))
    apart = [one.measure.words for one in point.measures if _told(one) == "apart"]
    alike = [one.measure.words for one in point.measures if _told(one) == "not apart"]
    changes = [f"Changed: {label(one, limit=200)}." for one in point.side.changes]
    figure = interval_plot(
        rows,
        figure_id=f"what-if-{number}",
        title="Each outcome as a multiple of the base",
        description=(
            f"{len(rows)} outcomes as multiples of the base with their intervals; 1 is no change."
        ),
        unit="number",
        claimed=None,
        table=table,
    )
    return Section(
        anchor=f"question-{number}",
        heading=f"Compared with {point.side.scenario.name}",
        short="Compared",
        reading=(
            *changes,
            "Blue: a year of published records could tell the two apart. Grey: it could not, or no "
            "record of a deployment shows the outcome.",
            f"A year could tell them apart by: {listed(apart) if apart else 'nothing published'}. "
            f"It could not by: {listed(alike) if alike else 'nothing else that is published'}.",
        ),
        tables=(
            ShownTable(
                table_id=f"compared-{number}", caption="Outcomes on both sides", table=table
            ),
        ),
        figures=(figure,) if rows else (),
    )


def _told(one: Compared) -> Told:
    if one.apart is None:
        return "not published"
    return "apart" if one.apart.possible else "not apart"


def _cells(one: Compared) -> tuple[Cell, ...]:
    apart = one.apart
    gap = one.difference
    return (
        label(one.measure.words, limit=120),
        one.first.value if isinstance(one.first, Estimate) else "undefined",
        *_interval(one.second),
        *_interval(gap),
        *_interval(one.ratio),
        gap.reason if isinstance(gap, Undefined) else gap.method,
        {"apart": "yes", "not apart": "no"}.get(_told(one), "not published"),
        "" if apart is None else apart.power,
        "" if apart is None else apart.dispersion,
        ""
        if apart is None
        else ("over a million" if apart.deployments is None else apart.deployments),
    )


def _interval(found: Estimate | Undefined) -> tuple[Cell, Cell, Cell]:
    if isinstance(found, Undefined):
        return ("undefined", "", "")
    return (found.value, found.low, found.high)


def _values(scenario: LiveScenario) -> Section:
    rows: list[tuple[Cell, ...]] = []
    data = scenario.model_dump(mode="json")
    for name in scenario.parameters():
        stated = scenario.provenance_of(name)
        published = isinstance(stated, Published)
        why = (
            f"{stated.source}{': ' + stated.how if stated.how else ''}"
            if isinstance(stated, Published)
            else "not stated"
            if stated is None
            else stated.assumed
        )
        rows.append(
            (
                label(name, limit=_MOST_CHARACTERS),
                label(_text(_at(data, name)), limit=_MOST_CHARACTERS),
                "published" if published else "assumed",
                label(why, limit=_MOST_CHARACTERS),
            )
        )
    rows.sort(key=lambda row: (row[2] == "assumed", row[0]))
    known = sum(row[2] == "published" for row in rows)
    sources = "; ".join(
        f"{one.id} is {label(one.publisher)}, {label(one.title, limit=160)} ({one.status})"
        for one in scenario.sources
    )
    return Section(
        anchor="values",
        heading="What is published, and what is assumed",
        short="Published and assumed",
        reading=(
            f"{known} values of the base are published or follow from what is; {len(rows) - known} "
            "are assumed. Answers are no better than these.",
            *([f"Sources: {sources}."] if sources else []),
        ),
        tables=(
            ShownTable(
                table_id="values",
                caption="Every value of the base",
                table=Table(
                    columns=(
                        Column("Value"),
                        Column("Is"),
                        Column("Published or assumed"),
                        Column("Source, or why it was assumed"),
                    ),
                    rows=tuple(rows),
                ),
            ),
        ),
    )


def _at(data: dict[str, Any], name: str) -> Any:
    """The value of a dotted name; keys of tables may hold dots themselves."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        key = ".".join(parts[:end])
        if key in data:
            return data[key] if end == len(parts) else _at(data[key], ".".join(parts[end:]))
    raise KeyError(name)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(one)}" for name, one in value.items() if one is not None)
    return f"{value:g}" if isinstance(value, float) else str(value)
