"""The three deployment records of the Metropolitan Police, as published, to the last digit.

Totals: the README beside the PDFs. Cells: the bundled table, which was made independently of
this reader.
"""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from probity.records.bundled import load
from probity.records.reader import read
from probity.records.schema import COUNT_COLUMNS, Deployment, Record, total

pytestmark = pytest.mark.shared

G22, G24, G25 = (
    "met-lfr-grid-2020-2022.pdf",
    "met-lfr-grid-2023-to-2024.pdf",
    "met-lfr-grid-2025-to-10-may.pdf",
)

TOTALS = {
    G22: {
        "rows": 9,
        "faces_seen": 157_566,
        "alerts": 28,
        "true_alerts": 18,
        "false_alerts": 10,
        "engagements": 21,
        "true_engagements": 13,
        "false_engagements": 8,
        "arrests": 9,
        "watchlist_size": 63_990,
    },
    G24: {
        "rows": 203,
        "faces_seen": 1_229_140,
        "alerts": 1_344,
        "true_confirmed": 1_298,
        "true_unconfirmed": 18,
        "false_confirmed": 29,
        "false_unconfirmed": 0,
        "true_alerts": 1_316,
        "false_alerts": 29,
        "arrests": 609,
        "other_disposals": 717,
        "no_action": 717,
        "watchlist_size": 2_866_320,
        "duration_minutes": 63_572,
    },
    G25: {
        "rows": 74,
        "faces_seen": 1_142_325,
        "alerts": 814,
        "true_confirmed": 795,
        "true_unconfirmed": 14,
        "false_confirmed": 5,
        "false_unconfirmed": 0,
        "true_alerts": 809,
        "false_alerts": 5,
        "arrests": 342,
        "other_disposals": 129,
        "no_action": 325,
        "watchlist_size": 1_173_711,
        "duration_minutes": 24_912,
    },
}

BY_YEAR = {
    "2023": (23, 326_392, 58, 56, 0, 2, 34, 22, 22, 262_780, 7_068),
    "2024": (180, 902_748, 1_286, 1_242, 18, 27, 575, 695, 695, 2_603_540, 56_504),
}
SPLIT = (
    *("faces_seen", "alerts", "true_confirmed", "true_unconfirmed", "false_confirmed"),
    *("arrests", "other_disposals", "no_action", "watchlist_size", "duration_minutes"),
)

SOURCES = {G22: "mps-grid-2020-2022", G24: "mps-grid-2023-2024", G25: "mps-grid-2025-jul"}


@cache
def _record(path: Path) -> Record:
    return read(path)


@pytest.fixture
def record(shared_directory: Path):
    return lambda name: _record(shared_directory / "grids" / name)


def _sums(deployments: tuple[Deployment, ...]) -> dict[str, int]:
    sums = {name: total(deployments, name) for name in COUNT_COLUMNS}
    return {"rows": len(deployments)} | {k: v for k, v in sums.items() if v is not None}


def _dalston(d: Deployment) -> bool:
    """Printed 11/07/23 among the rows of July 2024: the README counts it under 2024."""
    return d.place == "Dalston" and d.printed["date"] == "11/07/23"


@pytest.mark.parametrize("name", TOTALS)
def test_totals(record, name: str) -> None:
    assert _sums(record(name).deployments) == TOTALS[name]
    assert record(name).source.publisher == "Metropolitan Police"


@pytest.mark.parametrize("year", BY_YEAR)
def test_totals_by_year(record, year: str) -> None:
    rows = tuple(
        d
        for d in record(G24).deployments
        if ("2024" if _dalston(d) else str(d.date_start)[:4]) == year
    )
    assert (len(rows), *(total(rows, name) for name in SPLIT)) == BY_YEAR[year]


def test_by_printed_date_alone_the_dalston_row_moves(record) -> None:
    years = [str(d.date_start)[:4] for d in record(G24).deployments]
    assert (years.count("2023"), years.count("2024")) == (24, 179)


OTHER_PLACES = {
    "Uxbridge Rd, Shepherds Buh": "Uxbridge Rd, Shepherds Bush",  # the PDF's own spelling
    "Barking": "Station Parade, Barking",  # 10 May 2025: so in the later release
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_cell_is_that_of_the_bundled_table(record, name: str) -> None:
    """Dates, places and every number of every row.

    The bundled rows of 2025 come from a later release. A sum is left empty there where the
    parts do not fit: 10 January 2024.
    """
    columns = (
        *("date_start", "date_end", "place", "use_case", "threshold"),
        *("printed_false_alert_rate", *COUNT_COLUMNS),
    )

    def cells(d: Deployment) -> tuple[str, ...]:
        values = {column: getattr(d, column) for column in columns}
        values["true_engagements"] = values["false_engagements"] = None
        if d.alerts == d.true_confirmed == d.true_unconfirmed == 1:
            values["true_alerts"] = None
        if d.date_start in ("2024-12-18", "2025-05-10"):
            values["place"] = OTHER_PLACES.get(d.place, d.place)
        return tuple(map(str, values.values()))

    rows = record(name).deployments
    last = max(str(d.date_start) for d in rows)
    bundled = Counter(
        cells(row.deployment)
        for row in load().rows
        if row.kind == "deployment"
        and row.deployment.source_id == SOURCES[name]
        and str(row.deployment.date_start) <= last
    )
    assert Counter(map(cells, rows)) == bundled


def test_the_traps_are_named_as_problems(record) -> None:
    def found(name: str) -> dict[str, list[tuple[int | None, str]]]:
        kinds: dict[str, list[tuple[int | None, str]]] = {}
        for p in record(name).problems:
            kinds.setdefault(p.kind, []).append((p.row, p.got))
        return kinds

    first, second, third = found(G22), found(G24), found(G25)
    assert [row for row, _ in first["not-stated"]] == [2] * 8
    assert second["duration-without-unit"] == [(7, "5h40"), (8, "4h45")]
    assert second["identical-columns"] == [(None, "203 rows")]
    assert second["date-out-of-order"] == [(113, "11/07/23")]
    assert second["threshold-date-conflict"] == [(113, "0.62")]
    assert second["printed-rate-differs"] == [(18, "0.01%")]
    assert second["parts-do-not-add-up"] == [(24, "1")]
    assert len(second["outcomes-do-not-add-up"]) == 22
    assert second["split-row"] == [(171, "Belvedere Rd, Waterloo")]
    assert third["thousands-separator"] == [(25, "21,940")]
    assert third["outlier-watchlist"] == [(68, "19199")]


def test_breaks_in_faces_per_hour_are_found_in_january_and_august_2024(record) -> None:
    rows = record(G24).deployments
    days = [
        rows[p.row - 1].date_start
        for p in record(G24).problems
        if p.kind == "faces-per-hour-break" and p.row
    ]
    assert [str(day)[:7] for day in days] == ["2024-01", "2024-08"]


def test_printed_text_is_kept(record) -> None:
    row = record(G24).deployments[17]
    assert row.printed["place"] == "Croydon, George St"
    assert row.printed["printed_false_alert_rate"] == "0.01%"
    assert record(G25).deployments[0].printed["duration_minutes"] == "4hr 47m"
    assert {d.page for d in record(G24).deployments} == {1, 2, 3, 4, 5, 6, 7, 8}
