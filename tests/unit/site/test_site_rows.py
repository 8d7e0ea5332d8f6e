"""Every row of the records on the site: none is missing, each is where it belongs and says why."""

from collections import Counter
from dataclasses import replace
from functools import cache

from hostile_report import FORCE, PLACES, hostile_record
from probity.claims.evidence import Evidence
from probity.publish.site.record_cells import cells
from probity.publish.site.shown_rows import SEVERAL, ShownRow, shown_rows
from probity.records.bundled import load
from probity.records.places import Known


@cache
def rows() -> tuple[ShownRow, ...]:
    return shown_rows(Evidence(load()))


def row(record_id: str) -> ShownRow:
    return next(row for row in rows() if row.deployment.record_id == record_id)


def test_every_bundled_row_is_there_once_under_a_name_of_its_own() -> None:
    assert sorted(row.deployment.record_id for row in rows()) == sorted(load().row_by_id)
    assert len({row.name.lower() for row in rows()}) == len(rows())


def test_what_is_counted_are_the_series_of_all_forces() -> None:
    counted = {row.deployment.record_id for row in rows() if not row.not_counted}
    assert counted == {d.record_id for force in load().forces for d in load().series(force)}


def test_what_is_not_counted_says_why() -> None:
    assert "counted twice" in row("MPS-BBW-2305").not_counted
    assert "Another publisher" in row("MPS-20200211-press").not_counted


def test_a_corrected_date_is_counted_under_the_other_and_both_are_said() -> None:
    corrected = row("MPS-20230711-1a")
    assert (corrected.first_day, corrected.year) == ("2024-07-11", "2024")
    assert corrected.when == "11\N{NO-BREAK SPACE}Jul\N{NO-BREAK SPACE}2024"
    printed = {cell.name: cell.value for cell in cells(corrected)}
    assert printed["First day"] == "11 Jul 2023"
    assert corrected.correction is not None


def test_croydon_in_2024() -> None:
    croydon = [r for r in rows() if r.area.borough == "Croydon" and not r.not_counted]
    assert Counter(r.year for r in croydon)["2024"] == 31
    assert {r.known for r in croydon} <= {Known.PRINTED, Known.BY_WARD, Known.BY_DISTRICT}


def test_the_newest_come_first_and_what_spans_years_last() -> None:
    years = [row.year for row in rows()]
    numbered = [int(year) for year in years if year.isdigit()]
    assert numbered == sorted(numbered, reverse=True)
    assert years[: len(numbered)] == [str(year) for year in numbered]
    assert SEVERAL in years[len(numbered) :]


def test_a_row_published_elsewhere_with_another_figure_says_so() -> None:
    kept = row("MPS-20220707-1a")
    assert kept.elsewhere
    assert kept.marks >= 1


def test_a_strangers_record_gets_safe_names_and_stands_beside_the_bundled_rows() -> None:
    shown = shown_rows(Evidence(load(), (hostile_record(),)))
    own = [row for row in shown if row.deployment.force == FORCE]
    assert len(own) == len(PLACES)
    assert len(shown) == len(rows()) + len(own)
    for row in own:
        assert row.area.slug.isascii()
        assert not set(row.area.slug + row.name) & set("/\\<>\"'&% ")
        assert row.place.isprintable()
        assert not row.not_counted


def test_rows_that_an_own_record_replaces_are_kept_and_not_counted() -> None:
    record = hostile_record()
    own = tuple(replace(d, force="Metropolitan Police") for d in record.deployments)
    shown = shown_rows(Evidence(load(), (replace(record, deployments=own),)))
    replaced = [row for row in shown if row.not_counted.startswith("Rows of your own record")]
    assert replaced
    assert all("2026-01" <= row.first_day[:7] <= "2026-08" for row in replaced)
