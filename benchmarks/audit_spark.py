"""Every rule of the policy `met-lfr-2024-09` over one log, on DuckDB and on Spark.

Run: .venv/bin/python benchmarks/audit_spark.py [--events 2000000] [--runs 1]

Both have two threads, and every run has a process of its own; Spark's includes the start of its
Java process, whose CPU time is counted. Exit code 1 when an outcome differs. Spark's memory is
what SPARK_DRIVER_MEMORY says, 1 GB without it.
"""

import argparse
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def work(engine: str, log: dict) -> dict:
    """One run, in this process."""
    from probity.audit.engine import duckdb_run, spark_run
    from probity.audit.policy_file import load_policy
    from probity.core.event import EVERY_EVENT

    rules = [rule for rule in load_policy("met-lfr-2024-09").rules if rule.check]
    what = {
        "parquet": Path(log["path"]),
        "columns": [field.name for field in EVERY_EVENT] + log["columns"],
        "to_us": log["to_us"],
        "counts": log["counts"],
    }
    clock = time.perf_counter()
    if engine == "spark":
        os.environ["SPARK_MASTER"] = "local[2]"
        found = spark_run.run(rules, **what)
    else:
        found = duckdb_run.run(rules, **what, threads=2)
    wall = time.perf_counter() - clock
    told = [
        (one.rule_id, one.of, one.cases, one.unknown)
        if hasattr(one, "cases")
        else (one.rule_id, one.checked, *(part.tolist() for part in
              (one.breached, one.undecided, one.unknown)))
        for one in found
    ]  # fmt: skip
    return {
        "wall": wall,
        "outcomes": hashlib.sha256(json.dumps(told).encode()).hexdigest(),
        "failing": sum(len(getattr(one, "breached", ())) for one in found),
    }


def measured(engine: str, log: dict) -> dict:
    """One run in a process of its own, with the CPU time of all that it started."""
    command = [sys.executable, __file__, "--worker", json.dumps([engine, log])]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, **json.loads(done.stdout.splitlines()[-1])}


def main() -> None:
    """Make the log, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--worker")
    given = parser.parse_args()
    if given.worker:
        print(json.dumps(work(*json.loads(given.worker))))
        return
    import audit_log

    with tempfile.TemporaryDirectory() as folder:
        made = audit_log.make(Path(folder) / "log.parquet", events=given.events)
        log = {
            "path": str(made.path),
            "to_us": made.to_us,
            "counts": made.counts,
            "columns": list(audit_log.COLUMNS),
        }
        print(f"{made.events} events, {made.path.stat().st_size / 1e6:.0f} MB")
        print(f"{'':<8}{'CPU s':>9}{'wall s':>9}{'breaches':>10}")
        outcomes = set()
        for engine in ("duckdb", "spark"):
            runs = [measured(engine, log) for _ in range(given.runs)]
            outcomes |= {one["outcomes"] for one in runs}
            cpu, wall = (statistics.median(one[what] for one in runs) for what in ("cpu", "wall"))
            print(f"{engine:<8}{cpu:9.2f}{wall:9.2f}{runs[0]['failing']:10}")
    print("every outcome is equal" if len(outcomes) == 1 else "outcomes differ")
    sys.exit(len(outcomes) != 1)


if __name__ == "__main__":
    main()
