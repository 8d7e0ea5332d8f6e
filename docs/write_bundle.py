"""Write docs/reference/schemas/bundle.json from the manifest's own model.

Run: .venv/bin/python docs/write_bundle.py (tests/docs checks that it was run)
"""

import json
from pathlib import Path

from probity.publish.bundle.manifest import Manifest

TARGET = Path(__file__).parent / "reference" / "schemas" / "bundle.json"


def schema() -> str:
    """Return the JSON Schema of ``manifest.json``."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Manifest.model_json_schema(by_alias=True),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(schema(), encoding="utf-8")
