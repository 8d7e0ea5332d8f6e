"""The twin's fast crossing stage against its explicit one on the same work, CPU time.

Run: .venv/bin/python benchmarks/twin_speed.py [--deployments N] [--rounds R]

A list of 2,000, one frame a pass, about 1 pass in 6,000 alerting, 40,000 passers-by a deployment.
The engines alternate; one thread each. The fast one runs a hundred replicates a round, so that
its time can be measured, and is charged for one.

Exit code 1 when a promise is broken: at least 500 times.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from probity.twin import fast, reference
from probity.twin.seeds import Seeds
from twin_people import small_calendar, small_scenario

PROMISE = 500
MANY = 100


def main() -> int:
    """Alternate the two, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deployments", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threshold", type=float, default=0.773)
    asked = parser.parse_args()
    scenario = small_scenario(
        watchlist__pool_size=2_000,
        capture__most_frames=1,
        places=[
            {"name": "High St", "place_type": "public", "weight": 0.5, "faces_per_hour": 8_000.0},
            {"name": "Station", "place_type": "public", "weight": 0.5, "faces_per_hour": 8_000.0},
        ],
        presence__listed_people_per_deployment={"wanted by the courts": 0.0},
        blue_list__deployments_share=0.0,
    )
    calendar = small_calendar(asked.deployments, size=2_000, threshold=asked.threshold)
    fast.cross(scenario, calendar=calendar, seeds=Seeds(scenario="s", seed=1, replicate=0))
    slow_s, fast_s, slow_alerts, fast_alerts, faces = [], [], 0, 0, 0
    for one in range(asked.rounds):
        start = time.process_time()
        crowd, _, alerts = reference.cross(
            scenario, calendar=calendar, seeds=Seeds(scenario="s", seed=1, replicate=one)
        )
        slow_s.append(time.process_time() - start)
        slow_alerts += len(alerts.entry)
        start = time.process_time()
        for replicate in range(one * MANY, (one + 1) * MANY):
            crowd, _, alerts = fast.cross(
                scenario,
                calendar=calendar,
                seeds=Seeds(scenario="s", seed=1, replicate=replicate),
            )
            fast_alerts += len(alerts.entry)
            faces += int(crowd.faces_seen.sum())
        fast_s.append((time.process_time() - start) / MANY)
    slow, quick = statistics.median(slow_s), statistics.median(fast_s)
    print(f"faces seen for each alert (fast): {faces / max(fast_alerts, 1):,.0f}")
    print(
        f"alerts a replicate: slow {slow_alerts / asked.rounds:.1f}, "
        f"fast {fast_alerts / asked.rounds / MANY:.1f}"
    )
    print(f"slow {slow:.2f} s, fast {quick * 1e3:.2f} ms, ratio {slow / quick:,.0f}")
    return 0 if slow / quick >= PROMISE else 1


if __name__ == "__main__":
    raise SystemExit(main())
