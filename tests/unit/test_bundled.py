"""Reading the bundled figures."""

import re
from decimal import Decimal

import pytest

from probity.core import InputError
from probity.records.bundled import Bundle, load, using


def test_it_is_read_once() -> None:
    assert load() is load()
    assert load().rows is load().rows


def test_a_table_is_read_when_first_asked_for() -> None:
    bundle = Bundle(load().content)
    assert "rows" not in vars(bundle)
    assert len(bundle.boroughs) == 33
    assert "rows" not in vars(bundle)


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("rows", 684),
        ("wards", 680),
        ("boroughs", 33),
        ("deployment_wards", 250),
        ("places", 55),
        ("published_tests", 60),
        ("report_2024_25", 19),
        ("sources", 135),
    ],
)
def test_every_row_is_there(table: str, rows: int) -> None:
    assert len(getattr(load(), table)) == rows


def test_cells_have_their_types_and_empty_cells_are_none() -> None:
    bundle = load()
    row = bundle.row_by_id["MPS-20240828-1a"].deployment
    assert (row.faces_seen, row.alerts, row.false_alerts) == (10455, 8, 0)
    assert row.threshold == Decimal("0.64")
    assert bundle.row_by_id["MPS-20220707-1b"].deployment.false_alerts is None
    city = bundle.boroughs[0]
    assert city.name == "City of London"
    assert city.violence_offences_2024 is None
    assert city.source_ids == ("ons-census2021-ethnicity", "mhclg-imd")
    assert bundle.published_tests[1].value == pytest.approx(0.00017)


def test_the_address_of_a_source_is_an_address_or_nothing() -> None:
    for source in load().sources.values():
        assert source.url is None or source.url.startswith("http")


def test_conflicting_versions_are_kept_with_their_links() -> None:
    row = load().row_by_id["MPS-20220707-1b"]
    assert row.deployment.faces_seen == 15600
    assert row.conflicts_with == ("MPS-20220707-1a",)


def test_a_series_has_one_row_per_deployment() -> None:
    bundle = load()
    series = bundle.series("Metropolitan Police")
    sources = [d.source_id for d in series]
    assert {name: sources.count(name) for name in dict.fromkeys(sources)} == {
        "mps-grid-2020-2022": 9,
        "mps-grid-2023-2024": 203,
        "mps-grid-2025-jul": 112,
        "mps-record-2025-tr": 119,
        "mps-record-2026-tr": 95,
    }
    assert "MPS-20251218-1" not in {d.record_id for d in series}


def test_a_force_with_totals_only_has_no_series() -> None:
    assert load().series("Hampshire & Isle of Wight Constabulary") == ()


def test_an_unknown_force_has_no_series() -> None:
    assert load().series("Nowhere Police") == ()


def _with(name: str, content: bytes) -> Bundle:
    return Bundle({**load().content, name: content})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b",4600,", b",many,", "column faces_seen: not a value of this column; got 'many'"),
        (b",deployment,", b",parade,", "column kind: not a value of this column; got 'parade'"),
        (b"place,", b"where,", "deployments.csv: a column is missing; got 'place'"),
        (b"Stratford", b"\xff", "deployments.csv: not a table"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(old: bytes, new: bytes, said: str) -> None:
    content = load().content["deployments.csv"]
    assert old in content
    with pytest.raises(InputError, match=re.escape(said)):
        _ = _with("deployments.csv", content.replace(old, new, 1)).rows


def test_a_missing_table_is_named() -> None:
    with pytest.raises(InputError, match=re.escape("places.csv")):
        _ = Bundle({}).places


def test_another_package_can_be_used_in_its_place_and_only_there() -> None:
    other = _with("date_corrections.csv", load().content["date_corrections.csv"].split(b"\n")[0])
    installed = load()
    with using(other):
        assert load() is other
        assert load().date_corrections == {}
    assert load() is installed
    assert load().date_corrections
