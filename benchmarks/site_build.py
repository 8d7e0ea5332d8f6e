"""CPU time of building the whole evidence site from the bundled data, and that it repeats.

Run: .venv/bin/python benchmarks/site_build.py [rounds]

Each round is `probity publish site` in a process of its own, with another hash seed. The median
of user + system CPU seconds is held against the target; the sites have to be the same bytes.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET_S = 30.0
PROBITY = str(Path(sys.executable).with_name("probity"))


def build(directory: Path, *, hash_seed: int) -> float:
    """Build the site; return user + system CPU seconds of the process."""
    before = os.times()
    subprocess.run(
        [PROBITY, "publish", "site", "--out", str(directory)],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def main() -> None:
    """Print the figures and exit with 1 when the target is missed or the bytes differ."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    seconds, listings = [], set()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            out = Path(folder) / f"site-{number}"
            seconds.append(build(out, hash_seed=number))
            listings.add((out / "site.json").read_bytes())
    files = json.loads(next(iter(listings)))["files"]
    median = statistics.median(seconds)
    size = sum(file["bytes"] for file in files)
    print(f"files                 {len(files):>10,}")
    print(f"size, MB              {size / 1e6:>10.1f}")
    print(f"CPU s (median of {rounds})   {median:>10.2f}   (target: under {TARGET_S:g})")
    print(f"same bytes            {'yes' if len(listings) == 1 else 'NO':>10}")
    sys.exit(median >= TARGET_S or len(listings) > 1)


if __name__ == "__main__":
    main()
