"""The schema of the manifest is the one that manifests are read by."""

from pathlib import Path

from scripts import loaded

ROOT = Path(__file__).parents[2]


def test_it_is_written_from_the_model() -> None:
    module = loaded("docs/write_bundle.py")
    assert module.TARGET.read_text("utf-8") == module.schema(), (
        "run .venv/bin/python docs/write_bundle.py"
    )
