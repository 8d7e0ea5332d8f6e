"""Write docs/reference/scenarios.md and the schema of scenario files from the code.

Run: .venv/bin/python docs/write_scenarios.py (tests/docs checks that it was run)
"""

import json
from collections.abc import Iterator
from pathlib import Path

from probity.twin.scenario import Assumed, Published, Scenario
from probity.twin.scenario_file import known_scenarios, load_scenario, scenario_schema

REFERENCE = Path(__file__).parent / "reference"
PAGE = REFERENCE / "scenarios.md"
SCHEMA = REFERENCE / "schemas" / "scenario.json"

HEAD = """# Scenarios

This page is written by `docs/write_scenarios.py` from the scenario files in
`src/probity/twin/scenarios/`. The schema of a scenario file is
[scenario.json](schemas/scenario.json); `probity twin show NAME` prints every value of one.
[The guide](../guides/twin.md) shows how to write and run your own.

A name such as `retention.alert` stands for all values below it, unless one of them is named
itself. FOUND was read in the source itself, FOUND-2 in a secondary source, UNVERIFIED was not
checked against the primary, DERIVED is arithmetic on others.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_scenario(load_scenario(name)) for name in known_scenarios())])


def schema() -> str:
    """Return the JSON Schema of a scenario file."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _scenario(scenario: Scenario) -> str:
    return "\n".join(
        [
            f"## {scenario.name}\n",
            f"{scenario.title}. Mode: {scenario.mode}.\n",
            "Published, or following from what is published:\n",
            *_published(scenario),
            "\nAssumed:\n",
            *_assumed(scenario),
            "\nSources:\n",
            *(
                f"- `{one.id}` ({one.status}): {one.publisher}, [{one.title}]({one.url})"
                for one in scenario.sources
            ),
            "",
        ]
    )


def _published(scenario: Scenario) -> Iterator[str]:
    for name, stated in scenario.provenance.items():
        if isinstance(stated, Published):
            yield f"- `{name}` (`{stated.source}`)" + (f": {stated.how}" if stated.how else "")


def _assumed(scenario: Scenario) -> Iterator[str]:
    for name, stated in scenario.provenance.items():
        if isinstance(stated, Assumed):
            yield f"- `{name}`: {stated.assumed}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
