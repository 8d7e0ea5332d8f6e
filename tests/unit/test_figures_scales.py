"""Axes show what they are given: rare events, zeros, unbounded intervals, negative differences."""

from math import inf

import pytest

from probity.publish.figures.axis_scale import scale_for
from probity.publish.figures.figure import Column, Table
from probity.publish.figures.interval_plot import ClaimedRange, IntervalRow, interval_plot
from probity.publish.figures.render import draw
from probity.publish.figures.specification_plot import Specification, specification_plot
from probity.publish.figures.tipping_curve import tipping_curve

EMPTY = Table(columns=(Column("Measure"),), rows=())


def row(value: float, low: float, high: float, *, tested: bool = True) -> IntervalRow:
    return IntervalRow(
        words="False alerts per face seen",
        value=value,
        low=low,
        high=high,
        value_words=f"{value}",
        tested=tested,
    )


def test_rare_proportions_are_on_a_logarithmic_axis() -> None:
    scale = scale_for([10 / 3_147_436, 1 / 6000, 10 / 2077], unit="proportion")
    assert (scale.kind, scale.low, scale.high) == ("log", 1e-6, 1e-2)


def test_shares_are_on_an_axis_from_nothing_to_all() -> None:
    scale = scale_for([0.64, 0.5], unit="proportion")
    assert (scale.kind, scale.low, scale.high) == ("linear", 0.0, 1.0)


def test_a_difference_of_shares_can_be_negative() -> None:
    scale = scale_for([-0.001, 0.002], unit="proportion")
    assert scale.kind == "linear"
    assert scale.low < -0.001 < 0.002 < scale.high


def test_zero_and_infinity_stand_at_the_ends() -> None:
    scale = scale_for([0.0, 1 / 13_700, inf], unit="proportion")
    assert scale.place(0.0) == scale.low > 0
    assert scale.place(inf) == scale.high < 1


@pytest.mark.parametrize("values", [[], [0.0], [5.0], [-2.0, 3.0], [0.001, 1e9], [inf, 2.0]])
@pytest.mark.parametrize("unit", ["proportion", "number"])
def test_every_axis_has_a_range(values: list[float], unit: str) -> None:
    scale = scale_for(values, unit="proportion" if unit == "proportion" else "number")
    assert scale.low < scale.high < inf
    assert scale.low > 0 or scale.kind == "linear"


@pytest.mark.parametrize(
    ("rows", "pieces"),
    [
        ([row(3e-6, 1e-6, 6e-6)], ((-inf, 1 / 6000),)),
        ([row(0.0, 0.0, 7e-5)], ((-inf, 1 / 6000),)),
        ([row(1.2, 0.4, inf)], ((1.0, 1.0),)),
        ([row(1.2, -inf, inf)], ((-inf, 0.8), (1.25, inf))),
        ([row(510, 510, 510), row(112, 112, 112, tested=False)], ((215, 215),)),
    ],
)
def test_interval_plots_draw_every_row(
    rows: list[IntervalRow], pieces: tuple[tuple[float, float], ...]
) -> None:
    figure = interval_plot(
        rows,
        figure_id="x",
        title="t",
        description="d",
        unit="number" if rows[0].value >= 1 else "proportion",
        claimed=ClaimedRange(pieces=pieces, words="as claimed"),
        table=EMPTY,
    )
    svg = draw(figure.specs["any"], drawing_id="x", description="d")
    assert svg.count("False alerts per face seen") == len(rows)
    assert "NaN" not in svg
    assert "Infinity" not in svg


def test_a_tipping_curve_letters_each_stretch_and_says_where_it_tips() -> None:
    curve = [(p / 100, (1 - p / 100) / (p / 100), 0.1, inf) for p in range(1, 100)]
    figure = tipping_curve(
        curve, [0.444, 0.975], figure_id="x", unknown="the share", measure="times", limit=1.0
    )
    svg = draw(figure.specs["any"], drawing_id="x", description="d")
    for words in (">A<", ">B<", ">C<", ">44.4%<", ">97.5%<"):
        assert words in svg
    assert figure.table.rows[0][3] is None, "infinity is no number to download"


def test_a_curve_without_a_tip_has_one_stretch() -> None:
    curve = [(10.0 * n, 0.6, 0.5, 0.7) for n in range(1, 200)]
    figure = tipping_curve(curve, [], figure_id="x", unknown="people asked", measure="share")
    svg = draw(figure.specs["any"], drawing_id="x", description="d")
    assert ">A<" in svg
    assert ">B<" not in svg


def test_a_specification_without_an_estimate_is_listed_and_not_drawn() -> None:
    figure = specification_plot(
        [
            Specification(words="as used", value=1.3, low=0.9, high=1.8, reference=True),
            Specification(
                words="nothing else held",
                value=None,
                low=None,
                high=None,
                reference=False,
                reason="it does not converge",
            ),
        ],
        figure_id="x",
        title="t",
    )
    svg = draw(figure.specs["wide"], drawing_id="x", description="d")
    assert "nothing else held (no estimate)" in svg
    assert figure.table.rows[1] == ("nothing else held", None, None, None, "it does not converge")
