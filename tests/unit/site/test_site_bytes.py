"""The same findings and evidence give the same bytes, whatever the order of hashes."""

import os
import subprocess
import sys
from pathlib import Path

from sites import sample_site

PROGRAM = """
from sites import sample_site
print(sample_site()["site.json"].decode(), end="")
"""


def test_another_process_with_another_hash_seed_gives_the_same_bytes(repository: Path) -> None:
    path = os.pathsep.join([str(repository / "src"), str(repository / "tests")])
    other = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": path},
        capture_output=True,
        check=True,
    )
    assert other.stdout == sample_site()["site.json"]
