"""The stream monitor over a large log: events per CPU-second, state as it goes on, and kills.

Run: .venv/bin/python benchmarks/audit_stream.py [--events 2e7] [--kills 10] [--folder FOLDER]
         [--lines 0]

The log is that of ``audit_log.py`` as it happens: deletions stand among the events of the day
they are made on. Every rule of `met-lfr-2024-09` has breaches in it, put in at known places. It is
written to Parquet first and read back by the monitor, with a lateness of 10 s; reading it back is
part of the time. Then the same log is audited by ``probity audit --follow --until-end`` and killed
at random moments, and the findings of all runs together are compared with those of an undisturbed
one. With ``--lines`` so many of its events are read from JSON Lines as well, the way ``--follow``
reads them and the way the whole log is opened.

Exit code 1 when a count of breaches is not what was put in, when state grows with the log, or
when the killed runs tell other findings.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import audit_log
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from audit_rules import peak_mb

from probity.audit.log import open_log
from probity.audit.policy_file import load_policy
from probity.audit.rule import TemporalRule
from probity.audit.stream.bounded import bounded
from probity.audit.stream.monitor import StreamMonitor
from probity.audit.stream.sources import open_source

POLICY = "met-lfr-2024-09"
LATENESS_US = 10_000_000
PROBITY = str(Path(sys.executable).with_name("probity"))


def watch(made: audit_log.Made, *, back_us: int | None) -> bool:
    """All rules of the policy over the log, in this process; whether it is as it should be.

    With ``back_us``, rules look back no further, and state may not grow once that is past.
    """
    rules = load_policy(POLICY).rules
    if back_us is not None:
        rules = tuple(bounded(rule, back_us=back_us) for rule in rules)
    monitor = StreamMonitor(rules, lateness_us=LATENESS_US, to_us=made.to_us)
    found: Counter[str] = Counter()
    kept: list[int] = []
    step, most = max(1, made.events // 10), 0
    print("as the policy is:" if back_us is None else "rules look back 31 days at most:")
    before, clock = time.process_time(), time.perf_counter()
    with pq.ParquetFile(made.path) as file:
        for batch in file.iter_batches(1 << 18, columns=["kind", *monitor_columns(monitor, file)]):
            monitor.add(batch)
            for one in monitor.advance():
                found[one.rule_id] += len(one.breaches)
            most = max(most, monitor.bytes_kept)
            if monitor.events // step > len(kept):
                kept.append(monitor.rows_kept)
                print(f"  after {monitor.events:>13,} events: state of {kept[-1]:>7,} rows, "
                      f"{monitor.bytes_kept / 1e6:7.2f} MB", flush=True)  # fmt: skip
    for one in monitor.finish():
        found[one.rule_id] += len(one.breaches)
    cpu, wall = time.process_time() - before, time.perf_counter() - clock
    print(f"  {made.events:,} events, {cpu:.1f} CPU-seconds ({wall:.1f} s): "
          f"{made.events / cpu:,.0f} a second")  # fmt: skip
    print(f"  most: {most / 1e6:.2f} MB of state, {peak_mb():,.0f} MB of process", flush=True)
    wrong = {
        rule.rule_id: (made.breaches[rule.rule_id], found[rule.rule_id])
        for rule in rules
        if isinstance(rule.check, TemporalRule)
        and made.breaches[rule.rule_id] != found[rule.rule_id]
    }
    print(f"  breaches: {f'put in and found: {wrong}' if wrong else 'as put in'}", flush=True)
    # Half the log must lie beyond the days that are looked back on.
    long_enough = made.events >= 62 * audit_log.PER_DEPLOYMENT
    grown = back_us is not None and long_enough and kept[-1] > 1.25 * kept[-5]
    if grown:
        print("  STATE GROWS")
    return not wrong and not grown


def read_lines(made: audit_log.Made, folder: Path, *, lines: int) -> None:
    """The first events as JSON Lines: followed, and opened whole."""
    path = folder / "log.jsonl"
    _write_lines(made.path, path, lines=lines)
    rules = load_policy(POLICY).rules

    def spent(work: Callable[[Any], None], monitor: StreamMonitor) -> tuple[int, float]:
        source = open_source(str(path), ("kind", *monitor.columns), until_end=True)
        events, before = 0, time.process_time()
        for one in source.steps(0, stopped=lambda: False):
            if one is not None and one[0] is not None:
                events += len(one[0])
                work(one[0])
        return events, time.process_time() - before

    def audited(batch: Any) -> None:
        monitor.add(batch)
        for _ in monitor.advance():
            pass

    monitor = StreamMonitor(rules, lateness_us=LATENESS_US, to_us=made.to_us)
    for name, work in (("read", lambda _: None), ("read and audited", audited)):
        events, cpu = spent(work, monitor)
        print(f"JSON Lines {name}: {events:,} events, {events / cpu:,.0f} a CPU-second, "
              f"{path.stat().st_size / events:.0f} bytes each", flush=True)  # fmt: skip
    before = time.process_time()
    with open_log(path) as log:
        events = log.events
    cpu = time.process_time() - before
    print(f"JSON Lines opened whole: {events:,} events, {events / cpu:,.0f} a CPU-second")


def _write_lines(log: Path, path: Path, *, lines: int) -> None:
    with pq.ParquetFile(log) as file, path.open("w") as out:
        for batch in file.iter_batches(1 << 16):
            table = pa.Table.from_batches([batch.slice(0, lines)])
            for index, field in enumerate(table.schema):
                if pa.types.is_timestamp(field.type):
                    text = pc.strftime(table.column(index), format="%Y-%m-%dT%H:%M:%SZ")
                    table = table.set_column(index, field.name, text)
            for row in table.to_pylist():
                told = {name: value for name, value in row.items() if value is not None}
                out.write(json.dumps(told) + "\n")
            lines -= len(table)
            if not lines:
                return


def monitor_columns(monitor: StreamMonitor, file: pq.ParquetFile) -> list[str]:
    """Columns that the rules read and the log has."""
    return [name for name in monitor.columns if name in file.schema_arrow.names]


def kill(path: Path, folder: Path, *, kills: int) -> bool:
    """The command, killed again and again, against the command left alone."""
    rng = np.random.default_rng(np.random.SeedSequence(7))
    words = [PROBITY, "audit", str(path), "--policy", POLICY, "--follow", "--until-end"]
    started = time.monotonic()
    _run([*words, "--findings", str(folder / "whole.jsonl")])
    lasted = time.monotonic() - started
    again = [*words, "--state", str(folder / "state"), "--findings", str(folder / "parts.jsonl")]
    killed = 0
    for _ in range(kills):
        with subprocess.Popen(again, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(1.0 + float(rng.uniform(0.3, 1.6)) * lasted / kills)
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
    _run(again)
    whole, parts = (
        (folder / name).read_bytes().splitlines() for name in ("whole.jsonl", "parts.jsonl")
    )
    digest = hashlib.blake2b(b"\n".join(sorted(whole)), digest_size=4).hexdigest()
    same = sorted(whole) == sorted(parts) and len(set(parts)) == len(parts)
    print(f"killed {killed} times: {len(parts):,} findings, undisturbed {len(whole):,} ({digest})")
    print(f"  {'none lost, none twice' if same else 'NOT THE SAME'}")
    return same


def _run(words: list[str]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=float, default=2e7)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--lines", type=float, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="probity-stream-", dir=asked.folder) as folder:
        path = Path(folder) / "log.parquet"
        made = audit_log.make(path, events=int(asked.events), as_it_happens=True)
        if asked.lines:
            read_lines(made, Path(folder), lines=int(asked.lines))
        good = True
        for back_us in (31 * audit_log.DAY, None):
            good = watch(made, back_us=back_us) and good
        if asked.kills:
            good = kill(path, Path(folder), kills=asked.kills) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
