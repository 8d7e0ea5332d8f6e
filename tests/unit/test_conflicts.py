"""Figures published elsewhere for the same deployments."""

from datetime import date

from probity.records.bundled import load
from probity.records.conflicts import (
    Published,
    published_for_deployments,
    published_for_period,
)
from probity.records.selection import select

MET = "Metropolitan Police"
SERIES = load().series(MET)


def _period(start: date, end: date) -> dict[str | None, Published]:
    rows = select(SERIES, start=start, end=end).deployments
    found = published_for_period(rows, force=MET, start=start, end=end, bundle=load())
    return {p.column: p for p in found}


def _values(published: Published) -> list[int | str | None]:
    return [version.value for version in published.elsewhere]


def test_the_annual_report_stands_beside_the_rows_of_its_year() -> None:
    found = _period(date(2024, 9, 11), date(2025, 9, 10))
    pairs = {column: (p.used.value, _values(p), p.conflict) for column, p in found.items()}
    assert pairs == {
        "deployments": (207, [203], True),
        "faces_seen": (3_147_436, [3_147_436], False),
        "alerts": (2073, [2077], True),
        "false_alerts": (9, [10], True),
        "arrests": (957, [962], True),
    }


def test_how_the_match_was_made_is_said_in_words() -> None:
    basis = _period(date(2024, 9, 11), date(2025, 9, 10))["alerts"].basis
    assert basis == (
        "published for 2024-09 to 2025-09: of the 395 days in that period or the selection 365 "
        "are in both (92%, shown from 90%)"
    )


def test_a_selection_of_another_period_has_no_report_beside_it() -> None:
    assert _period(date(2025, 3, 1), date(2026, 2, 28)) == {}


def test_figures_derived_from_the_report_are_no_published_figures() -> None:
    assert "true_alerts" not in _period(date(2024, 9, 11), date(2025, 9, 10))


def test_sources_that_agree_with_each_other_are_one_version() -> None:
    (version,) = _period(date(2024, 9, 11), date(2025, 9, 10))["arrests"].elsewhere
    assert version.source_ids == ("register-annual-2025", "bbc-annual-2025")


def test_every_version_of_a_year_is_kept() -> None:
    arrests = _period(date(2024, 1, 1), date(2024, 12, 31))["arrests"]
    assert arrests.used.value == 575
    assert _values(arrests) == [575, 540, 587]


def test_rows_that_print_no_such_figure_are_counted() -> None:
    assert _period(date(2024, 9, 11), date(2025, 9, 10))["false_alerts"].used.rows_missing == 1


def test_another_force_has_no_report_of_this_one() -> None:
    found = published_for_period(
        (),
        force="Essex Police",
        start=date(2024, 9, 11),
        end=date(2025, 9, 10),
        bundle=load(),
    )
    assert found == ()


def test_versions_of_one_deployment() -> None:
    found = published_for_deployments(SERIES, bundle=load())
    oxford = next(p for p in found if "MPS-20220707-1b" in p.elsewhere[0].record_ids)
    assert (oxford.column, oxford.used.value, _values(oxford)) == ("faces_seen", 34_286, [15_600])
    assert oxford.about == "2022-07-07 Oxford Circus"


def test_a_total_of_several_deployments_is_compared_with_their_sum() -> None:
    found = published_for_deployments(SERIES, bundle=load())
    croydon = [p for p in found if p.elsewhere[0].record_ids == ("MPS-20231214-dayb",)]
    assert [(p.column, p.used.value, _values(p)) for p in croydon] == [
        ("alerts", 21, [22]),
        ("arrests", 8, [10]),
    ]
    assert croydon[0].used.record_ids == ("MPS-20231214-1", "MPS-20231214-2")


def test_a_total_is_not_compared_with_a_part_of_its_deployments() -> None:
    part = tuple(d for d in SERIES if d.record_id != "MPS-20231214-2")
    found = published_for_deployments(part, bundle=load())
    assert not [p for p in found if p.elsewhere[0].record_ids == ("MPS-20231214-dayb",)]


def test_versions_that_disagree_in_words_are_shown_as_well() -> None:
    """Observers and police describe the same afternoon in Croydon; neither is dropped."""
    found = published_for_deployments(SERIES, bundle=load())
    (croydon,) = [p for p in found if p.elsewhere[0].record_ids == ("MPS-20240828-1b",)]
    assert croydon.column is None
    assert croydon.conflict
    assert "83%" in croydon.elsewhere[0].note


def test_every_linked_version_of_a_counted_row_is_shown() -> None:
    bundle = load()
    counted = {d.record_id for d in SERIES}
    linked = {
        row.deployment.record_id
        for row in bundle.rows
        if row.conflicts_with and set(row.conflicts_with) <= counted
    }
    shown = {
        i
        for p in published_for_deployments(SERIES, bundle=bundle)
        for version in p.elsewhere
        for i in version.record_ids
    }
    assert shown == linked
    assert len(linked) == 22 + 1, "22 second versions of a deployment, 1 total of two"
