"""Many readers of the app at once: no error, and memory that does not grow."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARK = ROOT / "benchmarks" / "app_readers.py"
_LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")


def _run(readers: int, seconds: int, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path])}
    return subprocess.run(
        [sys.executable, BENCHMARK, str(readers), str(seconds), *options],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip


@_LINUX
def test_forty_readers_for_a_few_seconds() -> None:
    done = _run(40, 6, "--no-site")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 errors" in done.stdout


@_LINUX
@pytest.mark.verify
def test_two_hundred_readers_for_a_minute() -> None:
    done = _run(200, 60)
    assert done.returncode == 0, done.stdout + done.stderr
