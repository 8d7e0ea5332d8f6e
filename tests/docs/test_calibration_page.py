"""The page on calibration holds what the fit gives."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tables_are_those_of_the_fit() -> None:
    path = ROOT / "docs/write_calibration.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = module.TARGET.read_text(encoding="utf-8")
    assert module.page(text) == text, "run .venv/bin/python docs/write_calibration.py"
