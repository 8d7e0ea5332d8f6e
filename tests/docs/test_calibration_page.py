"""The page on calibration holds what the fit gives; the schema of a fit is that of its model."""

import re

import pytest

from scripts import script

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


@pytest.fixture(scope="module")
def writer():
    with script("docs/write_calibration.py") as module:
        yield module


def test_the_schema_of_a_calibration_is_that_of_its_model(writer) -> None:
    written = writer.SCHEMA.read_text(encoding="utf-8")
    assert writer.schema() == written, "run docs/write_calibration.py"


def test_the_tables_are_those_of_the_fit(writer) -> None:
    """But for its noise: the last bit of a number on another processor moves every particle."""
    text = writer.TARGET.read_text(encoding="utf-8")
    now = writer.page(text)
    assert _NUMBER.sub("#", now) == _NUMBER.sub("#", text), "run docs/write_calibration.py"
    found, written = ([float(x) for x in _NUMBER.findall(one)] for one in (now, text))
    assert found == pytest.approx(written, rel=0.2, abs=0.1), "run docs/write_calibration.py"
