"""Every command of the guide on what-if questions runs, and says what the guide says it says."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from small_twin import write_small_scenario

GUIDE = (Path(__file__).parents[2] / "docs/guides/what-if.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ probity (twin .*)$", GUIDE, re.MULTILINE)


def test_the_guide_has_commands() -> None:
    assert len(COMMANDS) == 6


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    # Fewer replicates: what is tested is that the command is right.
    if "--replicates" in words:
        words[words.index("--replicates") + 1] = "2"
    # The whole log of every deployment is long.
    if words[1] == "stream":
        words[2] = str(write_small_scenario(tmp_path / "small.toml"))
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    if words[1] == "compare":
        assert "told apart in a year" in result.stdout
    for option in ("--report", "--out"):
        if option in words:
            assert (tmp_path / words[words.index(option) + 1]).stat().st_size > 10_000
