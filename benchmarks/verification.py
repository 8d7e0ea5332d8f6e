"""Verification figures from 1e6 to 1e9 scores, against scikit-learn's roc_curve.

Run: make bench, or .venv/bin/python benchmarks/verification.py [--quick]

Every row is a process of its own, CPU seconds of its figures only (user and system, all
threads; no imports, no compiling, no loading of arrays; for Parquet the reading counts), peak
memory of the whole process. Engines alternate: memory, scikit-learn, Parquet, memory again.
scikit-learn is installed in a throw-away environment. The last row streams the 1e8 file ten
times over as one set of 1e9 comparisons.

Exit code 1 when a promise is broken: 100 times roc_curve's CPU time in memory and 20 times with
the file read at 1e8, under 1,000 MB, and the same peak at 1e9 within 10%.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from throwaway import plain_environment, python_with
from verification_scores import write

WORKER = Path(__file__).with_name("verification_worker.py")
MEMORY_TIMES, PARQUET_TIMES, MOST_MB, SAME_PEAK = 100, 20, 1_000, 1.10


def measure(engine: str, python: str, *files: Path) -> dict[str, float]:
    """Run one worker and print its row."""
    command = [python, str(WORKER), engine, *map(str, files)]
    output = subprocess.run(
        command, stdout=subprocess.PIPE, check=True, env=plain_environment()
    ).stdout
    return json.loads(output)


def main() -> None:
    """Print the table and keep the promises."""
    sizes = [10**6, 10**7] if "--quick" in sys.argv else [10**6, 10**7, 10**8]
    folder = Path(tempfile.gettempdir()) / "probity-bench-scores"
    peer = str(python_with("numpy", "scikit-learn"))
    print(f"{'engine':<28}{'scores':>8}{'CPU s':>9}{'times':>8}{'peak MB':>9}", end="")
    print(f"{'EER':>14}{'FNMR at 1e-6':>15}")
    last: dict[str, dict[str, float]] = {}
    for n in sizes:
        score, mated, table = write(folder, n)
        plan = [
            ("memory", sys.executable, score, mated),
            ("sklearn", peer, score, mated),
            ("parquet", sys.executable, table, table),
            ("memory again", sys.executable, score, mated),
        ]
        rows = {name: measure(name.split()[0], *rest) for name, *rest in plan}
        if n == sizes[-1]:
            rows["stream"] = measure("stream", sys.executable, table, table)
            last = rows
        base = rows["sklearn"]["cpu_s"]
        for name, row in rows.items():
            count = n * 10 if name == "stream" else n
            fnmr = "-" if row["fnmr"] is None else f"{row['fnmr']:.6g}"
            times = "" if name == "stream" else f"{base / row['cpu_s']:.1f}"
            print(f"{name:<28}{count:>8.0e}{row['cpu_s']:>9.3f}{times:>8}", end="")
            print(f"{row['peak_mb']:>9.0f}{row['eer']:>14.6e}{fnmr:>15}", flush=True)
    if sizes[-1] == 10**8:
        base = last["sklearn"]["cpu_s"]
        slowest = max(last["memory"]["cpu_s"], last["memory again"]["cpu_s"])
        kept = {
            "memory": base / slowest >= MEMORY_TIMES,
            "parquet": base / last["parquet"]["cpu_s"] >= PARQUET_TIMES,
            "under 1,000 MB": max(last[e]["peak_mb"] for e in ("memory", "parquet")) < MOST_MB,
            "same peak": last["stream"]["peak_mb"] <= SAME_PEAK * last["parquet"]["peak_mb"],
        }
        print("; ".join(f"{name}: {'kept' if ok else 'BROKEN'}" for name, ok in kept.items()))
        sys.exit(not all(kept.values()))


if __name__ == "__main__":
    main()
