"""Rules of a policy over a large log, beside hand-written DuckDB SQL for four of them.

Run: .venv/bin/python benchmarks/audit_rules.py [--events 2000000] [--runs 3] [--keep FOLDER]
         [--policy-only] [--memory-limit 3GB]

Four rules: a template deleted within 1 s unless it raised an alert (R1), an engagement after a
person judged its alert (R2), a comparison while an authority of rank 5 holds (R3), an item
deleted within 24 h of its deployment's end (R4). Each is run alone in both forms, then all four
by hand one after another beside the whole policy `met-lfr-2024-09` in one run. Every run has a
process of its own; forms take turns; the table gives medians, and the spread of CPU time. By hand
gives the ids of what is in breach, compiled the event numbers; that both mean the same is looked
up after the clock has stopped. Exit code 1 when they do not, or when the breaches of any rule are
not the number that was put in.
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

RULES = {
    "R1": (
        "template.created(template: t)",
        "EVENTUALLY[0, 1 s] (template.deleted(template: t) OR alert.raised(template: t))",
    ),
    "R2": (
        "engagement.start(alert: a)",
        "ONCE (alert.adjudicated(alert: a) AND ONCE alert.raised(alert: a))",
    ),
    "R3": (
        "template.compared(deployment: d)",
        "EXISTS x, r. ((NOT authority.cancelled(authority: x)) SINCE "
        "(authority.granted(authority: x, deployment: d, rank: r) AND r >= 5))",
    ),
    "R4": (
        "watchlist.item.added(watchlist: w, item: i)",
        "NOT (EXISTS d. (ONCE watchlist.compiled(watchlist: w, deployment: d) AND "
        "EVENTUALLY[0, 48 h] (deployment.end(deployment: d) "
        "AND NOT ONCE watchlist.item.deleted(item: i) "
        "AND NOT EVENTUALLY[0, 24 h] watchlist.item.deleted(item: i))))",
    ),
}
BY_HAND = {
    "R1": """
        SELECT template FROM (
          SELECT template,
                 min(time) FILTER (kind = 'template.created') AS made,
                 min(time) FILTER (kind = 'template.deleted') AS gone,
                 count(*) FILTER (kind = 'alert.raised') AS alerts
          FROM log WHERE kind IN ('template.created', 'template.deleted', 'alert.raised')
          GROUP BY template)
        WHERE made IS NOT NULL AND alerts = 0 AND (gone IS NULL OR gone > made + INTERVAL 1 SECOND)
    """,
    "R2": """
        SELECT alert FROM (SELECT * FROM log WHERE kind = 'engagement.start') e
        WHERE NOT EXISTS (
          SELECT 1 FROM log j JOIN log a ON a.alert = j.alert AND a.kind = 'alert.raised'
                                        AND a.time <= j.time
          WHERE j.kind = 'alert.adjudicated' AND j.alert = e.alert AND j.time <= e.time)
    """,
    "R3": """
        SELECT template
        FROM (SELECT deployment, template, time FROM log WHERE kind = 'template.compared') c
        ASOF LEFT JOIN (
          SELECT deployment, time, kind = 'authority.granted' AND rank >= 5 AS valid
          FROM log WHERE kind IN ('authority.granted', 'authority.cancelled')) a
        ON c.deployment = a.deployment AND c.time >= a.time
        WHERE NOT coalesce(a.valid, false)
    """,
    "R4": """
        SELECT item
        FROM (SELECT watchlist, item FROM log WHERE kind = 'watchlist.item.added') i
        JOIN (SELECT watchlist, deployment FROM log WHERE kind = 'watchlist.compiled') w
        USING (watchlist)
        JOIN (SELECT deployment, time FROM log WHERE kind = 'deployment.end') e USING (deployment)
        ANTI JOIN (SELECT item, time FROM log WHERE kind = 'watchlist.item.deleted') x
        ON x.item = i.item AND x.time <= e.time + INTERVAL 24 HOUR
    """,
}

KEYS = {"R1": "template", "R2": "alert", "R3": "template", "R4": "item"}
"""What a breach is about; in this log, of one instance each."""

POLICY = "met-lfr-2024-09"


def policy_rules() -> list[str]:
    """The rules of the policy that a log can decide: each has breaches, or none, put in."""
    from probity.audit.policy_file import load_policy

    return [rule.rule_id for rule in load_policy(POLICY).rules if rule.check is not None]


def peak_mb() -> float:
    """Most memory that this process held; getrusage would tell of its parent, too."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e3 for line in status if line.startswith("VmHWM"))


def work(form: str, names: list[str], log: dict) -> dict:
    """One run, in this process."""
    import duckdb

    from probity.audit.engine import run
    from probity.audit.language import parse_event, parse_formula
    from probity.audit.outcome import RateCount
    from probity.audit.policy_file import load_policy
    from probity.audit.rule import Rule, TemporalRule
    from probity.core.event import EVERY_EVENT

    path = Path(log["path"])
    breaches: dict[str, list[int]] = {}
    before, clock = time.process_time(), time.perf_counter()
    if form == "by hand":
        with duckdb.connect(":memory:", config={"memory_limit": "3GB", "threads": 2}) as session:
            session.execute("SET preserve_insertion_order = false")
            session.read_parquet(str(path)).create_view("log")
            for name in names:
                breaches[name] = session.execute(BY_HAND[name]).fetchnumpy()[KEYS[name]]
    else:
        if form == "policy":
            rules = [rule for rule in load_policy(POLICY).rules if rule.check]
        else:
            rules = [
                Rule(rule_id=name, title=name, paragraph="", paraphrase="", source_url="",
                     status="DERIVED", check=TemporalRule(
                         for_each=parse_event(RULES[name][0]),
                         require=parse_formula(RULES[name][1])))
                for name in names
            ]  # fmt: skip
        columns = [field.name for field in EVERY_EVENT] + log["columns"]
        found = run(rules, parquet=path, columns=columns, to_us=log["to_us"],
                    counts=log["counts"], filled=log["filled"], first_event=0, threads=2,
                    memory_limit=log["memory_limit"], temporary=log.get("temporary"))  # fmt: skip
        breaches = {one.rule_id: one.breached for one in found if not isinstance(one, RateCount)}
    cpu, wall, peak = time.process_time() - before, time.perf_counter() - clock, peak_mb()
    counts = {name: len(those) for name, those in breaches.items()}
    if form == "policy":
        counts |= {one.rule_id: one.cases for one in found if isinstance(one, RateCount)}
    if form == "compiled":
        breaches = {name: about(path, KEYS[name], those) for name, those in breaches.items()}
    digests = {name: digest(breaches[name]) for name in names if name in KEYS and len(names) == 1}
    return {"counts": counts, "digests": digests, "cpu": cpu, "wall": wall, "peak": peak}


def about(path: Path, key: str, events: np.ndarray) -> np.ndarray:
    """The ids that some events state."""
    with pq.ParquetFile(path) as file:
        asked = np.zeros(file.metadata.num_rows + 1, bool)
        asked[events] = True
        found = [
            np.asarray(batch.column(key).fill_null(-1))[asked[np.asarray(batch.column("event"))]]
            for batch in file.iter_batches(1 << 20, columns=["event", key])
        ]
    return np.concatenate(found)


def digest(ids: np.ndarray) -> str:
    """Of ids in any order."""
    return hashlib.blake2b(np.sort(ids).astype("<i8").tobytes(), digest_size=8).hexdigest()


def measured(form: str, names: list[str], log: dict) -> dict:
    """One run, in a process of its own."""
    command = [sys.executable, __file__, "--worker", json.dumps([form, names, log])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(title: str, forms: dict[str, list[str]], log: dict, runs: int) -> bool:
    """Print the medians of forms that take turns; whether all counted what was put in."""
    results: dict[str, list[dict]] = {form: [] for form in forms}
    for _ in range(runs):
        for form, names in forms.items():
            results[form].append(measured(form, names, log))
    right = len({json.dumps(one["digests"]) for form in results.values() for one in form}) == 1
    if not right:
        print("by hand and compiled find different breaches")
    for form, found in results.items():
        cpu, wall, peak = (statistics.median(one[what] for one in found)
                           for what in ("cpu", "wall", "peak"))  # fmt: skip
        put_in = {name: log["breaches"][name] for name in forms[form]}
        counted = all(one["counts"] == put_in for one in found)
        right &= counted
        spread = max(one["cpu"] for one in found) - min(one["cpu"] for one in found)
        print(f"{title:<6}{form:<10}{cpu:9.2f}{spread:9.2f}{wall:9.2f}{peak:9.0f}   "
              f"{_said(put_in, found[0]['counts'])}")  # fmt: skip
    return right


def _said(put_in: dict[str, int], counted: dict[str, int]) -> str:
    wrong = {
        name: (put_in.get(name), counted.get(name))
        for name in sorted(put_in.keys() | counted.keys())
        if put_in.get(name) != counted.get(name)
    }
    if wrong:
        return f"put in and counted: {wrong}"
    return f"{sum(put_in.values())} of {len(put_in)} rules, as put in"


def main() -> None:
    """Make the log, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--memory-limit", default="3GB", help="of DuckDB's buffers, compiled form")
    parser.add_argument("--policy-only", action="store_true", help="one run of the policy")
    parser.add_argument("--worker")
    given = parser.parse_args()
    if given.worker:
        print(json.dumps(work(*json.loads(given.worker))))
        return
    import audit_log

    with tempfile.TemporaryDirectory() as folder:
        made = audit_log.make((given.keep or Path(folder)) / "log.parquet", events=given.events)
        log = {
            "path": str(made.path),
            "to_us": made.to_us,
            "counts": made.counts,
            "filled": made.filled,
            "breaches": made.breaches,
            "columns": list(audit_log.COLUMNS),
            "memory_limit": given.memory_limit,
        }
        print(f"{made.events} events, {made.path.stat().st_size / 1e6:.0f} MB")
        print(f"{'':<6}{'':<10}{'CPU s':>9}{'spread':>9}{'wall s':>9}{'peak MB':>9}")
        if given.policy_only:
            sys.exit(not compare("all", {"policy": policy_rules()}, log, given.runs))
        right = all(
            [
                compare(name, {"by hand": [name], "compiled": [name]}, log, given.runs)
                for name in RULES
            ]
            + [compare("all", {"by hand": list(RULES), "policy": policy_rules()}, log, given.runs)]
        )
    sys.exit(not right)


if __name__ == "__main__":
    main()
