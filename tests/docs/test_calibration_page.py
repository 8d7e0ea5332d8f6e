"""The page on calibration holds what the fit gives."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def test_the_tables_are_those_of_the_fit() -> None:
    """But for its noise: the last bit of a number on another processor moves every particle."""
    path = ROOT / "docs/write_calibration.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = module.TARGET.read_text(encoding="utf-8")
    now = module.page(text)
    assert _NUMBER.sub("#", now) == _NUMBER.sub("#", text), "run docs/write_calibration.py"
    found, written = ([float(x) for x in _NUMBER.findall(one)] for one in (now, text))
    assert found == pytest.approx(written, rel=0.2, abs=0.1), "run docs/write_calibration.py"
