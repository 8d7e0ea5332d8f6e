"""`probity serve` as it is started, asked and stopped."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROBITY = str(Path(sys.executable).with_name("probity"))
SECONDS = 120


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command, and the address it tells."""
    with subprocess.Popen(
        [PROBITY, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield process, line.split("at ")[1].split(" ")[0]
        finally:
            process.kill()


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROBITY, "serve", *arguments], capture_output=True, text=True, timeout=SECONDS, check=False
    )


def test_it_tells_its_address_answers_at_once_and_ends_on_ctrl_c() -> None:
    with served() as (process, address):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - ours
            assert answer.status == 200
            assert "Testing the claims" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
        assert process.returncode == 130
        assert errors == ""


def test_ctrl_c_ends_it_in_good_order_while_a_live_twin_is_watched() -> None:
    with served() as (process, address):
        page = urllib.request.urlopen(f"{address}live.html", timeout=SECONDS)  # noqa: S310 - ours
        token = re.search(r'name="token" value="([^"]+)"', page.read().decode())
        assert token is not None
        form = {
            "token": token[1], "scenario": "town-centre-2024", "seed": "1", "fault": "",
            "speed": "60", "linger": "no",
        }  # fmt: skip
        started = urllib.request.Request(  # noqa: S310 - ours
            f"{address}live/start",
            data=urllib.parse.urlencode(form).encode(),
            headers={"Origin": address.rstrip("/")},
        )
        with urllib.request.urlopen(started, timeout=SECONDS) as answer:  # noqa: S310 - ours
            session = json.load(answer)["session"]
        watched = urllib.request.urlopen(  # noqa: S310 - ours
            f"{address}live/{session}/events", timeout=SECONDS
        )
        assert watched.readline()
        process.send_signal(signal.SIGINT)
        assert "event: ended" in watched.read().decode()
        _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert errors == ""


def test_another_address_needs_to_be_asked_for_and_is_warned_of() -> None:
    done = refused("--host", "192.0.2.1")
    assert done.returncode == 3
    assert "--let-others-in" in done.stderr
    done = refused("--host", "192.0.2.1", "--let-others-in", "--port", "0")
    assert done.returncode == 3
    assert "whoever can reach 192.0.2.1 can use this app" in done.stderr
    assert "cannot listen" in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - refused
def test_every_address_at_once_is_refused(host: str) -> None:
    done = refused("--host", host, "--let-others-in")
    assert done.returncode == 3
    assert "one address" in done.stderr


def test_a_port_that_is_taken_is_one_clear_message() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = refused("--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "cannot listen: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_is_no_address_is_one_clear_message() -> None:
    done = refused("--host", "no such host", "--let-others-in")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
