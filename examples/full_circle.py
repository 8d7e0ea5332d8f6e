"""From a system at work to a verdict that anybody can check, beside the hidden truth.

    python examples/full_circle.py town-centre-2024 out/full-circle

The twin runs the described system on synthetic people. What its operator publishes is read,
audited, measured, put to two claims, and published; a reader verifies it. Only then is the truth
opened that the twin kept apart, and set beside what the instruments said.

A record counts what officers decided, and officers err: an alert on the right person may be
written down as false. Where that is most of the false alerts, the record's interval misses the
truth however well it is read (try `fixed-cameras`). That is a limit of every record, and of all
that is worked out from one.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

CLAIMS = Path(__file__).with_name("synthetic-claims.toml")
POLICY = "college-app"
FAULTS = ("rank-too-low", "notice-late", "list-unreviewed")


@dataclass(frozen=True)
class Beside:
    """What an instrument said, from the least to the most it allows, and the truth.

    ``decided_by_people``: the instrument can only repeat what officers decided.
    """

    what: str
    low: float
    high: float
    truth: float
    decided_by_people: bool = False

    @property
    def agrees(self) -> bool:
        return self.low <= self.truth <= self.high


def probity(*arguments: str | Path) -> str:
    """Run a command, show it, and return what it printed."""
    words = [str(one) for one in arguments]
    print("$ probity", " ".join(words), file=sys.stderr)
    program = Path(sys.executable).with_name("probity")
    done = subprocess.run([program, *words], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def full_circle(scenario: str, out: Path, *, seed: int = 1) -> list[Beside]:
    """Every step, into the new directory ``out``; what the instruments said beside the truth."""
    out.mkdir(parents=True)
    system, record = out / "system", out / "system" / "record.csv"
    faults = [word for fault in FAULTS for word in ("--faults", fault)]
    probity(*("twin", "run", scenario, "--seed", str(seed), "--events", *faults, "--out", system))
    probity("records", "read", record)
    audit = probity("audit", system / "events.parquet", "--policy", POLICY, "--format", "json")
    (out / "audit.json").write_text(audit, encoding="utf-8")
    scores = ("--scores", system / "scores.parquet", "--format", "json")
    measured = probity("measure", "verification", *scores)
    (out / "verification.json").write_text(measured, encoding="utf-8")
    given = ("--claims", CLAIMS, "--records", record)
    checked = probity("check", *given, "--format", "json")
    bundle = out / "bundle"
    said = probity(*("publish", "bundle", *given, "--audit", out / "audit.json", "--out", bundle))
    digest = said.split()[-1]
    probity("verify", bundle, "--digest", digest, "--recompute")
    return list(beside_truth(system, json.loads(checked), json.loads(audit)))


def beside_truth(
    system: Path, checked: dict[str, Any], audited: dict[str, Any]
) -> tuple[Beside, ...]:
    """Open the truth, and set it beside the figures of the claims and of the audit."""
    truth = pq.read_table(system / "truth.parquet")
    alerts = truth.filter(pc.and_(pc.is_valid(truth["alert"]), pc.invert(truth["seeded"])))
    wrong = alerts.num_rows - pc.sum(alerts["mated"]).as_py()
    per_face, per_alert = (claim["measures"][0] for claim in checked["claims"])
    key = json.loads((system / "faults.json").read_text(encoding="utf-8"))
    planted = {
        (rule.split("/")[1], event)
        for fault in key["faults"]
        for breach in fault["breaches"]
        for rule in breach["rules"]
        if rule.startswith(f"{POLICY}/")
        for event in breach["events"]
    }
    found = sum(rule["breaches"] for rule in audited["rules"] if rule["verdict"] == "breached")
    return (
        Beside("alerts in the record", per_alert["n"], per_alert["n"], alerts.num_rows),
        Beside(
            "wrong alerts per face seen",
            per_face["low"],
            per_face["high"],
            wrong / per_face["n"],
            decided_by_people=True,
        ),
        Beside(
            "wrong share of alerts",
            per_alert["low"],
            per_alert["high"],
            wrong / alerts.num_rows,
            decided_by_people=True,
        ),
        Beside("breaches of the policy", found, found, len(planted)),
    )


if __name__ == "__main__":
    compared = full_circle(sys.argv[1], Path(sys.argv[2]))
    for one in compared:
        between = f"{one.low:.6g}" if one.low == one.high else f"{one.low:.4g} to {one.high:.4g}"
        word = "agrees" if one.agrees else "differs"
        if one.decided_by_people and not one.agrees:
            word += ", since officers decide what is counted as false"
        print(f"{one.what:28} {between:28} truth {one.truth:.6g}: {word}")
    sys.exit(not all(one.agrees or one.decided_by_people for one in compared))
