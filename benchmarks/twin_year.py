"""A year of 231 deployments, many times over: every stage but event logs.

    python benchmarks/twin_year.py [replicates] [workers]

The scenario met-year-2025: crossings, full adjudication, deletion clocks and totals of each
replicate. CPU seconds of this process and its workers, one run, from a cold start: making the
pool and compiling are part of it.
"""

import resource
import sys
import time

from probity.twin.replicates import Run, totals_of_replicates
from probity.twin.scenario_file import load_scenario

TARGET_SECONDS_OF_100 = 120


def cpu_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(replicates: int = 100, workers: int = 2) -> None:
    run = Run(scenario=load_scenario("met-year-2025"), seed=1)
    started, wall = cpu_seconds(), time.perf_counter()
    totals = list(totals_of_replicates(run, replicates=replicates, workers=workers))
    seconds, wall = cpu_seconds() - started, time.perf_counter() - wall
    allowed = TARGET_SECONDS_OF_100 * replicates / 100
    print(totals[0])
    print(
        f"{len(totals)} replicates: {seconds:.1f} CPU-s, {wall:.1f} s on {workers} workers; "
        f"promised {allowed:.0f} CPU-s"
    )
    sys.exit(seconds > allowed)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
