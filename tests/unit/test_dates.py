"""What printed dates can mean."""

from datetime import date

import pytest

from probity.records.bundled import load
from probity.records.dates import Span, correction_of, counted_span, span_of
from probity.records.schema import Deployment


def _deployment(start: str | None, end: str | None = None) -> Deployment:
    return Deployment(
        record_id="X-1",
        force="X",
        date_start=start,
        date_end=end,
        place="Square",
        source_id="x",
        row=1,
    )


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2024-02-03", "2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023", "2024-06", date(2023, 1, 1), date(2024, 6, 30)),
    ],
)
def test_a_month_or_a_year_stands_for_all_its_days(
    start: str, end: str, first: date, last: date
) -> None:
    assert span_of(start, end) == Span(first, last)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, "2024-01-01"),
        ("2024-01-01", None),
        ("2024-02-30", "2024-02-30"),
        ("2024-13", "2024-13"),
        ("0000", "0000"),
        ("24-01-01", "24-01-01"),
        ("2024-01-02", "2024-01-01"),
        ("2024-01-01 ", "2024-01-01"),
    ],
)
def test_what_is_no_date_has_no_span(start: str | None, end: str | None) -> None:
    assert span_of(start, end) is None


def test_days_shared() -> None:
    year = Span(date(2024, 1, 1), date(2024, 12, 31))
    assert year.days == 366
    assert year.days_shared(Span(date(2024, 12, 31), date(2025, 3, 1))) == 1
    assert year.days_shared(Span(date(2025, 1, 1), date(2025, 3, 1))) == 0
    assert year.holds(Span(date(2024, 1, 1), date(2024, 1, 1)))
    assert not year.holds(Span(date(2024, 12, 31), date(2025, 1, 1)))


def test_a_deployment_without_an_end_is_of_one_day() -> None:
    assert counted_span(_deployment("2024-02-03")) == Span(date(2024, 2, 3), date(2024, 2, 3))


def test_a_date_that_cannot_be_right_is_kept_as_printed_and_counted_under_the_corrected_one() -> (
    None
):
    row = load().row_by_id["MPS-20230711-1a"].deployment
    assert row.date_start == "2023-07-11"
    assert counted_span(row) == Span(date(2024, 7, 11), date(2024, 7, 11))
    correction = correction_of(row)
    assert correction is not None
    assert "0.62" in correction.reason


def test_a_correction_needs_the_wrong_date_to_be_printed() -> None:
    row = Deployment(
        record_id="MPS-20230711-1a",
        force="X",
        date_start="2024-07-11",
        date_end="2024-07-11",
        place="Dalston",
        source_id="x",
        row=1,
    )
    assert correction_of(row) is None
