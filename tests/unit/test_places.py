"""The borough of a deployment: three ways of knowing it, and places that do not tell."""

from collections import Counter

import pytest

from probity.records.bundled import load
from probity.records.places import Known, borough_of, borough_of_place
from probity.records.schema import Deployment

BUNDLE = load()
MET = BUNDLE.series("Metropolitan Police")


def deployment(place, **columns):
    known = {"record_id": "X-1", "force": "Metropolitan Police", "source_id": "x", "row": 1}
    return Deployment(**{**known, "date_start": None, "date_end": None, "place": place, **columns})


@pytest.mark.parametrize(
    ("place", "borough"),
    [
        ("High St, Ilford", "Redbridge"),
        ("Stratford B’way", "Newham"),
        ("Tooting B'way, o/s Tube stn", "Wandsworth"),
        ("Clapham Junc, St John's Hill", "Wandsworth"),
        ("Bond St Stn", "Westminster"),
        ("Tottenham Court Rd", "Camden"),
        ("Bruce Grove, High Rd, Tottenham", "Haringey"),
        ("WOOD GREEN", "Haringey"),
    ],
)
def test_a_district_that_lies_in_one_borough_tells(place, borough):
    assert borough_of_place(place) == borough


@pytest.mark.parametrize(
    "place",
    [
        "High St",
        "Kilburn High Rd",
        "Edgware Rd",
        "Seven Sisters Rd",
        "Finsbury Park",
        "Station Rd, Hayes",
        "Brompton Rd, Knightsbridge",
        "",
        "Peckham and Brixton",
        "Actonville",
    ],
)
def test_a_boundary_road_a_name_that_is_there_twice_or_two_districts_do_not(place):
    assert borough_of_place(place) is None


def test_the_printed_borough_comes_before_the_ward_and_the_ward_before_the_name():
    row = next(r for r in BUNDLE.deployment_wards if r.place == "Romford")
    assert borough_of(deployment("Romford", borough="Kent")) == ("Kent", Known.PRINTED)
    assert borough_of(deployment("Woolwich", record_id=row.record_id)) == (
        "Havering",
        Known.BY_WARD,
    )
    assert borough_of(deployment("Woolwich")) == ("Greenwich", Known.BY_DISTRICT)
    assert borough_of(deployment("Somewhere")) == (None, Known.NOT)


def test_a_ward_in_another_borough_than_its_row_says_tells_nothing():
    row = next(r for r in BUNDLE.deployment_wards if r.place == "Kilburn High Rd")
    ward = next(w for w in BUNDLE.wards if w.ward_code == row.ward_code_approx)
    assert (row.borough, ward.borough) == ("Camden", "Brent")
    assert borough_of(deployment(row.place, record_id=row.record_id)) == (None, Known.NOT)


def test_how_many_of_the_metropolitan_rows_can_be_placed():
    known = Counter(borough_of(d)[1] for d in MET)
    assert known == {
        Known.PRINTED: 179,
        Known.BY_WARD: 141,
        Known.BY_DISTRICT: 194,
        Known.NOT: 24,
    }


def test_every_borough_is_one_of_londons():
    names = {b.name for b in BUNDLE.boroughs}
    assert {borough for d in MET if (borough := borough_of(d)[0])} <= names


def test_where_two_ways_tell_they_agree():
    wards = {w.ward_code: w.borough for w in BUNDLE.wards}
    given = {r.record_id: wards[r.ward_code_approx] for r in BUNDLE.deployment_wards}
    both = [
        (d.place, by_name, given[d.record_id])
        for d in MET
        if d.record_id in given and (by_name := borough_of_place(d.place))
    ]
    assert len(both) > 100
    assert [row for row in both if row[1] != row[2]] == []


def test_what_is_not_placed_is_on_a_boundary_or_there_twice():
    places = {d.place for d in MET if borough_of(d)[1] is Known.NOT}
    streets = ("Kilburn", "Seven Sisters", "Edgware R", "Finsbury P", "Knightsbridge", "Hayes")
    others = {p for p in places if not any(s in p for s in streets)}
    assert others == {"Kings Cross", "London Bridge", "South Bank"}
