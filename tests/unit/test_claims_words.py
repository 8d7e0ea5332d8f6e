"""Figures in words: shares, counts and intervals as a reader sees them."""

from math import inf

import pytest

from probity.claims import words
from probity.claims.finding import Measurement
from probity.claims.relation import Relation
from probity.core import Count, Estimate, EventRate, Events, Measured, Rate, Total, Undefined


def measured(value: Measured, *, unit: str = "share", count: Count | None = None) -> Measurement:
    return Measurement(
        name="test", population="test", measured=value, sources=(), unit=unit, count=count
    )


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (10 / 3_147_436, "1 in 315,000"),
        (1 / 6000, "1 in 6,000"),
        (0.00017, "1 in 5,880"),
        (10 / 2077, "0.481%"),
        (0.001, "0.1%"),
        (150 / 175, "85.7%"),
        (0.5, "50%"),
        (1.0, "100%"),
        (0.0, "0%"),
        (0.999997, "99.9997%"),
        (0.999, "99.9%"),
        (0.995, "99.5%"),
        (-1 / 6000, "minus 1 in 6,000"),
        (-0.12, "minus 12%"),
    ],
)
def test_a_share(share: float, text: str) -> None:
    assert words.share(share) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(962, "962"), (1_053, "1,053"), (39.5, "39.5"), (1.3869, "1.39"), (inf, "without bound")],
)
def test_a_number(number: float, text: str) -> None:
    assert words.number(number) == text


@pytest.mark.parametrize(
    ("value", "unit", "count", "text"),
    [
        (
            Rate(Count(10, 3_147_436, "faces seen"), 1.5236e-6, 5.8429e-6, 0.95, "exact"),
            "share",
            None,
            "10 of 3,147,436 (1 in 315,000; 95% interval 1 in 171,000 to 1 in 656,000)",
        ),
        (
            Rate(Count(0, 10, "false alerts"), 0.0, 0.30850, 0.95, "exact"),
            "share",
            None,
            "0 of 10 (0%; 95% interval 0% to 30.9%)",
        ),
        (
            EventRate(Events(7, 41_176.47, "search"), 6.83e-5, 3.5e-4, 0.9, "exact"),
            "per search",
            None,
            "7 in 41,176 searches (1 in 5,880; 90% interval 1 in 2,860 to 1 in 14,600)",
        ),
        (
            Estimate(0.0, 0.0, inf, 0.95, "exact", "searches"),
            "ratio",
            None,
            "0 (95% interval 0 to no upper bound)",
        ),
        (Total(957, "arrests"), "arrests", None, "957 (exact total)"),
        (
            Total(9 / 3_096_216, "faces seen"),
            "share",
            Count(9, 3_096_216, "faces seen"),
            "9 of 3,096,216 (1 in 344,000; exact total)",
        ),
        (Undefined("nobody counted"), "share", None, "not measurable: nobody counted"),
    ],
)
def test_the_key_figure(value: Measured, unit: str, count: Count | None, text: str) -> None:
    assert words.key_figure(measured(value, unit=unit, count=count)) == text


def test_a_relation() -> None:
    assert words.relation(Relation.AT_MOST, 1 / 6000, unit="share") == "at most 1 in 6,000"
    assert words.relation(Relation.BETWEEN, (0.8, 1.25), unit="ratio") == "between 0.8 and 1.25"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2024-09-11", "2025-09-10", "11 Sep 2024 to 10 Sep 2025"),
        ("2024-08-11", "2024-08-11", "11 Aug 2024"),
        ("2024", "2024", "2024"),
        ("2024-09", None, "Sep 2024 to the last row"),
        (None, None, "all dates"),
    ],
)
def test_a_period(start: str | None, end: str | None, text: str) -> None:
    assert words.period(start, end) == text
