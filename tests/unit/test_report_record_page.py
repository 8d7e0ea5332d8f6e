"""The record as the report shows it: whose it is, its sums, its breaks, and what is too much."""

from dataclasses import replace

import pytest

from hostile_report import FORCE, hostile_record
from probity.claims.evidence import Evidence
from probity.publish import record_doubts, record_figures
from probity.publish.record_page import RecordPage, record_page
from probity.records.breaks import BREAKS
from probity.records.bundled import load


@pytest.fixture(scope="module")
def bundled() -> RecordPage:
    page = record_page(Evidence(load()))
    assert page
    return page


@pytest.fixture
def own() -> Evidence:
    return Evidence(load(), (hostile_record(),))


def test_the_force_with_the_most_deployments_is_shown(bundled: RecordPage) -> None:
    assert bundled.force == "Metropolitan Police"
    assert bundled.deployments == len(load().series("Metropolitan Police"))


def test_ones_own_record_is_shown_in_its_place(own: Evidence) -> None:
    page = record_page(own)
    assert page
    assert (page.force, page.deployments) == (FORCE, 8)
    assert [f.figure_id for f in page.figures if f.figure_id == "tile-map"] == []


def test_a_record_without_deployments_is_no_page() -> None:
    evidence = Evidence(load(), (replace(hostile_record(), deployments=()),))
    assert evidence.own[0].deployments == ()
    page = record_page(evidence)
    assert page
    assert page.force == "Metropolitan Police"


def test_the_sums_of_2024_are_not_pooled_over_its_breaks(bundled: RecordPage) -> None:
    years = {row[0]: row for row in bundled.years.rows}
    assert years["2024"][1:4] == (180, 902_748, 1286)
    assert years["2024"][7] == "not pooled over a break"
    parts = [row for row in bundled.years.rows if str(row[0]).startswith("– ")]
    assert len(parts) == len(BREAKS) + 1
    assert sum(int(row[1] or 0) for row in parts) == 180


def test_the_breaks_drawn_are_those_on_file(bundled: RecordPage) -> None:
    figure = next(f for f in bundled.figures if f.figure_id == "faces-per-hour")
    rows = [row for data in figure.specs["wide"]["datasets"].values() for row in data]
    drawn = [round(row["rate"]) for row in rows if "middle" in row]
    assert drawn[:3] == [BREAKS[0].before_per_hour, *(b.after_per_hour for b in BREAKS[:2])]
    assert [b.statement for b in BREAKS] == list(figure.notes[:3])


def test_the_annual_report_stands_beside_the_sums(bundled: RecordPage) -> None:
    beside = {(row[1], row[2], row[3], row[4]) for row in bundled.conflicts.rows}
    assert ("deployments", 207, 203, "no") in beside
    assert ("faces seen", 3_147_436, 3_147_436, "yes") in beside
    assert ("alerts", 2073, 2077, "no") in beside


def test_every_problem_says_where_it_is_and_what_became_of_it(bundled: RecordPage) -> None:
    assert sum(kind.count for kind in bundled.problems) > 10
    for kind in bundled.problems:
        assert all(row[0] and row[4] for row in kind.table.rows)


def test_problems_found_while_reading_a_file_are_shown(own: Evidence) -> None:
    page = record_page(own)
    assert page
    assert "The text cannot be the value its column holds." in [k.words for k in page.problems]


def test_a_record_too_long_to_draw_point_by_point_says_so(
    own: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_figures, "MOST_POINTS", 7)
    monkeypatch.setattr("probity.publish.record_page.MOST_POINTS", 7)
    page = record_page(own)
    assert page
    assert {f.figure_id for f in page.figures} == {"deployments-over-time", "alerts", "outcomes"}
    assert "too many to draw one by one" in page.cautions[-1]


def test_a_long_list_of_problems_is_cut_and_counted(
    bundled: RecordPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = max(kind.count for kind in bundled.problems)
    monkeypatch.setattr(record_doubts, "MOST_PROBLEMS", most - 1)
    page = record_page(Evidence(load()))
    assert page
    longest = max(page.problems, key=lambda kind: kind.count)
    assert (longest.count, len(longest.table.rows)) == (most, most - 1)
