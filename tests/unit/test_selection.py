"""Choosing the deployments of a period."""

from datetime import date

import pytest

from probity.records.schema import Deployment
from probity.records.selection import select


def _deployment(record_id: str, start: str | None, end: str | None = None) -> Deployment:
    return Deployment(
        record_id=record_id,
        force="X",
        date_start=start,
        date_end=end,
        place="Square",
        source_id="x",
        row=1,
    )


ROWS = (
    _deployment("day", "2024-06-10"),
    _deployment("first", "2024-06-01"),
    _deployment("last", "2024-06-30"),
    _deployment("before", "2024-05-31"),
    _deployment("two days", "2024-06-30", "2024-07-01"),
    _deployment("month", "2024-06", "2024-06"),
    _deployment("year", "2024", "2024"),
    _deployment("unknown", None),
)


def _ids(rows: tuple[Deployment, ...]) -> list[str]:
    return [row.record_id for row in rows]


def test_both_ends_are_included_and_doubtful_rows_are_named() -> None:
    june = select(ROWS, start=date(2024, 6, 1), end=date(2024, 6, 30))
    assert _ids(june.deployments) == ["day", "first", "last", "month"]
    assert _ids(june.unplaced) == ["two days", "year", "unknown"]


def test_without_bounds_every_row_is_in_even_undated_ones() -> None:
    assert select(ROWS).deployments == ROWS
    assert select(ROWS).unplaced == ()


def test_one_open_end() -> None:
    assert "before" not in _ids(select(ROWS, start=date(2024, 6, 1)).deployments)
    assert "before" in _ids(select(ROWS, end=date(2024, 6, 1)).deployments)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ends .* before it starts"):
        select(ROWS, start=date(2024, 6, 2), end=date(2024, 6, 1))
