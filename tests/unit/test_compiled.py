"""Compiled loops, also where nothing can be written."""

import os
import subprocess
import sys
from pathlib import Path

import probity

LOOP = """
from probity.core.compiled import compiled

@compiled
def triple(n):
    return 3 * n

print(triple(14))
"""


def test_code_is_compiled_where_no_cache_can_be_written(tmp_path: Path) -> None:
    """As in a container whose files nobody may change."""
    (tmp_path / "loop.py").write_text(LOOP)
    (tmp_path / "__pycache__").write_text("in the way of a cache beside the module")
    nowhere = str(tmp_path / "loop.py" / "no-directory")
    done = subprocess.run(
        [sys.executable, "-B", tmp_path / "loop.py"],
        env={**os.environ, "HOME": nowhere, "XDG_CACHE_HOME": nowhere, "NUMBA_CACHE_DIR": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "42\n", done.stderr


def test_there_is_one_way_to_compile() -> None:
    """Which minds the cache: a module that calls Numba itself cannot be imported without one."""
    sources = Path(probity.__file__).parent.rglob("*.py")
    assert [one.name for one in sources if "njit(" in one.read_text("utf-8")] == ["compiled.py"]
