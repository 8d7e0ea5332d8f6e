"""The page What if: its grid is what the twin gives, and every number has its word beside it."""

import json
import re
from dataclasses import replace

import pytest

from probity.publish.site.page import render
from probity.publish.what_if.controls import controls
from probity.publish.what_if.grid import AXES, COLUMNS, SCHEMA, cell_of, grid, settings
from probity.publish.what_if.page import what_if
from probity.publish.what_if.picture import bars, picture
from probity.publish.what_if.shown import (
    number,
    one_in,
    percent,
    published,
    rows,
    sentence,
    told_apart,
)
from probity.twin.expected.answer import answer
from probity.twin.expected.deployment import base_scenario
from probity.twin.expected.setting import Setting
from probity.twin.scenario_file import scenario_digest

NOW = Setting()
SOME = (
    NOW,
    replace(NOW, threshold=0.56, watchlist=100_000, passers=50_000, officers=1),
    replace(NOW, threshold=0.66, watchlist=1_000, passers=5_000, black_share=0.05),
    replace(NOW, threshold=0.60, black_share=0.4, presence_grows=True, watchlist=40_000),
)


@pytest.mark.parametrize("setting", SOME)
def test_cells_of_the_grid_are_computed_again(setting: Setting) -> None:
    """Change the twin, and this says to run docs/write_what_if_grid.py."""
    assert cell_of(replace(setting, deployments=203)) == grid().cell(setting)


def test_the_grid_is_of_this_scenario_and_whole() -> None:
    told = grid().told
    assert told["schema"] == SCHEMA
    assert told["scenario_sha256"] == scenario_digest(base_scenario())
    assert tuple(told["cells"]) == COLUMNS
    count = len(list(settings()))
    assert {len(column) for column in told["cells"].values()} == {count}
    assert told["axes"] == {name: list(values) for name, values in AXES.items()}


def test_a_setting_that_is_not_on_the_grid_is_no_cell() -> None:
    with pytest.raises(ValueError, match="not in"):
        grid().cell(replace(NOW, threshold=0.57))


@pytest.mark.parametrize("setting", SOME[:3])
def test_the_grid_answers_as_the_computation_does(setting: Setting) -> None:
    read, computed = grid().answer(setting), answer(setting)
    assert read.false_alerts.mean == pytest.approx(computed.false_alerts.mean, rel=1e-3)
    assert read.true_alerts.high == pytest.approx(computed.true_alerts.high, rel=0.01)
    assert read.by_false_alerts.deployments == computed.by_false_alerts.deployments


def test_the_page_is_small_and_the_same_each_time() -> None:
    (first,), (again,) = what_if(app=False).pages, what_if(app=False).pages
    page = render(first, app=False)
    assert page == render(again, app=False)
    assert len(page) < 300_000


def test_published_figures_stand_beside_the_computed_ones() -> None:
    told = published()
    assert (told.false, told.faces, told.deployments) == (10, 3_147_436, 203)
    shown = {row.key: row for row in rows(grid().answer(NOW), now=grid().answer(NOW))}
    assert shown["false"].published == "10"
    assert shown["per_face"].published == "1 in 315,000"
    assert shown["lost"].published == "not published"
    assert shown["false"].here == shown["false"].now
    text = render(what_if(app=False).pages[0], app=False).decode()
    for word in (">published<", ">partly assumed<", ">assumed<", "3,147,436"):
        assert word in text


def test_where_no_test_speaks_no_number_stands() -> None:
    above = grid().answer(replace(NOW, threshold=0.66))
    shown = {row.key: row for row in rows(above, now=grid().answer(NOW))}
    assert shown["tested"].here == "no published test"
    assert shown["tested"].between == ""
    drawn = str(picture(bars(above, now=grid().answer(NOW)), narrow=False))
    assert "no published test" in drawn
    assert 'class="bar tested"' not in drawn


def test_the_answer_in_words() -> None:
    found = grid().answer(replace(NOW, threshold=0.60))
    assert sentence(found).startswith("In a year of 203 deployments: about 29")
    assert told_apart(found)[0].startswith("By false alerts: yes.")
    assert "no." in told_apart(grid().answer(NOW))[0]


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.0456, "0.046"), (1.25, "1.3"), (9.96, "10"), (12.4, "12"), (99.6, "100"),
     (123.4, "123"), (2165.6, "2,170"), (6545, "6,550"), (24.5, "24"), (120_273.6, "120,000")],
)  # fmt: skip
def test_numbers_have_three_figures_at_most(value: float, words: str) -> None:
    assert number(value) == words


def test_rates_in_words() -> None:
    assert percent(0.005362) == "0.54%"
    assert one_in(10 / 3_147_436) == "1 in 315,000"
    assert one_in(0) == "none"


def test_the_app_has_finer_values_and_asks_for_its_answers() -> None:
    text = render(what_if(app=True).pages[0], app=True).decode()
    assert '<option value="0.575">' in text
    assert 'name="threshold" data-now="0.64"' in text
    assert 'data-answers="what-if.json"' in text
    assert 'id="what-if-grid"' not in text
    odd = replace(NOW, watchlist=12_345)
    chosen = next(c for c in controls(odd, finer=True) if c.name == "watchlist")
    assert [option.value for option in chosen.options if option.chosen] == ["12345"]


def test_the_grid_in_the_page_is_data_and_no_script() -> None:
    text = render(what_if(app=False).pages[0], app=False).decode()
    (held,) = re.findall(r'<script type="application/json" id="what-if-grid">(.*?)</script>', text,
                         re.DOTALL)  # fmt: skip
    assert json.loads(held) == grid().told
    assert " style=" not in text
