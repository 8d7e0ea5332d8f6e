"""Every reader on its good files, and on what the fuzzer once broke it with.

A file in ``crashes`` is named after its target: ``log-csv-crash-…``. Each is read in a process
under a cap on time, since what is kept here may once have taken one down.
"""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.targets import TARGETS, Target, tried
from probity.core import InputError

HERE = Path(__file__).parent
CRASHES = sorted((HERE / "crashes").glob("*")) if (HERE / "crashes").is_dir() else []

READ = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fuzz.targets import TARGETS, tried
for path in sys.argv[2:]:
    name = max((n for n in TARGETS if Path(path).name.startswith(n + "-")), key=len)
    tried(TARGETS[name], Path(path).read_bytes())
"""


def read(*paths: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", READ, str(HERE.parent), *map(str, paths)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False)


def test_a_kept_input_ends_in_a_value_or_a_clear_error() -> None:
    for path in CRASHES:
        done = read(path)
        assert done.returncode == 0, f"{path.name}: {done.stderr.decode()[-2_000:]}"


@pytest.mark.parametrize("path", sorted((HERE / "corpus").glob("*.txt")), ids=lambda p: p.stem)
def test_what_once_reached_new_code_is_still_read_or_refused(path: Path) -> None:
    for line in path.read_text(encoding="ascii").splitlines():
        tried(TARGETS[path.stem], base64.b64decode(line))


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_good_file_is_read(name: str) -> None:
    """A fuzzer that starts from what is refused at once would find nothing behind the refusal."""
    for content in TARGETS[name].seeds()[:1]:
        assert TARGETS[name].read(content) is not None


@pytest.mark.control
def test_a_target_that_breaks_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "nothing-known"
    path.write_bytes(b"x")
    assert read(path).returncode != 0


@pytest.mark.control
def test_only_errors_meant_for_the_user_are_let_pass() -> None:
    def refuse(_: bytes) -> object:
        raise InputError("not a file")

    def break_down(_: bytes) -> object:
        raise ZeroDivisionError

    tried(Target(refuse, list, 1), b"")
    with pytest.raises(ZeroDivisionError):
        tried(Target(break_down, list, 1), b"")
