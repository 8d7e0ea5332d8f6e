"""What claims are tested on: bundled rows, and the user's own over them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from probity.claims.evidence import Evidence
from probity.core import InputError, Source
from probity.records.bundled import load
from probity.records.file_problems import NOT_STATED
from probity.records.schema import Deployment, Record

MET = "Metropolitan Police"


def record(
    first: str, days: int, *, force: str = MET, stem: str = "own", date_start: str | None = ""
) -> Record:
    start = date.fromisoformat(first)
    rows = tuple(
        Deployment(
            record_id=f"own-{n}",
            force=force,
            date_start=date_start if date_start != "" else (start + timedelta(days=n)).isoformat(),
            date_end=None,
            place="Market",
            faces_seen=1000,
            alerts=10,
            false_alerts=1,
            source_id=stem,
            row=n + 1,
        )
        for n in range(days)
    )
    source = Source(stem, force, f"{stem}.csv")
    return Record(source=source, layout="test", headings={}, deployments=rows, problems=())


def test_without_own_records_the_rows_are_the_bundled_series() -> None:
    assert Evidence(load()).rows(MET) == load().series(MET)
    assert Evidence(load()).rows("Nobody's Police") == ()


def test_own_rows_replace_the_bundled_rows_of_their_dates_and_no_others() -> None:
    rows = Evidence(load(), (record("2025-01-01", 60),)).rows(MET)
    own = [row for row in rows if row.record_id.startswith("own-")]
    bundled = [row.record_id for row in rows if not row.record_id.startswith("own-")]
    kept = [
        row.record_id
        for row in load().series(MET)
        if not "2025-01-01" <= str(row.date_start) <= "2025-03-01"
    ]
    assert len(own) == 60
    assert bundled == kept
    assert len(kept) < len(load().series(MET))


def test_own_rows_of_another_force_leave_a_force_alone() -> None:
    rows = Evidence(load(), (record("2025-01-01", 60, force="South Wales Police"),)).rows(MET)
    assert rows == load().series(MET)


def test_own_rows_after_the_bundled_ones_extend_them() -> None:
    rows = Evidence(load(), (record("2027-01-01", 5),)).rows(MET)
    assert len(rows) == len(load().series(MET)) + 5


def test_a_force_is_the_same_with_and_without_what_stands_in_brackets() -> None:
    own = record("2025-11-28", 1, force="Home Office Immigration Enforcement")
    evidence = Evidence(load(), (own,))
    with_brackets = "Home Office Immigration Enforcement (with SWP/GMP)"
    assert evidence.rows(with_brackets) == evidence.rows("Home Office Immigration Enforcement")
    assert {row.place for row in evidence.rows(with_brackets)} == {"Market", "Holyhead"}


def test_two_files_that_overlap_are_refused() -> None:
    with pytest.raises(InputError, match="counted twice") as caught:
        Evidence(load(), (record("2025-01-01", 60), record("2025-03-01", 5, stem="other")))
    assert "2025-03-01 to 2025-03-01" in str(caught.value)


def test_two_files_side_by_side_are_both_used() -> None:
    evidence = Evidence(load(), (record("2027-01-01", 5), record("2027-01-06", 5, stem="other")))
    assert len(evidence.rows(MET)) == len(load().series(MET)) + 10


@pytest.mark.parametrize("force", ["", NOT_STATED])
def test_a_row_without_a_force_is_refused(force: str) -> None:
    with pytest.raises(InputError, match="name their force") as caught:
        Evidence(load(), (record("2025-01-01", 3, force=force),))
    assert (caught.value.row, caught.value.column) == (1, "force")


@pytest.mark.parametrize("date_start", [None, "2025-02-30"])
def test_a_row_without_a_usable_date_is_refused(date_start: str | None) -> None:
    with pytest.raises(InputError, match="date") as caught:
        Evidence(load(), (record("2025-01-01", 3, date_start=date_start),))
    assert caught.value.column == "date_start"


def test_a_file_named_like_a_bundled_source_does_not_pass_for_it() -> None:
    evidence = Evidence(load(), (record("2027-01-01", 1, stem="mps-grid-2020-2022"),))
    own = [row for row in evidence.rows(MET) if row.record_id == "own-0"]
    (source,) = evidence.sources_of(own)
    assert source.source_id == "mps-grid-2020-2022-2"
    assert source.title == "mps-grid-2020-2022.csv"
    assert evidence.source("mps-grid-2020-2022").publisher == "Metropolitan Police Service"


def test_a_file_named_like_a_document_of_the_claims_file_does_not_pass_for_it() -> None:
    leaflet = Source("leaflet", publisher="Village Council", title="Leaflet")
    evidence = Evidence(load(), (record("2027-01-01", 1, stem="leaflet"),))
    evidence = replace(evidence, inline_sources=(leaflet,))  # as check does
    own = [row for row in evidence.rows(MET) if row.record_id == "own-0"]
    (source,) = evidence.sources_of(own)
    assert (source.source_id, source.title) == ("leaflet-2", "leaflet.csv")
    assert evidence.source("leaflet") == leaflet


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(InputError, match="no such source"):
        Evidence(load()).source("rumour")
