"""What the twin's crossing stage costs as crowd, watchlist and alerts grow; CPU time and memory.

Run: .venv/bin/python benchmarks/twin_scale.py [--replicates R]

First the cost curves, each changing one thing; then 1,000 deployments of 40,000 people with a
list of 10,000, and the same with a list of 1,000,000. Each row is a process of its own, so that
its peak memory is its own. CPU time leaves out making the pool, which is shown beside it.

Exit code 1 when a promise is broken: memory under 4 GB.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

GIGABYTE = 1 << 30
MEMORY = 4 * GIGABYTE
ROWS = (
    # what, deployments, people, list, threshold, replicates
    ("crowd x 1", 100, 4_000, 10_000, 0.70, 10),
    ("crowd x 10", 100, 40_000, 10_000, 0.75, 10),
    ("crowd x 100", 100, 400_000, 10_000, 0.80, 10),
    ("same crowd, fewer alerts", 100, 40_000, 10_000, 0.80, 10),
    ("same crowd, more alerts", 100, 40_000, 10_000, 0.70, 10),
    ("list x 10, as many alerts", 100, 40_000, 100_000, 0.79, 10),
    ("list x 100, as many alerts", 100, 40_000, 1_000_000, 0.83, 2),
)


def measure(deployments: int, people: int, listed: int, threshold: float, replicates: int) -> dict:
    """One row, in this process."""
    from probity.twin import fast
    from probity.twin.seeds import Seeds
    from probity.twin.world import make_world
    from twin_people import small_calendar, small_scenario

    scenario = small_scenario(
        recogniser__dimension=64,
        watchlist__pool_size=listed,
        watchlist__size={"mean": listed, "sd": 0.0, "least": listed, "most": listed},
        places=[
            {"name": name, "place_type": "public", "weight": 0.5, "faces_per_hour": people / 5}
            for name in ("High St", "Station")
        ],
        presence__listed_people_per_deployment={"wanted by the courts": 0.0},
        blue_list__deployments_share=0.0,
    )
    start = time.process_time()
    make_world(scenario, seeds=Seeds(scenario="s", seed=1, replicate=0))
    pool_s = time.process_time() - start
    calendar = small_calendar(deployments, size=listed, threshold=threshold)
    alerts = faces = 0
    start = time.process_time()
    for replicate in range(replicates):
        crowd, _, raised = fast.cross(
            scenario, calendar=calendar, seeds=Seeds(scenario="s", seed=1, replicate=replicate)
        )
        alerts += len(raised.entry)
        faces += int(crowd.faces_seen.sum())
    return {
        "pool_s": pool_s,
        "s": time.process_time() - start,
        "alerts": alerts,
        "faces": faces,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def main() -> int:
    """Every row in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--row", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.row:
        print(json.dumps(measure(*json.loads(asked.row))))
        return 0
    largest = (
        ("a year of everything", 1_000, 40_000, 10_000, 0.75, asked.replicates),
        ("the same, list of 1,000,000", 1_000, 40_000, 1_000_000, 0.83, 1),
    )
    kept = True
    print("what | faces seen | alerts | CPU s | ms an alert | pool, CPU s | memory, GB")
    for what, *row in ROWS + largest:
        command = [sys.executable, __file__, "--row", json.dumps(row)]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        one = json.loads(ran.stdout)
        kept &= one["memory"] < MEMORY
        print(
            f"{what} | {one['faces']:,} | {one['alerts']:,} | {one['s']:.2f} | "
            f"{one['s'] / max(one['alerts'], 1) * 1e3:.3f} | {one['pool_s']:.2f} | "
            f"{one['memory'] / GIGABYTE:.2f}",
            flush=True,
        )
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
