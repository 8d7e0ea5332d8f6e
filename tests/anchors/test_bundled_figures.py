"""Published totals reproduced from the bundled rows, to the digit.

Each test names who published the total. Where the rows and a publisher disagree, the rows' own sum
is the anchor and the disagreement is tested in test_conflicts.
"""

from datetime import date

import pytest

from probity.records.bundled import load
from probity.records.dates import counted_span
from probity.records.schema import Deployment, total
from probity.records.selection import select

MET = "Metropolitan Police"
SERIES = load().series(MET)


def _days(start: str, end: str) -> tuple[Deployment, ...]:
    return select(SERIES, start=date.fromisoformat(start), end=date.fromisoformat(end)).deployments


def _sums(rows: tuple[Deployment, ...], *columns: str) -> tuple[int | None, ...]:
    return (len(rows), *(total(rows, column) for column in columns))


def test_a_series_of_538_deployments() -> None:
    assert len(SERIES) == 9 + 203 + 112 + 119 + 95 == 538


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2020-01-01", "2022-12-31", (9, 157_566, 28, 10, 9)),
        ("2023-01-01", "2023-12-31", (23, 326_392, 58, 2, 34)),
        ("2024-01-01", "2024-12-31", (180, 902_748, 1286, 27, 575)),
        ("2025-01-08", "2025-07-11", (112, 1_703_254, 1161, 7, 510)),
        ("2024-09-11", "2025-09-10", (207, 3_147_436, 2073, 9, 957)),
    ],
    ids=["2020-22", "2023", "2024", "2025 to 11 July", "the annual report's year"],
)
def test_periods(start: str, end: str, expected: tuple[int, ...]) -> None:
    rows = _days(start, end)
    assert _sums(rows, "faces_seen", "alerts", "false_alerts", "arrests") == expected


def test_2024_watchlists_and_arrests_as_added_up_by_an_assembly_member() -> None:
    """Garbett AM: watchlists combined 2,603,540; 575 arrests; 180 deployments."""
    assert _sums(_days("2024-01-01", "2024-12-31"), "watchlist_size", "arrests") == (
        180,
        2_603_540,
        575,
    )


def test_2024_faces_differ_from_hers_by_one_dropped_digit() -> None:
    theirs = load().row_by_id["MPS-AGG-2024a"].deployment.faces_seen
    dropped = load().row_by_id["MPS-20241210-2b"].deployment.faces_seen
    assert (theirs, dropped) == (891_748, 1_225)
    assert total(_days("2024-01-01", "2024-12-31"), "faces_seen") == 891_748 + 12_225 - 1_225


def test_first_73_rows_of_2024_as_quoted_by_gb_news() -> None:
    """146,157 faces and 209 arrests, printed as "last year", are those to 29 May 2024."""
    rows = _days("2024-01-01", "2024-05-29")
    assert _sums(rows, "faces_seen", "arrests") == (73, 146_157, 209)


def test_croydon_2024_as_quoted_by_parliament_news() -> None:
    """128,518 faces and 133 arrests: the rows that name Croydon, and Thornton Heath."""
    rows = tuple(
        d
        for d in _days("2024-01-01", "2024-12-31")
        if d.borough == "Croydon" or "Thornton Heath" in d.place
    )
    assert _sums(rows, "faces_seen", "arrests") == (31, 128_518, 133)


def test_first_13_rows_of_2023_as_given_to_byline_times() -> None:
    rows = _days("2023-04-06", "2023-09-24")
    assert _sums(rows, "faces_seen", "arrests") == (13, 247_764, 12)


def test_oxford_circus_2020_to_2022_as_given_to_the_evening_standard() -> None:
    """125,786 faces and 9 arrests, over the five deployments that took place."""
    rows = tuple(
        d
        for d in _days("2020-01-01", "2022-12-31")
        if d.place.startswith("Oxford Circus") and d.faces_seen is not None
    )
    assert _sums(rows, "faces_seen", "arrests") == (5, 125_786, 9)


def test_oxford_circus_27_february_2020() -> None:
    row = load().row_by_id["MPS-20200227-1"].deployment
    assert (row.faces_seen, row.alerts, row.false_alerts, row.arrests) == (8600, 8, 7, 1)


def test_coronation_three_sites() -> None:
    rows = _days("2023-05-06", "2023-05-06")
    assert _sums(rows, "faces_seen", "alerts", "arrests") == (3, 68_461, 2, 1)
    assert {d.watchlist_size for d in rows} == {10_451}


def test_croydon_28_august_2024() -> None:
    row = load().row_by_id["MPS-20240828-1a"].deployment
    counts = (row.watchlist_size, row.faces_seen, row.alerts, row.false_alerts, row.arrests)
    assert counts == (15_802, 10_455, 8, 0, 3)


def test_february_2024_rows_have_29_arrests_where_the_bbc_says_42() -> None:
    assert _sums(_days("2024-02-01", "2024-02-29"), "arrests") == (12, 29)
    assert load().row_by_id["MPS-202402-agg"].deployment.arrests == 42


def test_first_half_of_2025_rows_have_465_arrests_where_a_reporter_says_459() -> None:
    rows = _days("2025-01-01", "2025-06-30")
    assert _sums(rows, "faces_seen", "arrests")[1:] == (1_533_706, 465)
    assert load().row_by_id["MPS-AGG-2025H1"].deployment.arrests == 459


def test_carnival_2025_arrests() -> None:
    rows = tuple(
        d
        for d in _days("2025-08-24", "2025-08-25")
        if d.place in {"Kilburn Lane", "Paddington Stn"}
    )
    assert _sums(rows, "alerts", "arrests") == (4, 98, 61)


def test_croydon_fixed_cameras_arrests() -> None:
    rows = tuple(d for d in _days("2025-10-01", "2026-01-16") if d.place == "North End, Croydon")
    assert _sums(rows, "false_alerts", "arrests") == (14, 1, 103)


def test_2025_arrests_by_row_and_by_transcription() -> None:
    """1,130 by the document to 11 July and the transcription after: Garbett AM's figure.

    The transcription alone, with its version of the first half of the year, gives 1,133.
    """
    year = _days("2025-01-01", "2025-12-31")
    assert _sums(year, "arrests") == (231, 1130)
    other = {
        kept: row.deployment
        for row in load().rows
        for kept in row.conflicts_with
        if row.kind == "deployment" and row.deployment.source_id == "mps-record-2025-tr"
    }
    as_transcribed = sum(other.get(d.record_id, d).arrests or 0 for d in year)
    assert as_transcribed == 1133


def test_holyhead_november_2025() -> None:
    rows = load().series("Home Office Immigration Enforcement (with SWP/GMP)")
    assert _sums(rows, "faces_seen", "alerts", "false_alerts", "arrests") == (8, 7512, 2, 0, 1)


def test_transcribed_faces_agree_in_every_row_and_counts_in_all_but_14() -> None:
    """112 deployments of January to July 2025 exist in the document and in the transcription.

    Where the two agree the bundled data hold one row; where they differ, both.
    """
    bundle = load()
    differing = []
    for row in bundle.rows:
        if row.kind == "deployment" and row.deployment.record_id in bundle.not_in_series:
            kept = [bundle.row_by_id[i].deployment for i in row.conflicts_with]
            if [d.source_id for d in kept] == ["mps-grid-2025-jul"]:
                differing.append((kept[0], row.deployment))
    assert len(differing) == 14
    assert all(ours.faces_seen == theirs.faces_seen for ours, theirs in differing)
    gaps = [
        max(abs((a.alerts or 0) - (b.alerts or 0)), abs((a.arrests or 0) - (b.arrests or 0)))
        for a, b in differing
    ]
    assert sorted(gaps) == [1] * 13 + [2]


def test_disposals_of_2023_24_are_printed_twice_over() -> None:
    rows = [d for d in SERIES if d.source_id == "mps-grid-2023-2024"]
    assert [d for d in rows if d.other_disposals != d.no_action] == []


def test_no_action_of_2025() -> None:
    assert total(_days("2025-01-08", "2025-07-11"), "no_action") == 459


def test_the_row_printed_a_year_early_is_counted_with_its_neighbours() -> None:
    by_printed_date = [d for d in SERIES if (d.date_start or "").startswith("2024")]
    assert len(by_printed_date) == 179
    span = counted_span(load().row_by_id["MPS-20230711-1a"].deployment)
    assert span is not None
    assert span.first == date(2024, 7, 11)


def test_thresholds_by_their_first_and_last_day() -> None:
    """0.6 to June 2024, 0.62 from 11 to 23 July 2024, 0.64 from 25 July 2024."""
    days: dict[str, list[date]] = {}
    for d in SERIES:
        if d.threshold is not None and (span := counted_span(d)):
            days.setdefault(str(d.threshold), []).append(span.first)
    assert max(days["0.6"]) < date(2024, 7, 1)
    assert (min(days["0.62"]), max(days["0.62"])) == (date(2024, 7, 11), date(2024, 7, 23))
    assert min(days["0.64"]) == date(2024, 7, 25)
