"""Write docs/reference/data.md from the data package's descriptor.

Run: .venv/bin/python docs/write_data.py (tests/docs checks that it was run)
"""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "reference" / "data.md"
DESCRIPTOR = files("probity.records") / "data" / "datapackage.json"
HEAD = """# Bundled data

This page is the descriptor of the data package (`src/probity/records/data/datapackage.json`),
written by `docs/write_data.py`. The package follows the Frictionless Data Package standard; which
licence holds for what is in `LICENCES-DATA.md`.

{description}

In every table an empty cell means that the source does not say, and zero that it prints zero.
"""


def page() -> str:
    """Return the whole page."""
    package = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    parts = [HEAD.format(description=package["description"])]
    parts += [_table(resource) for resource in package["resources"]]
    return "\n".join(parts)


def _table(resource: dict[str, Any]) -> str:
    schema = resource["schema"]
    keys = {
        key["fields"][0]: f"{key['reference']['resource']}.{key['reference']['fields'][0]}"
        for key in schema.get("foreignKeys", [])
    }
    lines = [f"## {resource['path']}: {resource['title']}", "", resource["description"], ""]
    lines += ["| column | type | allowed | meaning |", "|---|---|---|---|"]
    for field in schema["fields"]:
        allowed = _allowed(field.get("constraints", {}))
        if field["name"] in schema["primaryKey"]:
            allowed.insert(0, "key")
        if field["name"] in keys:
            allowed.append(f"in {keys[field['name']]}")
        cells = (f"`{field['name']}`", field["type"], "; ".join(allowed), field["description"])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    licences = "; ".join(licence["title"] for licence in resource["licenses"])
    lines += ["", f"Licence: {licences}.", "", "Sources:", ""]
    lines += [f"- {_source(source)}" for source in resource["sources"]]
    if resource["caveats"]:
        lines += ["", "Known caveats:", ""] + [f"- {caveat}" for caveat in resource["caveats"]]
    return "\n".join(lines) + "\n"


def _allowed(constraints: dict[str, Any]) -> list[str]:
    words: dict[str, Callable[[Any], str]] = {
        "required": lambda _: "required",
        "unique": lambda _: "unique",
        "enum": lambda values: "one of " + ", ".join(values),
        "minimum": lambda value: f"at least {value}",
        "maximum": lambda value: f"at most {value}",
        "pattern": lambda value: f"`{value}`",
    }
    return [words[name](value) for name, value in constraints.items()]


def _source(source: dict[str, str]) -> str:
    return f"[{source['title']}]({source['path']})" if "path" in source else source["title"]


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
