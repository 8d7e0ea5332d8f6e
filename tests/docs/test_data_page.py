"""The data dictionary is the data package's descriptor, and licences are listed."""

import importlib.util
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_data_dictionary_is_the_descriptor() -> None:
    spec = importlib.util.spec_from_file_location("write_data", ROOT / "docs/write_data.py")
    assert spec is not None
    assert spec.loader is not None
    write_data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write_data)
    assert (ROOT / "docs/reference/data.md").read_text(encoding="utf-8") == write_data.page(), (
        "run .venv/bin/python docs/write_data.py"
    )


def test_every_table_is_in_the_list_of_licences() -> None:
    package = json.loads((ROOT / "src/probity/records/data/datapackage.json").read_text())
    page = (ROOT / "LICENCES-DATA.md").read_text(encoding="utf-8")
    assert [r["path"] for r in package["resources"] if r["path"] not in page] == []
