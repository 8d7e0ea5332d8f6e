"""Which breaks a period crosses."""

from datetime import date

import pytest

from probity.records.breaks import BREAKS, breaks_crossed


def test_breaks_are_in_order_of_time() -> None:
    assert [b.day for b in BREAKS] == sorted(b.day for b in BREAKS)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2023, 4, 6), date(2024, 1, 18), []),
        (date(2024, 1, 18), date(2024, 1, 19), [date(2024, 1, 19)]),
        (date(2024, 1, 19), date(2024, 7, 22), []),
        (date(2024, 1, 1), date(2024, 12, 31), [b.day for b in BREAKS]),
        (date(2024, 9, 11), date(2025, 9, 10), []),
    ],
)
def test_a_break_is_crossed_by_days_on_both_sides(start: date, end: date, days: list[date]) -> None:
    assert [b.day for b in breaks_crossed(start, end)] == days


def test_breaks_are_of_one_force() -> None:
    assert breaks_crossed(date(2023, 1, 1), date(2025, 1, 1), force="South Wales Police") == ()
