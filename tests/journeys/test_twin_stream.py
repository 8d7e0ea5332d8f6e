"""`probity twin stream` into a file, a pipe, a socket, and an audit that follows it."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import InputError
from small_twin import write_small_scenario

PROGRAM = (str(Path(sys.executable).with_name("probity")),)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_scenario(tmp_path_factory.mktemp("scenario") / "small.toml")


@pytest.fixture(scope="module")
def streamed(small: Path) -> str:
    result = CliRunner().invoke(app, ["twin", "stream", str(small), "--seed", "4"])
    assert result.exit_code == 0
    return result.stdout


def stream(small: Path, *words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, "twin", "stream", str(small), "--seed", "4", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_file_holds_the_same_bytes(small: Path, streamed: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "stream.jsonl"
    result = CliRunner().invoke(
        app, ["twin", "stream", str(small), "--seed", "4", "--out", str(out), "--speed", "1e9"]
    )
    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8") == streamed
    assert json.loads(streamed.split("\n", 1)[0])["schema"] == "probity/events/1"


def test_a_socket_of_this_machine_gets_the_same_bytes(small: Path, streamed: str) -> None:
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                while some := connection.recv(65_536):
                    got.extend(some)

        listener = threading.Thread(target=listen)
        listener.start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        result = CliRunner().invoke(
            app, ["twin", "stream", str(small), "--seed", "4", "--out", address]
        )
        listener.join(120)
    assert result.exit_code == 0
    assert got.decode("utf-8") == streamed


def test_a_reader_who_goes_away_is_no_failure(small: Path) -> None:
    with stream(small) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_an_interrupt_leaves_whole_lines(small: Path, streamed: str, tmp_path: Path) -> None:
    out = tmp_path / "stream.jsonl"
    with stream(small, "--out", out, "--speed", "1") as process:
        until = time.monotonic() + 120
        while time.monotonic() < until and not (out.exists() and out.stat().st_size > 10_000):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.wait(120)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 130
    written = out.read_text(encoding="utf-8")
    assert written.endswith("\n")
    assert len(written) > 10_000
    assert streamed.startswith(written)


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "tcp://192.0.2.1:9000"),
        ("--out", "tcp://example.org:9000"),
        ("--out", "tcp://127.0.0.1"),
        ("--out", "tcp://127.0.0.1:99999"),
        ("--out", "tcp://[::1"),
        ("--out", "tcp://127.0.0.1:1"),
        ("--speed", "0"),
        ("--speed", "nan"),
        ("--speed", "fast"),
    ],
)
def test_what_cannot_be_is_refused(small: Path, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["twin", "stream", str(small), *words])
    assert isinstance(result.exception, InputError)
    assert result.stdout == ""


def test_a_file_with_something_in_it_is_left_alone(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.txt"
    out.write_text("mine")
    result = CliRunner().invoke(app, ["twin", "stream", str(small), "--out", str(out)])
    assert isinstance(result.exception, InputError)
    assert out.read_text() == "mine"


def test_an_audit_follows_the_stream(small: Path, streamed: str) -> None:
    """Piped into an audit that follows it: every event is read, and none comes late."""
    with stream(small) as source:
        audit = subprocess.run(
            [*PROGRAM, "audit", "-", "--policy", "met-lfr-2024-09", "--follow", "--format", "json"],
            stdin=source.stdout,
            capture_output=True,
            check=False,
            timeout=120,
        )
    assert audit.returncode == 0, audit.stderr.decode()
    assert source.returncode == 0
    told = audit.stdout.decode()
    summary = json.loads(told[told.index('{\n  "schema"') :])
    assert summary["ended"]
    assert summary["events"] == len(streamed.splitlines()) - 1
    assert (summary["too_late"], summary["unreadable"], summary["conflicts"]) == (0, 0, 0)
    assert sum(rule["checked"] for rule in summary["rules"]) > 10_000
