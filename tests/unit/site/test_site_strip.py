"""The small picture of a claim says the same as its verdict."""

import re
from functools import cache

import pytest

from hostile_report import SAFE_CLAIMS
from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding
from probity.claims.load import load_claims
from probity.publish.claim_page import claim_page
from probity.publish.site.strip import WIDTH_PX, strip
from probity.records.bundled import load


@cache
def findings() -> dict[str, Finding]:
    found = check(load_claims(SAFE_CLAIMS), Evidence(load()))
    return {finding.claim.claim_id: finding for finding in found}


def numbers(pattern: str, claim: str) -> list[list[float]]:
    drawn = strip(claim_page(findings()[claim], anchor="x"))
    return [list(map(float, found.groups())) for found in re.finditer(pattern, drawn)]


SHADED = r'class="s-claimed" x="([\d.]+)" y="1" width="([\d.]+)"'
RANGE = r'class="s-range" d="M([\d.]+) \d+H([\d.]+)"'
VALUE = r'class="s-value" cx="([\d.]+)"'


def test_a_supported_range_lies_within_the_shading() -> None:
    ((left, width),) = numbers(SHADED, "C1-at-worst-1-in-6000")
    ranges = numbers(RANGE, "C1-at-worst-1-in-6000")
    assert ranges
    assert all(left <= low < high <= left + width for low, high in ranges)


def test_an_undecided_range_crosses_its_end() -> None:
    ((left, width),) = numbers(SHADED, "C11-99-9997-percent")
    ((low, high),) = numbers(RANGE, "C11-99-9997-percent")
    assert low < left + width < high


def test_a_contradicted_value_lies_outside() -> None:
    ((left, width),) = numbers(SHADED, "scanned-146157-in-2024")
    for (value,) in numbers(VALUE, "scanned-146157-in-2024"):
        assert not left <= value <= left + width


@pytest.mark.parametrize("claim", SAFE_CLAIMS)
def test_everything_lies_inside_the_picture(claim: str) -> None:
    for pattern in (SHADED, RANGE, VALUE):
        for found in numbers(pattern, claim):
            assert min(found) >= 0
            assert found[0] <= WIDTH_PX


def test_what_nobody_publishes_has_no_mark() -> None:
    assert numbers(VALUE, "C2-eight-of-ten-false-alerts-black") == []
