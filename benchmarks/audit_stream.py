"""The stream monitor over a large log: events per CPU-second, state as it goes on, and kills.

Run: .venv/bin/python benchmarks/audit_stream.py [--events 2e7] [--kills 10] [--folder FOLDER]

The log is that of ``audit_log.py``, in the order of time, with each passing face also seen and
blurred: fifteen kinds, so that every rule of `met-lfr-2024-09` over the faces themselves (R01,
R04, R44-compared, R73) has work. It is written to Parquet first and read back by the monitor,
with a lateness of 10 s; reading it back is part of the time. Then the same log is audited by
``probity audit --follow --until-end`` and killed at random moments, and the findings of all
runs together are compared with those of an undisturbed one.

Exit code 1 when a count of breaches is not what was put in, when state grows with the log, or
when the killed runs tell other findings.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import audit_log
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from audit_rules import peak_mb

from probity.audit.policy_file import load_policy
from probity.audit.stream.bounded import bounded
from probity.audit.stream.monitor import StreamMonitor
from probity.core.event_columns import LogHeader, arrow_schema

POLICY = "met-lfr-2024-09"
KINDS = (*audit_log.KINDS, "face.seen", "render.blurred", "outcome.recorded")
SCHEMA = arrow_schema((*audit_log.COLUMNS, "result"))
PER_DEPLOYMENT = audit_log.PER_DEPLOYMENT + 2 * audit_log.FACES
LATENESS_US = 10_000_000
PROBITY = str(Path(sys.executable).with_name("probity"))


def deployments(number: int) -> Iterator[pa.Table]:
    """Events in the order of time; what of a deployment lies in the next one's day goes there."""
    rng = np.random.default_rng(np.random.SeedSequence(20_261_124))
    rest = SCHEMA.empty_table()
    first = 0
    for deployment in range(number):
        table, _ = audit_log._deployment(deployment, 0, rng)
        table = pa.concat_tables([rest, _with_faces(table)]).combine_chunks()
        table = table.take(pc.sort_indices(table.column("time")))
        end = audit_log.START_US + (deployment + 2) * audit_log.DAY - 3 * 3600 * audit_log.SECOND
        times = table.column("time").cast(pa.int64()).to_numpy()
        cut = len(table) if deployment == number - 1 else int(np.searchsorted(times, end))
        rest = table.slice(cut)
        yield _numbered(table.slice(0, cut), first)
        first += cut


def _with_faces(table: pa.Table) -> pa.Table:
    table = table.append_column("result", pa.nulls(len(table), SCHEMA.field("result").type))
    table = table.select(SCHEMA.names).cast(SCHEMA)
    made = table.filter(pc.equal(table.column("kind"), "template.created"))
    alerts = table.filter(pc.equal(table.column("kind"), "alert.raised")).column("template")
    plain = made.filter(pc.invert(pc.is_in(made.column("template"), value_set=alerts)))
    seen = _as_kind(made, "face.seen", 0)
    return pa.concat_tables([table, seen, _as_kind(plain, "render.blurred", 40_000)])


def _as_kind(table: pa.Table, kind: str, later_us: int) -> pa.Table:
    times = pc.add(table.column("time").cast(pa.int64()), later_us)
    kinds = pa.array([kind]).dictionary_encode().take(pa.array(np.zeros(len(table), np.int32)))
    kinds = kinds.cast(SCHEMA.field("kind").type)
    table = table.set_column(SCHEMA.get_field_index("kind"), SCHEMA.field("kind"), kinds)
    return table.set_column(
        SCHEMA.get_field_index("time"), SCHEMA.field("time"), times.cast(SCHEMA.field("time").type)
    )


def _numbered(table: pa.Table, first: int) -> pa.Table:
    numbers = pa.array(np.arange(first, first + len(table)))
    return table.set_column(0, SCHEMA.field("event"), numbers).unify_dictionaries()


def write(path: Path, *, events: int) -> tuple[int, int, int]:
    """The log as Parquet: deployments, events, and where it ends."""
    number = max(2, events // PER_DEPLOYMENT)
    to_us = audit_log.START_US + (number + 3) * audit_log.DAY
    schema = arrow_schema(
        (*audit_log.COLUMNS, "result"), LogHeader("benchmark", KINDS, audit_log.START_US, to_us)
    )
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in deployments(number):
            writer.write_table(table.replace_schema_metadata(schema.metadata))
            written += len(table)
    return number, written, to_us


def watch(path: Path, *, number: int, events: int, to_us: int, back_us: int | None) -> bool:
    """All rules of the policy over the log, in this process; whether it is as it should be.

    With ``back_us``, rules look back no further, and state may not grow once that is past.
    """
    rules = load_policy(POLICY).rules
    if back_us is not None:
        rules = tuple(bounded(rule, back_us=back_us) for rule in rules)
    monitor = StreamMonitor(rules, lateness_us=LATENESS_US, to_us=to_us)
    found: Counter[str] = Counter()
    sizes: list[tuple[int, int, int]] = []
    step, most = max(1, events // 10), 0
    before, clock = time.process_time(), time.perf_counter()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(1 << 18, columns=["kind", *monitor_columns(monitor, file)]):
            monitor.add(batch)
            for one in monitor.advance():
                found[one.rule_id] += len(one.breaches)
            most = max(most, monitor.bytes_kept)
            if monitor.events // step > len(sizes):
                sizes.append((monitor.events, monitor.rows_kept, monitor.bytes_kept))
    for one in monitor.finish():
        found[one.rule_id] += len(one.breaches)
    cpu, wall = time.process_time() - before, time.perf_counter() - clock
    print("as the policy is:" if back_us is None else "rules look back 31 days at most:")
    print(f"{events:,} events, {cpu:.1f} CPU-seconds ({wall:.1f} s): {events / cpu:,.0f} a second")
    for at, rows, size in sizes:
        print(f"  after {at:>13,} events: state of {rows:>7,} rows, {size / 1e6:7.2f} MB")
    print(f"  most: {most / 1e6:.2f} MB of state, {peak_mb():,.0f} MB of process")
    low = number // 10
    expected = {
        "R01": 5 * number, "R04": 0, "R45": low, "R76": 3 * number, "R44-compared": 0,
        "R44": 0, "R50-published": 0,
    }  # fmt: skip
    print(f"  breaches: {dict(found)}")
    wrong = {rule: found[rule] for rule, count in expected.items() if found[rule] != count}
    if wrong:
        print(f"  expected {expected}")
    grown = back_us is not None and number >= 100 and sizes[-1][1] > 1.25 * sizes[-5][1]
    return not wrong and not grown


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
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="probity-stream-", dir=asked.folder) as made:
        path = Path(made) / "log.parquet"
        number, events, to_us = write(path, events=int(asked.events))
        good = True
        for back_us in (None, 31 * audit_log.DAY):
            asked_for = {"number": number, "events": events, "to_us": to_us, "back_us": back_us}
            good = watch(path, **asked_for) and good
        if asked.kills:
            good = kill(path, Path(made), kills=asked.kills) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
