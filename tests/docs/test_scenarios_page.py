"""The page of scenarios and the schema of scenario files are what the code says."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def writer() -> ModuleType:
    spec = spec_from_file_location("write_scenarios", ROOT / "docs/write_scenarios.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/reference/scenarios.md").read_text("utf-8") == writer().page()


def test_the_schema_is_up_to_date_and_names_both_kinds() -> None:
    text = (ROOT / "docs/reference/schemas/scenario.json").read_text("utf-8")
    assert text == writer().schema()
    assert {"LiveScenario", "SearchScenario"} <= set(json.loads(text)["$defs"])
