"""The schemas of logs are those of the models that read them."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_they_are_written_from_the_models() -> None:
    spec = importlib.util.spec_from_file_location("write_log", ROOT / "docs/write_log.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, content in module.pages().items():
        assert path.read_text("utf-8") == content, "run .venv/bin/python docs/write_log.py"
