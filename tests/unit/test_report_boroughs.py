"""Deployments counted by borough: each once, and none on a tile that it is not on."""

from dataclasses import replace

import pytest

from probity.publish.boroughs import count_by_borough
from probity.records.bundled import load
from probity.records.schema import Deployment

ROW = Deployment(
    record_id="new",
    force="Metropolitan Police",
    date_start="2026-05-01",
    date_end="2026-05-01",
    place="High St, Thornton Heath",
    source_id="mps-record-2026-tr",
    row=1,
)


def test_deployments_are_counted_by_how_their_borough_is_known() -> None:
    rows = [ROW, replace(ROW, borough="Sutton"), replace(ROW, place="Edgware Rd")]
    counted = count_by_borough(rows, bundle=load())
    assert dict(counted.deployments) == {"Croydon": 1, "Sutton": 1}
    assert sorted(counted.known_by.values()) == [1, 1]
    assert counted.not_placed == 1


@pytest.mark.parametrize("borough", ["<b>Narnia</b>", "Manchester"])
def test_a_printed_borough_that_london_does_not_have_is_not_placed(borough: str) -> None:
    counted = count_by_borough([replace(ROW, borough=borough)], bundle=load())
    assert (dict(counted.deployments), counted.not_placed) == ({}, 1)


def test_every_bundled_deployment_is_counted_once() -> None:
    rows = load().series("Metropolitan Police")
    counted = count_by_borough(rows, bundle=load())
    placed = sum(counted.deployments.values())
    assert placed + counted.not_placed == len(rows)
    assert sum(counted.known_by.values()) == placed
    assert placed / len(rows) > 0.9
