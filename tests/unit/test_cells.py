"""The text of one cell to a value, or to None with the reason."""

from decimal import Decimal

import pytest

from probity.records import cells
from probity.records.cells import Conventions
from probity.records.kinds import KINDS


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("0", 0, None),
        (" 9780 ", 9_780, None),
        ("1000000000", 1_000_000_000, None),
        ("21,940", 21_940, "thousands-separator"),
        ("1,229,140", 1_229_140, "thousands-separator"),
        ("21 940", 21_940, "thousands-separator"),
        ("21\N{NO-BREAK SPACE}940", 21_940, "thousands-separator"),
        ("12.0", 12, "decimal-count"),
        ("1000000001", None, "unreadable-cell"),
        ("2,19", None, "unreadable-cell"),
        ("2,1940", None, "unreadable-cell"),
        ("12.5", None, "unreadable-cell"),
        ("-1", None, "unreadable-cell"),
        ("(5)", None, "unreadable-cell"),
        ("5 or 6", None, "unreadable-cell"),
        ("²", None, "unreadable-cell"),
    ],
)
def test_count(text: str, value: int | None, kind: str | None) -> None:
    read = cells.count(text)
    assert (read.value, read.kind) == (value, kind)


def test_count_in_other_conventions() -> None:
    continental = Conventions(decimal=",", thousands=".")
    assert cells.count("21.940", continental).value == 21_940
    assert cells.count("12,0", continental).value == 12
    assert cells.count("21,940", continental).kind == "unreadable-cell"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("5h03m", 303),
        ("6h 11m", 371),
        ("8h0m", 480),
        ("4hr 47m", 287),
        ("0h33m", 33),
        ("6h", 360),
        ("4 hours 30 minutes", 270),
        ("4 hrs, 30 mins", 270),
        ("4 hours and 5 minutes", 245),
        ("45m", 45),
        ("90 mins", 90),
    ],
)
def test_duration(text: str, minutes: int) -> None:
    read = cells.duration_minutes(text)
    assert (read.value, read.kind) == (minutes, None)


@pytest.mark.parametrize(("text", "minutes"), [("5h40", 340), ("4h45", 285), ("05:40", 340)])
def test_duration_whose_minutes_lack_their_unit(text: str, minutes: int) -> None:
    read = cells.duration_minutes(text)
    assert (read.value, read.kind) == (minutes, "duration-without-unit")


def test_a_bare_number_needs_its_unit() -> None:
    assert cells.duration_minutes("287").kind == "unreadable-cell"
    assert cells.duration_minutes("287", Conventions(duration_unit="minutes")).value == 287
    assert cells.duration_minutes("4.5", Conventions(duration_unit="hours")).value == 270
    assert cells.duration_minutes("0.33", Conventions(duration_unit="hours")).value is None


@pytest.mark.parametrize("text", ["99h99m", "5h60m", "745h", "5h -3m", "five hours", "5.03h"])
def test_no_duration(text: str) -> None:
    assert cells.duration_minutes(text).kind == "unreadable-cell"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("06/04/23", "2023-04-06", "2023-04-06"),
        ("6/4/2023", "2023-04-06", "2023-04-06"),
        ("06.04.23", "2023-04-06", "2023-04-06"),
        ("2023-04-06", "2023-04-06", "2023-04-06"),
        ("6 April 2023", "2023-04-06", "2023-04-06"),
        ("6th Apr 23", "2023-04-06", "2023-04-06"),
        ("17 Sept 2024", "2024-09-17", "2024-09-17"),
        ("10 to 12 November 2025", "2025-11-10", "2025-11-12"),
        ("10/11/25 - 12/11/25", "2025-11-10", "2025-11-12"),
        ("28 Nov 2025 – 1 Dec 2025", "2025-11-28", "2025-12-01"),
        ("2024-05", "2024-05", "2024-05"),
        ("2016", "2016", "2016"),
        ("29/02/24", "2024-02-29", "2024-02-29"),
    ],
)
def test_date(text: str, first: str, last: str) -> None:
    assert cells.date(text).value == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        *("31/02/25", "13/13/25", "29/02/23", "0/1/25", "01/01/0000", "1/1/1", "6 Ma 2023"),
        *("2024-13", "12/11/25 - 10/11/25", "06-04/23", "٠٦/٠٤/٢٣", "tomorrow", "45000"),
    ],
)
def test_no_date(text: str) -> None:
    read = cells.date(text)
    assert (read.value, read.kind) == (None, "unreadable-cell")


def test_day_and_month_are_never_swapped_to_make_a_date_fit() -> None:
    """01/12/25 is 1 December; 12/25/25 is not silently Christmas."""
    assert cells.date("01/12/25").value == ("2025-12-01",) * 2
    assert cells.date("12/25/25").message.startswith("fits month/day/year only")
    american = Conventions(dates="month/day/year")
    assert cells.date("12/25/25", american).value == ("2025-12-25",) * 2
    assert cells.date("01/12/25", american).value == ("2025-01-12",) * 2
    assert cells.date("25/12/01", Conventions(dates="year/month/day")).value[0] == "2025-12-01"


def test_share_keeps_the_decimals_printed() -> None:
    assert str(cells.share_percent("0.00%").value) == "0.00"
    assert cells.share_percent("0.008 %").value == Decimal("0.008")
    assert cells.share_percent("100").value == 100
    assert {cells.share_percent(t).value for t in ("101%", "-1%", "1e2", "NaN", "%")} == {None}


def test_threshold_is_a_score_up_to_one() -> None:
    assert cells.threshold("0.64").value == Decimal("0.64")
    assert cells.threshold("1").value == 1
    assert {cells.threshold(t).value for t in ("0", "64", "-0.6", "0.64.1", "high")} == {None}


@pytest.mark.parametrize("text", ["N/A", "n/a", "-", "–", "Not stated", "unknown"])
def test_a_cell_that_states_nothing_says_so(text: str) -> None:
    read = cells.blank_or_not_stated(text)
    assert read is not None
    assert (read.value, read.kind) == (None, "not-stated")


def test_a_blank_cell_is_no_problem_and_zero_is_a_figure() -> None:
    blank = cells.blank_or_not_stated("  ")
    assert blank is not None
    assert blank.kind is None
    assert cells.blank_or_not_stated("0") is None


def test_words_lose_only_what_is_not_printed() -> None:
    assert cells.plain_text(" Tooting \n B’way ").value == "Tooting B’way"
    read = cells.plain_text("a\N{RIGHT-TO-LEFT OVERRIDE}b\x1bc\N{ZERO WIDTH SPACE}")
    assert (read.value, read.kind) == ("abc", "control-characters")


def test_purpose_numbers_are_written_alike() -> None:
    assert cells.references("1, 2, 3").value == cells.references("1,2 & 3").value == "1,2,3"
    assert cells.references("Crime Hotspot, 2").value == "Crime Hotspot, 2"


def test_every_kind_is_of_the_closed_list() -> None:
    texts = ("x", "1,000", "1.0", "5h40", "N/A", "a\x00")
    parsers = (
        *(cells.count, cells.duration_minutes, cells.date, cells.share_percent),
        *(cells.threshold, cells.plain_text),
    )
    kinds = {parse(text).kind for parse in parsers for text in texts}
    assert kinds - {None} <= KINDS.keys()
