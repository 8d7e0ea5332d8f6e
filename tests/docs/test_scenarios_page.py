"""The page of scenarios and the schema of scenario files are what the code says."""

import json
from pathlib import Path

from scripts import loaded

ROOT = Path(__file__).parents[2]
writer = loaded("docs/write_scenarios.py")


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/reference/scenarios.md").read_text("utf-8") == writer.page()


def test_the_schema_is_up_to_date_and_names_both_kinds() -> None:
    text = (ROOT / "docs/reference/schemas/scenario.json").read_text("utf-8")
    assert text == writer.schema()
    assert {"LiveScenario", "SearchScenario"} <= set(json.loads(text)["$defs"])
