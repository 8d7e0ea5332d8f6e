"""The London borough of a deployment, and how it is known.

Printed places name a borough ("Croydon, Church St"), a district ("High St, Ilford") or only a
road. ``london_districts.csv`` lists districts and roads that lie in one borough, from general
knowledge. Roads along a boundary (Kilburn High Rd, Edgware Rd, Seven Sisters Rd) and names that
London has twice (Hayes) are not in it: such a place has no borough here rather than a likely one.
"""

import csv
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from probity.records.bundled import Bundle, load
from probity.records.schema import Deployment


class Known(StrEnum):
    """How the borough of a deployment is known, the surest way first."""

    PRINTED = "the place as printed names the borough"
    BY_WARD = "a third party gives the ward, by its own account approximately"
    BY_DISTRICT = "the place as printed names a district that lies in one borough"
    NOT = "the place does not tell"


def borough_of(deployment: Deployment, *, bundle: Bundle | None = None) -> tuple[str | None, Known]:
    """The borough of a London deployment as the ONS names it, and how it is known.

    Parameters
    ----------
    deployment : Deployment
        A row of a London force; places elsewhere may share a district's name.
    bundle : Bundle, optional
        Where approximate wards are looked up; the bundled figures by default.

    Returns
    -------
    tuple of (str or None, Known)
        None where the place does not tell: it names no district, or districts of two boroughs.
    """
    if deployment.borough:
        return deployment.borough, Known.PRINTED
    by_ward = _boroughs_by_ward(bundle or load()).get(deployment.record_id)
    if by_ward:
        return by_ward, Known.BY_WARD
    by_district = borough_of_place(deployment.place)
    return by_district, Known.BY_DISTRICT if by_district else Known.NOT


def borough_of_place(place: str) -> str | None:
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
def _boroughs_by_ward(bundle: Bundle) -> Mapping[str, str]:
    """Borough of each approximate ward; without rows whose ward and borough contradict."""
    borough_of_ward = {ward.ward_code: ward.borough for ward in bundle.wards}
    return {
        row.record_id: borough_of_ward[row.ward_code_approx]
        for row in bundle.deployment_wards
        if borough_of_ward[row.ward_code_approx].startswith(row.borough)  # "Kingston" for short
    }


@cache
def _districts() -> tuple[tuple[str, str], ...]:
    text = files("probity.records").joinpath("london_districts.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((_words(row["district"]), row["borough"]) for row in rows)


def _words(text: str) -> str:
    """Lower-case words, apostrophes of either kind left out, so that "B'way" is one word."""
    return " ".join(re.findall(r"[a-z]+", text.lower().replace("’", "").replace("'", "")))
