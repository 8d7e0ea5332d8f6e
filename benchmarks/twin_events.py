"""A replicate's whole event log, made and written to Parquet: events per CPU-second of one core.

    python benchmarks/twin_events.py [deployments] [faces] [rounds]

Deployments of the scenario met-year-2025, each with the same number of faces seen and a list of
the scenario's size; 10 alerts each. Everything is timed from the alerts on: adjudication,
clocks, ids, times, merging, encoding, compression and writing. Its parts are printed too.
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from probity.twin.calendar import make_calendar
from probity.twin.event_log import live_events, live_header, write_live_log
from probity.twin.event_part import rows
from probity.twin.event_writer import log_schema
from probity.twin.history import follow
from probity.twin.scenario_file import load_scenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Crowd, Passes
from probity.twin.watchlists import make_watchlists

TARGET = 2_000_000
ALERTS = 10


def first(calendar, n):
    return replace(
        calendar, **{name: getattr(calendar, name)[:n] for name in calendar.__dataclass_fields__}
    )


def some_alerts(calendar, lists, rng):
    deployment = np.repeat(np.arange(len(calendar.start_us)), ALERTS)
    n = len(deployment)
    lasts = (calendar.end_us - calendar.start_us)[deployment]
    time_us = calendar.start_us[deployment] + (rng.random(n) * lasts).astype(np.int64)
    return Alerts(
        deployment=deployment,
        time_us=time_us[np.lexsort((time_us, deployment))],
        group=np.zeros(n, np.int64),
        entry_group=np.zeros(n, np.int64),
        quality=np.full(n, 0.5),
        entry=lists.entry_at(deployment=deployment, rank=rng.integers(0, 1_000, n)),
        score=calendar.threshold[deployment] + rng.exponential(0.03, n),
        candidates=np.ones(n, np.int64),
        mated=rng.random(n) < 0.8,
        seeded=np.zeros(n, np.bool_),
        person=np.full(n, -1),
    )


def no_passes():
    none = np.empty(0, np.int64)
    return Passes(
        deployment=none,
        time_us=none,
        group=none,
        entry=none,
        person=none,
        seeded=np.empty(0, np.bool_),
        score=np.empty(0),
        alerted=np.empty(0, np.bool_),
    )


def main(deployments: int = 20, faces: int = 20_000, rounds: int = 3) -> None:
    scenario = load_scenario("met-year-2025")
    seeds = Seeds(scenario="benchmark", seed=1, replicate=0)
    calendar = first(make_calendar(scenario, seeds), deployments)
    lists = make_watchlists(scenario, calendar=calendar, seeds=seeds)
    category = np.zeros(scenario.watchlist.pool_size, np.int64)
    crowd = Crowd(
        faces_seen=np.full(deployments, faces), nonmated_passes=np.full((deployments, 1), faces)
    )
    alerts = some_alerts(calendar, lists, np.random.default_rng(1))

    def happened():
        return follow(
            scenario,
            seeds=seeds,
            calendar=calendar,
            crowd=crowd,
            passes=no_passes(),
            alerts=alerts,
        )

    rates = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        write_live_log(path, happened(), watchlists=lists, category=category)
        for _ in range(rounds):
            started = time.process_time()
            events = write_live_log(path, happened(), watchlists=lists, category=category)
            seconds = time.process_time() - started
            rates.append(events / seconds)
            print(
                f"{events:,} events in {seconds:.2f} CPU-s: {rates[-1]:,.0f} a CPU-second, "
                f"{os.path.getsize(path) / events:.2f} bytes an event"
            )
    history = happened()
    started = time.process_time()
    parts = list(live_events(history, watchlists=lists, category=category))
    made = time.process_time()
    schema = log_schema(live_header(history))
    for some in parts:
        rows(some, schema=schema, first_event=0)
    merged = time.process_time()
    whole = events / rates[-1] / events * 1e9
    making, merging = (1e9 * s / events for s in (made - started, merged - made))
    print(
        f"nanoseconds an event: {making:.0f} making columns, {merging:.0f} merging, "
        f"{whole - making - merging:.0f} the rest: encoding, compressing, writing"
    )
    worst = min(rates)
    print(f"worst of {rounds}: {worst:,.0f} events a CPU-second, promised {TARGET:,}")
    sys.exit(worst < TARGET)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
