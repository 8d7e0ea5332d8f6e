"""The London borough of a deployment, and how it is known."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from probity.records.bundled import Bundle
from probity.records.schema import Deployment

PRINTED = "the place as printed names the borough"
BY_WARD = "a third party gives the ward, by its own account approximately"
BY_DISTRICT = "the place as printed names a district that lies in one borough"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoroughCount:
    """Deployments by borough.

    Attributes
    ----------
    deployments : Mapping of str to int
        Borough as the ONS names it, to its deployments.
    known_by : Mapping of str to int
        How the borough is known, to the deployments it is known for in that way.
    not_placed : int
        Deployments whose borough cannot be told, such as those on a road along a boundary.
    """

    deployments: Mapping[str, int]
    known_by: Mapping[str, int]
    not_placed: int


def count_by_borough(deployments: Iterable[Deployment], *, bundle: Bundle) -> BoroughCount:
    """Count London deployments by borough; the surest way of telling the borough is used."""
    borough_of_ward = {ward.ward_code: ward.borough for ward in bundle.wards}
    of_record = {
        d.record_id: borough_of_ward.get(d.ward_code_approx) for d in bundle.deployment_wards
    }
    boroughs, ways, not_placed = Counter[str](), Counter[str](), 0
    for deployment in deployments:
        for way, borough in (
            (PRINTED, deployment.borough),
            (BY_WARD, of_record.get(deployment.record_id)),
            (BY_DISTRICT, _by_district(deployment.place)),
        ):
            if borough:
                boroughs[borough] += 1
                ways[way] += 1
                break
        else:
            not_placed += 1
    return BoroughCount(deployments=boroughs, known_by=ways, not_placed=not_placed)


def _by_district(place: str) -> str | None:
    """The borough of the districts named in a place; None when there are none, or in two.

    A longer name wins over one inside it: Tottenham Court Road is not in Tottenham.
    """
    words = f" {_words(place)} "
    named = {district: borough for district, borough in _districts() if f" {district} " in words}
    boroughs = {
        borough
        for district, borough in named.items()
        if not any(district != other and district in other for other in named)
    }
    return boroughs.pop() if len(boroughs) == 1 else None


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    text = files("probity.publish").joinpath("london_districts.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((_words(row["district"]), row["borough"]) for row in rows)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+", text.lower().replace("’", "").replace("'", "")))
