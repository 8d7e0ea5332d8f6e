"""The schemas of logs are those of the models that read them."""

from pathlib import Path

from scripts import loaded

ROOT = Path(__file__).parents[2]


def test_they_are_written_from_the_models() -> None:
    module = loaded("docs/write_log.py")
    for path, content in module.pages().items():
        assert path.read_text("utf-8") == content, "run .venv/bin/python docs/write_log.py"
