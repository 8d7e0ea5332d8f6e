"""What is said where Spark cannot run; none of these tests needs Java."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import MissingPartError
from spark_here import configured

PROBITY = str(Path(sys.executable).with_name("probity"))


def refused(log: Path) -> str:
    command = ["audit", str(log), "--policy", "gmp-lfr", "--engine", "spark"]
    with pytest.raises(MissingPartError) as caught:
        CliRunner().invoke(app, command, catch_exceptions=False)
    assert caught.value.exit_code == 4
    return str(caught.value)


def test_without_pyspark_the_command_names_the_extra_before_it_reads_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert "pip install 'probity[spark]'" in refused(tmp_path / "absent")


@pytest.mark.parametrize("home", [None, "/nonexistent"])
def test_without_java_the_command_says_what_to_install(
    home: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("JAVA_HOME", home)
    assert "Java 17 or later, which was not found" in refused(tmp_path / "absent")


def test_a_java_that_cannot_run_spark_is_quoted(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    java = tmp_path / "java home" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\nprintf 'class file \\033[31m version 61.0\\nmore\\n' >&2\nexit 1\n")
    java.chmod(0o755)
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"event": 1, "time": "2026-01-01T00:00:00Z", "kind": "config.threshold", '
        '"deployment": 1, "threshold": 0.6}\n'
    )
    command = [PROBITY, "audit", str(log), "--policy", "met-lfr-2024-09"]
    done = subprocess.run(
        [*command, "--engine", "spark"],
        capture_output=True,
        text=True,
        check=False,
        env=configured(tmp_path) | {"JAVA_HOME": str(java.parents[1])},
    )
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()
    assert line.endswith("cannot start it: class file \\x1b[31m version 61.0")
