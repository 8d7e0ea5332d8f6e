"""Doubts raised by the figures alone, each by the smallest record that shows it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from probity.records.check import KINDS, problems_in
from probity.records.check_order import out_of_order
from probity.records.schema import Deployment


def deployment(row: int = 1, **values: object) -> Deployment:
    return Deployment(
        **{
            "record_id": f"AP-{row}",
            "force": "Anytown Police",
            "date_start": f"2025-{1 + row // 28:02d}-{1 + row % 28:02d}",
            "date_end": None,
            "place": f"High St {row}",
            "source_id": "test",
            "row": row,
            **values,
        }
    )


def raised(*deployments: Deployment) -> list[tuple[int | None, str | None, str]]:
    return [(p.row, p.column, p.kind) for p in problems_in(deployments)]


def test_figures_that_agree_raise_nothing() -> None:
    assert (
        raised(
            deployment(
                faces_seen=10_000,
                alerts=12,
                true_alerts=11,
                true_confirmed=10,
                true_unconfirmed=1,
                false_alerts=1,
                false_confirmed=1,
                false_unconfirmed=0,
                engagements=11,
                true_engagements=10,
                false_engagements=1,
                arrests=4,
                other_disposals=2,
                no_action=4,
                printed_false_alert_rate=Decimal("0.01"),
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"alerts": 1, "true_alerts": 2, "false_alerts": 0}, "alerts"),
        ({"alerts": 3, "true_alerts": 2, "false_alerts": 0}, "alerts"),
        ({"alerts": 1, "true_alerts": 2}, "alerts"),
        ({"true_alerts": 5, "true_confirmed": 4, "true_unconfirmed": 2}, "true_alerts"),
        ({"false_alerts": 5, "false_confirmed": 4, "false_unconfirmed": 0}, "false_alerts"),
        ({"engagements": 5, "true_engagements": 4, "false_engagements": 0}, "engagements"),
    ],
)
def test_parts_do_not_add_up(values: dict[str, int], column: str) -> None:
    assert raised(deployment(**values)) == [(1, column, "parts-do-not-add-up")]


def test_a_missing_part_is_no_contradiction() -> None:
    assert raised(deployment(alerts=5, true_alerts=3)) == []
    assert raised(deployment(alerts=5)) == []


@pytest.mark.parametrize(
    ("false_alerts", "faces", "printed", "fits"),
    [
        (1, 3_940, "0.01", False),  # Croydon, 7 December 2023: 0.0254%
        (1, 3_940, "0.02", True),  # cut off
        (1, 3_940, "0.03", True),  # rounded
        (1, 3_940, "0.025", True),
        (1, 12_120, "0.008", True),
        (0, 5_460, "0", True),
        (0, 5_460, "0.00", True),
        (1, 5_460, "0", True),  # 0.018% cut off to a whole number
        (1, 100, "0", False),
        (7, 8_600, "0.08", True),
    ],
)
def test_printed_rate(false_alerts: int, faces: int, printed: str, *, fits: bool) -> None:
    d = deployment(
        faces_seen=faces, false_alerts=false_alerts, printed_false_alert_rate=Decimal(printed)
    )
    assert raised(d) == ([] if fits else [(1, "printed_false_alert_rate", "printed-rate-differs")])


def test_a_rate_of_no_faces_is_not_checked() -> None:
    d = deployment(faces_seen=0, false_alerts=0, printed_false_alert_rate=Decimal(5))
    assert raised(d) == []


def test_more_alerts_than_faces() -> None:
    assert raised(deployment(alerts=11, faces_seen=10)) == [(1, "alerts", "more-alerts-than-faces")]
    assert raised(deployment(alerts=10, faces_seen=10)) == []


def test_outcomes_that_are_not_the_confirmed_true_alerts() -> None:
    d = deployment(true_confirmed=7, arrests=1, other_disposals=2, no_action=5)
    assert raised(d) == [(1, "arrests", "outcomes-do-not-add-up")]
    assert raised(replace(d, no_action=4)) == []
    assert raised(replace(d, no_action=None)) == []


def test_identical_columns_are_counted_once_and_named() -> None:
    rows = [
        deployment(i, true_confirmed=3 + i, arrests=3, other_disposals=i, no_action=i)
        for i in range(1, 7)
    ]
    assert raised(*rows) == [(None, "other_disposals, no_action", "identical-columns")]
    different = replace(rows[-1], no_action=0)
    assert "identical-columns" not in {kind for *_, kind in raised(*rows[:-1], different)}
    assert raised(*rows[:4]) != [], "four rows are too few to say so"


def test_a_date_among_later_ones_is_out_of_order() -> None:
    days = [
        "2024-06-27",
        "2024-06-28",
        "2023-07-11",
        "2024-07-11",
        "2024-07-12",
        *["2024-07-16"] * 8,
    ]
    rows = [deployment(i, date_start=day) for i, day in enumerate(days, start=1)]
    assert (3, "date_start", "date-out-of-order") in raised(*rows)
    assert out_of_order(rows) == {3}
    assert out_of_order(rows[::-1]) == {3}, "newest first is an order too"


def test_a_record_in_no_order_has_no_rows_out_of_order() -> None:
    rows = [deployment(i, date_start=f"2024-01-{1 + i * 7 % 28:02d}") for i in range(1, 20)]
    assert out_of_order(rows) == frozenset()


def test_a_lone_date_more_than_a_year_away() -> None:
    rows = [deployment(i) for i in range(1, 5)]
    assert (5, "date_start", "date-far-from-others") in raised(
        *rows, deployment(5, date_start="2099-01-01")
    )
    gap = [deployment(5, date_start="2099-01-01"), deployment(6, date_start="2099-01-01")]
    assert "date-far-from-others" not in {kind for *_, kind in raised(*rows, *gap)}


def test_a_threshold_between_equal_ones() -> None:
    rows = [deployment(i, threshold=Decimal("0.6")) for i in (1, 2, 3)]
    rows[1] = replace(rows[1], threshold=Decimal("0.62"))
    assert raised(*rows) == [(2, "threshold", "threshold-date-conflict")]
    rows[2] = replace(rows[2], threshold=Decimal("0.62"))
    assert raised(*rows) == [], "a change of setting"


def test_a_watchlist_of_another_size() -> None:
    sizes = [16_180, 16_190, 16_199, 19_199, 16_189, 16_195, 16_200, 16_150]
    rows = [deployment(i, watchlist_size=n) for i, n in enumerate(sizes, start=1)]
    rows[3] = replace(rows[3], date_start=rows[2].date_start)
    (problem,) = problems_in(rows)
    assert (problem.row, problem.kind) == (4, "outlier-watchlist")
    assert "16199 in another row of that day" in problem.message
    growing = [deployment(i, watchlist_size=10_000 + 600 * i) for i in range(1, 20)]
    assert raised(*growing) == []


def test_the_same_row_twice() -> None:
    d = deployment(1, faces_seen=100, alerts=1)
    assert raised(d, replace(d, row=2)) == [(2, None, "duplicate-row")]
    assert raised(d, replace(d, row=2, alerts=2)) == []
    empty = deployment(1)
    assert raised(empty, replace(empty, row=2)) == []


def hours(rates: list[int], first: int = 1) -> list[Deployment]:
    return [
        deployment(i, faces_seen=5 * rate, duration_minutes=300)
        for i, rate in enumerate(rates, start=first)
    ]


def test_a_break_in_faces_per_hour_is_dated() -> None:
    rows = hours(
        [2_500 + 90 * (i % 7) for i in range(25)] + [300 + 11 * (i % 5) for i in range(25)]
    )
    (problem,) = problems_in(rows)
    assert (problem.row, problem.kind) == (26, "faces-per-hour-break")
    assert rows[25].date_start is not None
    assert rows[25].date_start in problem.message


def test_noise_has_no_break() -> None:
    assert raised(*hours([1_000 + 700 * (i * 7919 % 11) for i in range(60)])) == []


def test_forces_are_not_compared_with_one_another() -> None:
    rows = hours([2_500] * 25) + [
        replace(d, force="Otherton Police", row=d.row + 25) for d in hours([300] * 25)
    ]
    assert raised(*rows) == []


def test_problems_come_in_the_order_of_the_rows_and_of_the_closed_list() -> None:
    rows = [deployment(i, alerts=2, faces_seen=1) for i in (1, 2, 3)]
    assert [p.row for p in problems_in(rows)] == [1, 2, 3]
    assert {p.kind for p in problems_in(rows)} <= KINDS.keys()
    assert problems_in([]) == ()
