"""Write docs/background/tested-auditor.md: the auditor on 200 logs with planted faults.

Run: .venv/bin/python docs/write_tested_auditor.py, which takes some minutes (a test of
`make verify` checks that it was run).
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faulted_logs import LIVE_FAULTS, SYSTEMS, USUAL, Score, ScoreSheet, audited, everything, rates
from probity.twin.faults.fault import Fault

TARGET = Path(__file__).parent / "background" / "tested-auditor.md"
LOGS = 200
SEED = 20261124

HEAD = """# The auditor is tested

What is an audit worth that finds nothing? Here it is tried on logs whose faults are known. The
twin writes the log of a system that keeps every rule, plants faults in it, and keeps a key: which
rules each fault breaches, and at which events. The auditor sees the log alone.

This page is written by `docs/write_tested_auditor.py`, which reproduces every figure:
{logs} logs, seed {seed} (log number n plants with seed {seed} + n), {events} events. Each log has
{deployments} deployments and 4 to 24 faults, drawn at random from {faults}. Three systems take
turns: {systems}. Each log is judged by every bundled policy that can bind its system: Essex and
Suffolk's threshold contradicts that of others, and Greater Manchester's “nothing recorded”
contradicts every rule about recordings.

A breach counts as found when the auditor names the rule and the event. A rule that counts ({rates})
has one verdict a log. What is found and is not in the key is a false finding.

**{planted} breaches planted, {found} found, {missed} missed, {false} false findings.**
"""

RULES = """
## By rule

| policy/rule | logs | planted | found | missed | false findings |
|---|---|---|---|---|---|
{rows}

`met-lfr-2024-09/R50-published` states no number of days: a missing record leaves it undecided, and
no log can breach it. Rules on searches are not in the table: each of their faults is tested
alone (`tests/unit/twin/test_search_faults.py`).

## Damage to the log

The reader of a log reports what is wrong with it before any rule runs. Found means: the problem
is named with the number of events concerned (for events out of order: with the events).

| problem | logs | found | missed | false |
|---|---|---|---|---|
{problems}

Deployments overlap in time in the twin's file, so every log has some events out of order; that
problem is therefore not counted as false.

## By fault

How often each fault was planted, and what it is.

| fault | logs | what was done |
|---|---|---|
{faults}

## What this does not show

- Faults are planted one way each. That a deadline of 24 hours is missed by 6 hours is seen; that
  it is missed by a microsecond is the subject of the rule language's own tests.
- A fault is told by the same people who wrote the rules. The key was made without running a rule,
  and each fault alone is checked to breach what it says and nothing else, but a misreading of a
  policy that both share stays unseen here.
- No planted fault is one that a log cannot show: see the rules that need a document.
- That published figures differ from the log breaches no rule of a bundled policy, so it is not
  planted: no rule that we know of asks for it. A record that is missing is decided by a log where
  a number of days is stated (five for Bedfordshire, `bedfordshire/R65`); that every deployment is
  published (R50) needs sightings by others, which are in no log.
"""


def run() -> ScoreSheet:
    """Audit the logs of the page."""
    with TemporaryDirectory() as directory:
        return audited(LOGS, Path(directory), seed=SEED)


def page(tested: ScoreSheet) -> str:
    """Return the whole page."""
    scores = tested.rules.values()
    head = HEAD.format(
        logs=LOGS,
        seed=SEED,
        events=f"{tested.events:,}",
        deployments=USUAL.deployments,
        faults=len(LIVE_FAULTS),
        systems=" · ".join(SYSTEMS),
        rates=", ".join(f"`{rule}`" for rule in sorted(rates())),
        planted=f"{sum(one.planted for one in scores):,}",
        found=f"{sum(one.found for one in scores):,}",
        missed=sum(one.missed for one in scores),
        false=sum(one.false for one in scores),
    )
    return head + RULES.format(
        rows="\n".join(
            _row(rule.rule_id, tested.rules.get(rule.rule_id, Score()))
            for rule in everything().rules
        ),
        problems="\n".join(
            f"| {kind} | {one.logs} | {one.found} | {one.missed} | {one.false} |"
            for kind, one in sorted(tested.problems.items())
        ),
        faults="\n".join(
            f"| `{name}` | {tested.faults[name]} | {fault.sentence} |"
            for name, fault in LIVE_FAULTS.items()
            if isinstance(fault, Fault)
        ),
    )


def _row(rule: str, one: Score) -> str:
    return f"| `{rule}` | {one.logs} | {one.planted} | {one.found} | {one.missed} | {one.false} |"


if __name__ == "__main__":
    written = page(run())
    TARGET.write_text(written, encoding="utf-8")
    print(next(line for line in written.splitlines() if line.startswith("**")))
