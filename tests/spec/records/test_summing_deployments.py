"""Summing deployments.

A record is a table with one row per deployment. A summary adds its columns, counts the cells that
say nothing, and forms rates from the rows that print both figures.
"""

from decimal import Decimal

import pytest

from probity.core import EventRate, Rate, Total, Undefined
from probity.records.rates import GroupRate
from probity.records.schema import Deployment
from probity.records.summarise import Group, summarise

RECORD = """
      date       | place  | hours | faces | alerts | false | true | arrests
      2023-05-01 | Market | 5     | 12000 | 10     | 1     | 9    | 4
      2023-05-02 | Market | 4     | 8000  | 6      | 0     | 6    | 1
      2023-06-11 | Square |       |       | 3      |       |      | 0
"""


def table(text: str, *, force: str = "Some Police") -> list[Deployment]:
    """Rows of an ASCII table; an empty cell says nothing."""
    heads, *rows = [
        [cell.strip() for cell in line.split("|")] for line in text.split("\n") if line.strip()
    ]

    def number(cells: dict[str, str], column: str) -> int | None:
        return int(cells[column]) if cells.get(column) else None

    found = []
    for row, values in enumerate(rows, start=1):
        cells = dict(zip(heads, values, strict=True))
        hours = cells.get("hours")
        found.append(
            Deployment(
                record_id=f"row-{row}",
                force=force,
                date_start=cells["date"],
                date_end=cells["date"],
                place=cells.get("place") or "Somewhere",
                duration_minutes=int(Decimal(hours) * 60) if hours else None,
                faces_seen=number(cells, "faces"),
                alerts=number(cells, "alerts"),
                false_alerts=number(cells, "false"),
                true_alerts=number(cells, "true"),
                arrests=number(cells, "arrests"),
                source_id="example",
                row=row,
            )
        )
    return found


def rate(group: Group, name: str) -> GroupRate:
    return next(r for r in group.rates if r.name == name)


class TestSums:
    """Each column is added over the rows that print it."""

    def test_columns_are_added(self) -> None:
        whole = summarise(table(RECORD)).whole
        assert whole.deployments == 3
        assert whole.totals["faces_seen"] == 20_000
        assert whole.totals["alerts"] == 19

    def test_an_empty_cell_is_counted_and_is_not_zero(self) -> None:
        whole = summarise(table(RECORD)).whole
        assert whole.missing["faces_seen"] == 1
        assert whole.missing["alerts"] == 0

    def test_a_printed_zero_is_a_zero(self) -> None:
        whole = summarise(table(RECORD)).whole
        assert whole.totals["arrests"] == 5
        assert whole.missing["arrests"] == 0


class TestRates:
    """A rate names its denominator and keeps the counts it came from."""

    def test_false_alerts_per_face_seen(self) -> None:
        measured = rate(summarise(table(RECORD)).whole, "false_alerts_per_face_seen").measured
        assert isinstance(measured, Rate)
        assert (measured.count.k, measured.count.n, measured.count.population) == (
            1,
            20_000,
            "faces seen",
        )

    def test_false_share_of_alerts(self) -> None:
        """The alerts of 11 June are left out: its row does not say how many were false."""
        share = rate(summarise(table(RECORD)).whole, "false_share_of_alerts")
        assert isinstance(share.measured, Rate)
        assert (share.measured.count.k, share.measured.count.n) == (1, 16)
        assert share.rows_left_out == 1

    def test_arrests_are_no_part_of_the_alerts(self) -> None:
        """An arrest can follow without an alert, so this is events over an exposure."""
        measured = rate(summarise(table(RECORD)).whole, "arrests_per_true_alert").measured
        assert isinstance(measured, EventRate)
        assert (measured.events.k, measured.events.exposure) == (5, 15)

    def test_alerts_per_hour(self) -> None:
        measured = rate(summarise(table(RECORD)).whole, "alerts_per_hour").measured
        assert isinstance(measured, EventRate)
        assert (measured.events.k, measured.events.exposure) == (16, 9.0)

    def test_faces_per_hour_have_no_interval(self) -> None:
        """One person can be detected many times, so faces are not independent events."""
        measured = rate(summarise(table(RECORD)).whole, "faces_seen_per_hour").measured
        assert isinstance(measured, Total)
        assert measured.value == pytest.approx(20_000 / 9)

    def test_what_nobody_prints_is_undefined_with_the_reason(self) -> None:
        whole = summarise(table("date\n2023-05-01")).whole
        assert rate(whole, "false_share_of_alerts").measured == Undefined(
            "no row prints both figures"
        )


class TestTwoIntervals:
    """Beside the exact interval stands one that lets deployments differ from each other."""

    def test_with_one_deployment_nobody_can_say_how_they_differ(self) -> None:
        (row, *_) = table(RECORD)
        share = rate(summarise([row]).whole, "false_share_of_alerts")
        assert isinstance(share.measured, Rate)
        assert isinstance(share.clustered, Undefined)

    def test_one_bad_day_widens_the_interval_by_deployment(self) -> None:
        days = [f"2023-05-{d:02} | {'9' if d == 1 else '0'} | 10" for d in range(1, 11)]
        share = rate(
            summarise(table("date | false | alerts\n" + "\n".join(days))).whole,
            "false_share_of_alerts",
        )
        assert isinstance(share.measured, Rate)
        assert isinstance(share.clustered, Rate)
        assert share.clustered.high > 2 * share.measured.high


class TestGroups:
    """Groups hold every deployment once."""

    def test_by_month(self) -> None:
        months = summarise(table(RECORD), by="month").groups
        assert {g.key: g.deployments for g in months} == {"2023-05": 2, "2023-06": 1}

    def test_by_place_as_printed(self) -> None:
        places = summarise(table(RECORD), by="place").groups
        assert {g.key: g.totals["alerts"] for g in places} == {"Market": 16, "Square": 3}

    def test_a_row_that_does_not_say_is_in_a_group_of_its_own(self) -> None:
        boroughs = summarise(table(RECORD), by="borough").groups
        assert [g.key for g in boroughs] == ["not stated"]


class TestBreaksInFacesSeen:
    """In 2024 the Metropolitan Police's count of faces changed meaning three times.

    A sum over such a day is never shown without saying so, and is shown again for each stretch.
    """

    RECORD_2024 = """
        date       | hours | faces | alerts | false
        2024-01-10 | 5     | 14000 | 5      | 0
        2024-02-01 | 5     | 1500  | 7      | 1
        2024-08-01 | 5     | 4500  | 7      | 0
        2024-09-01 | 5     | 9000  | 8      | 0
    """

    def test_the_sum_is_marked(self) -> None:
        whole = summarise(table(self.RECORD_2024, force="Metropolitan Police")).whole
        assert whole.totals["faces_seen"] == 29_000
        assert whole.warning.startswith("faces seen are not comparable across 2024-01-19")

    def test_and_shown_by_stretch(self) -> None:
        whole = summarise(table(self.RECORD_2024, force="Metropolitan Police")).whole
        assert [(s.key, s.totals["faces_seen"]) for s in whole.segments] == [
            ("before 2024-01-19", 14_000),
            ("2024-01-19 to 2024-07-22", 1_500),
            ("2024-07-23 to 2024-08-19", 4_500),
            ("from 2024-08-20", 9_000),
        ]

    def test_which_rates_must_not_be_pooled(self) -> None:
        whole = summarise(table(self.RECORD_2024, force="Metropolitan Police")).whole
        assert [r.name for r in whole.rates if r.uses_faces] == [
            "false_alerts_per_face_seen",
            "alerts_per_face_seen",
            "faces_seen_per_hour",
        ]

    def test_other_forces_are_not_concerned(self) -> None:
        assert summarise(table(self.RECORD_2024)).whole.warning == ""
