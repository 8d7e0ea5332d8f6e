"""Write the schemas of a log's entries and of evidence of a split view from their models.

Run: .venv/bin/python docs/write_log.py (tests/docs checks that it was run)
"""

import json
from pathlib import Path

from probity.publish.translog.entries import entry_schema
from probity.publish.translog.split_view import SplitView

SCHEMAS = Path(__file__).parent / "reference" / "schemas"


def pages() -> dict[Path, str]:
    """Return each file with its content."""
    models = {
        "log-entry.json": ("An entry of a transparency log", entry_schema()),
        "split-view.json": (
            "Evidence that a log has signed two histories",
            SplitView.model_json_schema(by_alias=True),
        ),
    }
    return {
        SCHEMAS / name: json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, (title, schema) in models.items()
    }


if __name__ == "__main__":
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")
