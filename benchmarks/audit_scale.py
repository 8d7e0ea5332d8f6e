"""A whole policy over ever larger logs: CPU time for a million events, memory, and spilling.

Run: .venv/bin/python benchmarks/audit_scale.py [--events 1e7 3e7 1e8 3e8] [--memory-limit 3GB]
         [--folder FOLDER]

The logs are those of ``audit_log.py``; with ``--folder`` they stay there and are used again. Each
run has a process of its own, whose most memory and whose largest temporary directory
are told. Exit code 1 when the breaches of any rule are not the number that was put in, or a
process needs more than 4 GB.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import audit_log
from audit_rules import policy_rules, work

MOST_MB = 4_000


def made(folder: Path, events: int) -> dict:
    """A log of about so many events, and what is in it."""
    path = folder / f"log-{events}.parquet"
    told = path.with_suffix(".json")
    if not told.exists():
        log = dataclasses.asdict(audit_log.make(path, events=events))
        told.write_text(json.dumps({**log, "path": str(path), "columns": audit_log.COLUMNS}))
    return json.loads(told.read_text())


def measured(log: dict, folder: Path) -> dict:
    """One run in a process of its own, watched from here."""
    with tempfile.TemporaryDirectory(dir=folder) as spill:
        words = [sys.executable, __file__, "--worker", json.dumps({**log, "temporary": spill})]
        most = 0
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                most = max(most, _size(Path(spill)))
                time.sleep(0.2)
            assert process.stdout is not None
            found = json.loads(process.stdout.read().splitlines()[-1])
    return {**found, "spilled": most}


def _size(folder: Path) -> int:
    """Bytes on disk below a folder, while files come and go."""
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_blocks * 512
        except OSError:
            continue
    return size


def main() -> int:
    """Make the logs, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=float, nargs="+", default=[1e7, 3e7, 1e8, 3e8])
    parser.add_argument("--memory-limit", default="3GB", help="of DuckDB's buffers")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--worker")
    given = parser.parse_args()
    if given.worker:
        found = work("policy", policy_rules(), json.loads(given.worker))
        print(json.dumps(found))
        return 0
    good = True
    heads = ("events", "CPU s", "a million", "wall s", "peak MB", "spilled MB")
    print("".join(f"{head:>12}" for head in heads))
    with tempfile.TemporaryDirectory(prefix="probity-scale-") as own:
        folder = given.folder or Path(own)
        for events in given.events:
            log = made(folder, int(events))
            one = measured({**log, "memory_limit": given.memory_limit}, folder)
            wrong = {
                rule: count
                for rule, count in one["counts"].items()
                if count != log["breaches"][rule]
            }
            a_million = one["cpu"] / log["events"] * 1e6
            figures = (one["cpu"], a_million, one["wall"], one["peak"], one["spilled"] / 1e6)
            told = "".join(f"{figure:>12,.2f}" for figure in figures)
            print(f"{log['events']:>12,}{told}   {wrong or 'as put in'}", flush=True)
            good = good and not wrong and one["peak"] <= MOST_MB
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
