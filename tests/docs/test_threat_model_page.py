"""Each threat of the threat model has a test, and that test exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/background/threat-model.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (?!threat|---|\*\*)(.+?) \| (.+?) \| (.+?) \|$", PAGE, flags=re.MULTILINE)


def exists(test: str) -> bool:
    """Whether ``path::name`` is a function of that file whose name says that it is a test."""
    path, _, name = test.partition("::")
    if not (ROOT / path).is_file() or not name.startswith("test_"):
        return False
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in module.body)


def test_every_row_of_the_table_is_found() -> None:
    assert len(ROWS) == PAGE.count("::test_") > 40
    assert len({threat for threat, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("threat", "test"), [(t, test) for t, _, test in ROWS])
def test_a_threat_has_its_test(threat: str, test: str) -> None:
    assert exists(test.strip("`")), f"{threat}: no such test as {test}"


@pytest.mark.parametrize(
    "test",
    [
        "tests/unit/test_the_line.py::test_that_is_not_there",
        "tests/unit/test_not_there.py::test_x",
        "tests/unit/test_the_line.py::_pinned",
    ],
)
def test_one_that_does_not_exist_would_be_noticed(test: str) -> None:
    assert not exists(test)
