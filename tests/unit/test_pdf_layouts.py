"""Tables in PDF records are found by headings and lines, whatever the page breaks."""

from pathlib import Path

import pytest

from lookalike import (
    HOME_OFFICE,
    MET_2020,
    MET_2023,
    MET_2024,
    MET_2025,
    SOUTH_WALES,
    Lookalike,
    document,
    figures,
)
from probity.core import InputError
from probity.records.reader import read
from probity.records.schema import COUNT_COLUMNS, Record, total


@pytest.fixture
def reading(tmp_path: Path):
    """Write bytes to a file and read it as a record."""

    def read_bytes(content: bytes, **options) -> Record:
        path = tmp_path / "record.pdf"
        path.write_bytes(content)
        return read(path, **options)

    return read_bytes


def kinds(record: Record) -> set[str]:
    return {p.kind for p in record.problems}


def drawn(columns, rows) -> list[dict[str, str]]:
    """What was drawn, by the fields of the layout, on one line."""
    return [
        {h.field: row[h.field].replace("\n", " ") for h in columns if h.field in row}
        for row in rows
    ]


def printed(record: Record) -> list[dict[str, str]]:
    return [dict(d.printed) for d in record.deployments]


@pytest.mark.parametrize(
    ("columns", "layout"),
    [
        (MET_2020, "metropolitan-2020"),
        (MET_2023, "metropolitan-2023"),
        (MET_2024, "metropolitan-2023"),
        (MET_2025, "metropolitan-2025"),
        (HOME_OFFICE, "home-office"),
        (SOUTH_WALES, "south-wales"),
    ],
)
@pytest.mark.parametrize("repeat_headings", [False, True])
def test_every_cell_of_every_layout_is_read(reading, columns, layout, repeat_headings) -> None:
    rows = [figures(i) for i in range(14)]
    record = reading(document(columns, rows, repeat_headings=repeat_headings, bottom=260))
    assert record.layout == layout
    assert printed(record) == drawn(columns, rows)
    assert record.problems == ()
    assert [d.row for d in record.deployments] == list(range(1, 15))
    assert len({d.page for d in record.deployments}) > 1


@pytest.mark.parametrize("bottom", [180.0, 250.0, 400.0])
def test_page_breaks_do_not_matter(reading, bottom) -> None:
    rows = [figures(i) for i in range(16)]
    record = reading(document(MET_2025, rows, bottom=bottom, repeat_headings=bottom < 300))
    assert printed(record) == drawn(MET_2025, rows)


def test_columns_may_come_in_any_order(reading) -> None:
    rows = [figures(i) for i in range(12)]
    for columns in (MET_2025[::-1], (*MET_2025[5:], *MET_2025[:5])):
        record = reading(document(columns, rows))
        assert printed(record) == [
            {name: row[name] for name in row if name in row} for row in drawn(columns, rows)
        ]
        assert total(record.deployments, "faces_seen") == sum(int(r["faces_seen"]) for r in rows)


def test_headings_as_a_table_of_their_own_out_of_line_with_the_rows(reading) -> None:
    rows = [figures(i) for i in range(3)]
    for shift in (-6, 0, 6):
        for inner_lines in (True, False):
            page = Lookalike(MET_2024)
            page.headings(apart=14, shift=shift, inner_lines=inner_lines)
            for row in rows:
                page.row(row)
            assert printed(reading(page.content())) == drawn(MET_2024, rows)


def test_groups_without_a_line_between_their_columns(reading) -> None:
    page = Lookalike(MET_2023)
    page.headings(merged=True)
    page.row(figures(1))
    record = reading(page.content())
    assert record.headings["true_confirmed"] == "True Alerts Confirmed"
    assert record.headings["false_unconfirmed"] == "False Alerts Unconfirmed"
    assert record.headings["no_action"] == "Engagement Outcomes No Action"


def test_changed_headings_hold_from_where_they_stand(reading) -> None:
    """The second table has other columns in another order, as from September 2024."""
    page = Lookalike(MET_2023)
    page.headings(apart=20)
    first = [figures(i, use_case="1,2,3,4") for i in range(5)]
    for row in first:
        page.row(row)
    page.page()
    page.columns = second_columns = (*MET_2024[:4], *MET_2024[:3:-1])
    page.headings(apart=10)
    second = [figures(i) for i in range(5, 9)]
    for row in second:
        page.row(row)
    record = reading(page.content())
    assert printed(record) == drawn(MET_2023, first) + drawn(second_columns, second)
    assert record.headings["use_case"] == "LFR Use Case"


def test_tables_of_purposes_are_no_deployments(reading) -> None:
    page = Lookalike(MET_2023)
    page.headings(apart=20)
    page.row(figures(0))
    page.words("MPS LFR PURPOSE REFERENCES")
    page.table(
        [
            ("Reference", "Use Case", "LFR Policy Document Reference"),
            ("1.", "Use of LFR to support the policing\nof Crime Hotspots", "§2.3(a)"),
            ("2.", "Use of LFR on 11/02/25", "§2.9"),
        ],
        (60, 300, 120),
    )
    page.page()
    page.row(figures(1))
    page.page()
    record = reading(page.content())
    assert [d.faces_seen for d in record.deployments] == [4000, 4037]
    assert record.problems == ()


def test_a_row_that_runs_over_a_page_break_is_one_row(reading) -> None:
    rows = [figures(i, place=f"Brigstock Rd,\nThornton\nHeath {i}") for i in range(8)]
    record = reading(document(MET_2025, rows, split_rows=True, bottom=172))
    assert printed(record)[0]["place"] == "Brigstock Rd, Thornton Heath 0"
    assert [d.place for d in record.deployments] == [
        row["place"].replace("\n", " ") for row in rows
    ]
    split = [p for p in record.problems if p.kind == "split-row"]
    assert split
    assert all(p.column == "place" and p.done.startswith("joined: ") for p in split)


def test_a_row_that_runs_over_onto_a_page_with_headings(reading) -> None:
    rows = [figures(i, place=f"Brigstock Rd,\nThornton\nHeath {i}") for i in range(8)]
    record = reading(document(MET_2025, rows, split_rows=True, repeat_headings=True, bottom=172))
    assert [d.place for d in record.deployments] == [
        row["place"].replace("\n", " ") for row in rows
    ]


def test_a_place_that_runs_into_the_date(reading) -> None:
    narrow = (MET_2025[0].__class__("place", "Deployment\nLocation", 43), *MET_2025[1:])
    record = reading(document(narrow, [figures(0, place="High St North,\nEast Ham")]))
    (d,) = record.deployments
    assert (d.place, d.date_start) == ("High St North, East Ham", "2025-01-01")
    (problem,) = record.problems
    assert (problem.row, problem.kind) == (1, "date-cell-overflow")
    assert "High St North, East Ham" in problem.done


def test_cells_that_state_nothing_are_none_and_reported(reading) -> None:
    nothing = dict.fromkeys(("alerts", "true_alerts", "arrests", "faces_seen"), "N/A")
    record = reading(document(MET_2020, [figures(0), figures(1, **nothing), figures(2)]))
    d = record.deployments[1]
    assert (d.alerts, d.true_alerts, d.arrests, d.faces_seen) == (None,) * 4
    assert d.printed["alerts"] == "N/A"
    assert {(p.row, p.column, p.kind) for p in record.problems} == {
        (2, column, "not-stated") for column in nothing
    }


def test_grouped_digits_are_read_and_reported(reading) -> None:
    row = figures(0, faces_seen="21,940", false_confirmed="0", printed_false_alert_rate="0%")
    record = reading(document(MET_2025, [row | {"alerts": "1"}]))
    assert record.deployments[0].faces_seen == 21_940
    assert kinds(record) == {"thousands-separator"}


def test_rows_may_share_date_and_place(reading) -> None:
    rows = [figures(i, date="22/08/24", place="Westminster") for i in range(4)]
    record = reading(document(MET_2025, rows))
    assert [d.record_id for d in record.deployments] == [f"MPS-20240822-{n}" for n in (1, 2, 3, 4)]
    assert "duplicate-row" not in kinds(record)


def test_sums_are_those_drawn(reading) -> None:
    rows = [figures(i) for i in range(30)]
    record = reading(document(MET_2025, rows))
    for name in COUNT_COLUMNS:
        if name in rows[0] and name != "duration_minutes" and name in record.headings:
            assert total(record.deployments, name) == sum(int(row[name]) for row in rows), name


def test_figures_without_headings_are_refused_not_guessed(reading) -> None:
    page = Lookalike(MET_2025)
    page.row(figures(0))
    with pytest.raises(InputError, match="figures without headings that are known"):
        reading(page.content())


def test_a_table_with_headings_of_another_kind_is_left_out_and_reported(reading) -> None:
    page = Lookalike(MET_2025)
    page.headings()
    page.row(figures(0))
    page.y += 30
    page.columns = [h.__class__(h.field, f"Vehicle {h.field[:4]}", h.width) for h in MET_2025]
    page.headings()
    page.row(figures(1))
    record = reading(page.content())
    assert len(record.deployments) == 1
    assert "unread-table" in kinds(record)


def test_the_same_bytes_give_the_same_record(reading) -> None:
    content = document(MET_2025, [figures(i) for i in range(5)])
    assert reading(content) == reading(content)
