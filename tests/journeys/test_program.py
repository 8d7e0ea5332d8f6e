"""The program in surroundings it did not choose: locale, closed pipes, full disks, Ctrl-C."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import malformed
from probity.cli.app import main

PROBITY = Path(sys.executable).with_name("probity")
ASCII_ONLY = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.csv"
    path.write_bytes(malformed.csv(Location="Crœydon ✓ 日本"))
    return path


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_output_is_the_same_utf_8_in_every_locale(form: str, record: Path) -> None:
    command = [PROBITY, "records", "read", record, "--format", form]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert "Crœydon ✓ 日本" in printed.decode("utf-8")
    assert (
        subprocess.run(command, capture_output=True, check=True, env=ASCII_ONLY).stdout == printed
    )


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux only")
def test_a_file_name_that_is_no_text(record: Path) -> None:
    odd = os.fsencode(record.parent) + b"/caf\xe9.csv"
    os.rename(record, odd)
    command = [PROBITY, "records", "read", odd, "--format", "json"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout)["source"]["title"].startswith("caf")


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_reader_that_goes_away_is_no_failure(form: str) -> None:
    command = [PROBITY, "records", "summary", "--by", "place", "--format", form]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_full_disk_is_one_line_and_exit_code_1(record: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROBITY, "records", "read", record], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["probity: [Errno 28] No space left on device"]


def test_no_standard_output_is_one_line_and_exit_code_1(record: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"'{PROBITY}' records read '{record}' >&-"], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == b"probity: standard output is closed\n"


def test_ctrl_c_stops_without_a_traceback(
    record: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("probity.records.reader.read", interrupted)
    monkeypatch.setattr(sys, "argv", ["probity", "records", "read", str(record)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 130
    assert capfd.readouterr() == ("", "")


def test_the_version_is_that_of_the_package() -> None:
    done = subprocess.run([PROBITY, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"probity {version('probity')}\n"
