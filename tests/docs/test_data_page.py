"""The data dictionary is the data package's descriptor, and licences are listed."""

import json
from pathlib import Path

from scripts import loaded

ROOT = Path(__file__).parents[2]


def test_the_data_dictionary_is_the_descriptor() -> None:
    write_data = loaded("docs/write_data.py")
    assert (ROOT / "docs/reference/data.md").read_text(encoding="utf-8") == write_data.page(), (
        "run .venv/bin/python docs/write_data.py"
    )


def test_every_table_is_in_the_list_of_licences() -> None:
    package = json.loads((ROOT / "src/probity/records/data/datapackage.json").read_text())
    page = (ROOT / "LICENCES-DATA.md").read_text(encoding="utf-8")
    assert [r["path"] for r in package["resources"] if r["path"] not in page] == []
