"""Print the release notes of one version: its section of CHANGELOG.md.

Run: make notes, or .venv/bin/python docs/release_notes.py [VERSION]
"""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"
_HEADING = re.compile(r"^## (\S+)(.*)$", re.MULTILINE)


def notes(version: str | None = None) -> str:
    """Return the section of a version, the newest one by default.

    Raises
    ------
    ValueError
        The changelog has no such version.
    """
    text = CHANGELOG.read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=True):
        if version in (None, heading[1]):
            return f"# Probity {heading[1]}{heading[2]}\n\n{text[heading.end() : end].strip()}\n"
    raise ValueError(f"CHANGELOG.md has no version {version}")


if __name__ == "__main__":
    sys.stdout.write(notes(*sys.argv[1:2]))
