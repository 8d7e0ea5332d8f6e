"""The example notebooks run from top to bottom on a small scenario, and say what they promise."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from small_twin import write_small_scenario

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples/notebooks").glob("*.ipynb"))


def said_by(notebook: Path, *, scenario: str) -> str:
    """What the code cells print, one after the other in one namespace."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    printed = io.StringIO()
    with redirect_stdout(printed):
        for cell in cells:
            if cell["cell_type"] == "code":
                code = "".join(cell["source"])
                code = code.replace('"fixed-cameras"', repr(scenario))
                exec(compile(code, notebook.name, "exec"), names)  # noqa: S102 - our own notebook
    return printed.getvalue()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_is_kept_without_output(notebook: Path, tmp_path: Path) -> None:
    document = json.loads(notebook.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in document["cells"])
    assert said_by(notebook, scenario=str(write_small_scenario(tmp_path / "small.toml")))


def test_there_are_three() -> None:
    assert [notebook.stem for notebook in NOTEBOOKS] == [
        "audit-a-log",
        "two-denominators",
        "what-a-year-can-show",
    ]


def test_the_audit_finds_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    scenario = str(write_small_scenario(tmp_path / "small.toml"))
    said = said_by(NOTEBOOKS[0], scenario=scenario).splitlines()[-1]
    planted, found, beside = (int(word) for word in said.split() if word.isdigit())
    assert planted == found > 0
    assert beside == 0


def test_the_two_denominators_count_the_same_alerts(tmp_path: Path) -> None:
    said = said_by(NOTEBOOKS[1], scenario="")
    assert "10 of 3,147,436" in said
    assert "10 of     2,077" in said
