"""The schema of the manifest is the one that manifests are read by."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_is_written_from_the_model() -> None:
    spec = importlib.util.spec_from_file_location("write_bundle", ROOT / "docs/write_bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text("utf-8") == module.schema(), (
        "run .venv/bin/python docs/write_bundle.py"
    )
