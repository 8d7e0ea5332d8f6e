"""The page of kinds and fields is written from the code, and the guide's example is run."""

import re
from pathlib import Path

from probity.audit.log import ProblemKind, open_log
from scripts import loaded

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/mapping-a-log.md").read_text(encoding="utf-8")


def test_the_page_was_written_from_the_code() -> None:
    write_event_log = loaded("docs/write_event_log.py")
    assert set(write_event_log.PROBLEMS) == set(ProblemKind)
    page = (ROOT / "docs/reference/event-log.md").read_text(encoding="utf-8")
    assert page == write_event_log.page(), "run .venv/bin/python docs/write_event_log.py"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_guides_example(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(block("csv"), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(block("toml"), encoding="utf-8")

    with open_log(tmp_path / "log.csv", mapping=tmp_path / "mapping.toml") as log:
        raised, adjudicated, outcome = log.rows()
        (problem,) = log.problems

    # 10:15 in London in July is 09:15 UTC.
    assert raised["time"] == 1_782_897_300_000_000
    assert [row["event"] for row in (raised, adjudicated, outcome)] == [1, 2, 3]
    assert raised["alert"] == adjudicated["alert"] == outcome["alert"]
    assert (adjudicated["decision"], adjudicated["clock"]) == ("accept", "vendor server")
    assert "decision" not in outcome
    assert (problem.kind, problem.examples) == (ProblemKind.MISSING_FIELD, (3,))
    assert log.recorded == ("alert.raised", "alert.adjudicated", "outcome.recorded")
