"""Counts of a month: parts that add up, and nothing counted twice."""

from dataclasses import replace

from probity.publish.months import by_month, in_order_of_time, judged_alerts, usable_outcomes
from probity.records.bundled import load
from probity.records.schema import Deployment

ROW = Deployment(
    record_id="a",
    force="F",
    date_start="2025-03-04",
    date_end="2025-03-04",
    place="p",
    alerts=5,
    true_confirmed=3,
    true_unconfirmed=1,
    true_alerts=4,
    false_alerts=1,
    arrests=2,
    other_disposals=1,
    no_action=1,
    source_id="s",
    row=1,
)
UNSPLIT = replace(ROW, true_confirmed=None, true_unconfirmed=None, true_alerts=None, row=2)


def test_months_are_in_order_and_vague_dates_left_out() -> None:
    rows = [
        replace(ROW, date_start="2025-05-01", date_end="2025-05-01"),
        ROW,
        replace(ROW, date_start="2025", date_end="2025"),
        replace(ROW, date_start=None, date_end=None),
    ]
    assert list(by_month(rows)) == ["2025-03", "2025-05"]
    assert len(in_order_of_time(rows)) == 3


def test_the_parts_of_alerts_add_up_to_the_alerts() -> None:
    parts = judged_alerts((ROW, UNSPLIT))
    assert parts == {"true_confirmed": 3, "true_unconfirmed": 1, "false_alerts": 2, "not_split": 4}
    assert sum(parts.values()) == 10


def test_more_parts_than_alerts_never_gives_a_negative_count() -> None:
    assert judged_alerts((replace(UNSPLIT, alerts=0),))["not_split"] == 0


def test_outcomes_of_a_source_that_prints_them_unreliably_are_left_out() -> None:
    bad = replace(ROW, source_id="bad")
    assert usable_outcomes((ROW, bad), unusable=frozenset({"bad"})) == {
        "arrests": 4,
        "other_disposals": 1,
        "no_action": 1,
    }


def test_the_charts_of_the_bundled_record_add_up_to_its_alerts() -> None:
    rows = load().series("Metropolitan Police")
    drawn = sum(sum(judged_alerts(part).values()) for part in by_month(rows).values())
    printed = sum(d.alerts or 0 for d in rows)
    # One row prints 1 alert and two parts (10 January 2024, Westminster).
    assert drawn - printed == 1
