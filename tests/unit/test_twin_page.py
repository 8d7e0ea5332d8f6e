"""The page of what-if answers: what stands on it, and what it does not claim."""

import re

import pytest

from probity.publish.figures.figure import Table
from probity.publish.figures.what_if_curve import WhatIfPoint, Words, what_if_curve
from probity.publish.twin_page import what_if_page
from probity.twin.what_if import WhatIf
from what_if_samples import HOSTILE, two_compared, varied


@pytest.fixture(scope="module")
def found() -> WhatIf:
    return varied()


@pytest.fixture(scope="module")
def page(found: WhatIf) -> str:
    return what_if_page(found)


def test_the_same_answers_give_the_same_bytes(found: WhatIf, page: str) -> None:
    assert what_if_page(found) == page


def test_every_question_has_its_pictures_and_its_table(found: WhatIf, page: str) -> None:
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for number in range(len(found.questions)):
        assert f'id="question-{number}"' in page
        assert f'<figure id="what-if-{number}-0"' in page
        assert f'download="what-if-{number}.csv"' in page


def test_the_paragraph_says_what_the_numbers_say(found: WhatIf, page: str) -> None:
    text = re.sub(r"<[^>]+>", "", page)
    sentence = re.search(r"False alerts a year: a year of published records ([^.]*\.\d+)", text)
    assert sentence is not None
    for point in found.questions[0].points:
        (one,) = [m for m in point.measures if m.measure.name == "false_alerts_per_year"]
        assert one.apart is not None
        could = sentence[1].split("could not tell")[0]
        assert (f"{point.value:g}" in could) == one.apart.possible


def test_every_value_is_said_to_be_published_or_assumed(found: WhatIf, page: str) -> None:
    for name in found.base.scenario.parameters():
        assert f">{name}<" in page
    assert "changed: groups" not in page  # the base itself was not changed by hand


def test_markup_in_a_name_is_text() -> None:
    page = what_if_page(two_compared())
    assert HOSTILE not in page
    assert "&lt;img" in page
    assert "<script" not in page


def test_a_curve_marks_what_a_year_could_tell() -> None:
    points = [
        WhatIfPoint(tried=1, value=5, low=4, high=6, told="apart"),
        WhatIfPoint(tried=2, value=9, low=7, high=12, told="not apart"),
        WhatIfPoint(tried=3, value=9, low=7, high=12, told="not published"),
    ]
    figure = what_if_curve(
        points,
        base=None,
        unit="number",
        words=Words(figure_id="f", title="t", description="d", tried="officers"),
        table=Table(columns=(), rows=()),
    )
    marks = [one["mark"] for one in figure.specs["any"]["layer"] if one["mark"]["type"] == "point"]
    assert [(mark["shape"], mark["filled"]) for mark in marks] == [
        ("circle", True),
        ("circle", False),
        ("diamond", True),
    ]


def test_a_zero_on_a_logarithmic_axis_is_said_to_be_one() -> None:
    def title(lowest: float) -> str:
        points = [
            WhatIfPoint(tried=n, value=value, low=value / 2, high=2 * value + 1, told="apart")
            for n, value in enumerate((lowest, 400.0), start=1)
        ]
        figure = what_if_curve(
            points,
            base=3.0,
            unit="number",
            words=Words(figure_id="f", title="t", description="d", tried="officers"),
            table=Table(columns=(), rows=()),
        )
        return str(figure.specs["any"]["title"])

    assert title(0.0) == "Orange: the base; on the lower edge: 0"
    assert title(2.0) == "Orange: the base"
