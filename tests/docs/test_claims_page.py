"""The reference page of claims and measures, and its schema, are those of the code."""

import re
import tomllib
from pathlib import Path

import pytest

from probity.claims.load import load_claims, parse
from probity.claims.measures.registry import MEASURES
from scripts import loaded

ROOT = Path(__file__).parents[2]
write_claims = loaded("docs/write_claims.py")
PAGE = (ROOT / "docs/reference/claims.md").read_text()
HINT = "run .venv/bin/python docs/write_claims.py"


def test_the_page_is_as_the_claims_are() -> None:
    assert write_claims.page() == PAGE, HINT


def test_the_schema_is_that_of_the_model() -> None:
    schema = (ROOT / "docs/reference/schemas/claims.json").read_text()
    assert write_claims.schema() == schema, HINT


@pytest.mark.parametrize("claim_id", [c.claim_id for f in load_claims() for c in f.claims])
def test_every_claim_is_on_the_page(claim_id: str) -> None:
    assert f"### {claim_id}\n" in PAGE


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_on_the_page(name: str) -> None:
    assert f"### {name}\n" in PAGE


def test_the_example_on_the_page_is_a_claims_file() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    assert tomllib.loads(example)
    assert parse(example.encode(), file="example").claims[0].claim_id
