"""Write GLOSSARY.md from the terms that the pages link to.

Run: .venv/bin/python docs/write_glossary.py (tests/docs checks that it was run)
"""

from pathlib import Path

from probity.publish.glossary import as_markdown

if __name__ == "__main__":
    (Path(__file__).parents[1] / "GLOSSARY.md").write_text(as_markdown(), encoding="utf-8")
