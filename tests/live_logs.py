"""Logs as a live system writes them: JSON Lines of deployments with breaches in them."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from event_logs import spelt
from probity.audit.formula import Value
from probity.core.event_columns import LogHeader

START_US = 1_767_225_600_000_000
SECOND = 1_000_000
HOUR = 3_600 * SECOND
KINDS = (
    "authority.granted", "authority.cancelled", "deployment.start", "deployment.end",
    "template.created", "template.compared", "template.deleted", "alert.raised",
    "alert.adjudicated", "engagement.start",
)  # fmt: skip
Row = dict[str, Value]


def live_rows(*, faces: int, seed: int = 1) -> list[Row]:
    """Events of three deployments in the order of time, with some of each breach.

    A template in 40 is never deleted, one in 60 late; an alert in 3 is acted on though nobody
    accepted it; the second deployment starts without an authority.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    rows: list[Row] = []

    def add(kind: str, time: float, **fields: Value) -> None:
        rows.append({"event": 0, "time": START_US + int(time), "kind": kind, **fields})

    for deployment in range(3):
        start = deployment * 6 * HOUR
        if deployment != 1:
            add("authority.granted", start - HOUR, authority=deployment, deployment=deployment,
                rank=5.0, window_start=START_US, window_end=START_US + 99 * HOUR)  # fmt: skip
        add("deployment.start", start, deployment=deployment)
        for face in range(faces // 3):
            template = deployment * faces + face
            time = start + int(rng.integers(0, 4 * HOUR))
            add("template.created", time, template=template, deployment=deployment)
            add("template.compared", time + 5_000, template=template, deployment=deployment)
            if face % 50 == 7:
                add("alert.raised", time + 6_000, alert=template, deployment=deployment,
                    template=template, score=0.7)  # fmt: skip
                if face % 3:
                    add("alert.adjudicated", time + 9 * SECOND, alert=template, decision="accept")
                add("engagement.start", time + 60 * SECOND, engagement=template, alert=template)
            elif face % 40:
                life = 3 * SECOND if face % 60 == 1 else 500_000
                add("template.deleted", time + life, template=template)
        add("deployment.end", start + 5 * HOUR, deployment=deployment)
        add("authority.cancelled", start + 5 * HOUR + 1, authority=deployment,
            deployment=deployment)  # fmt: skip
    rows.sort(key=lambda row: (row["time"], row["kind"]))
    for number, row in enumerate(rows):
        row["event"] = number
    return rows


def end_of(rows: Sequence[Row]) -> int:
    """When the last event happened."""
    return max(int(row["time"] or 0) for row in rows)


def header_line(rows: Sequence[Row]) -> str:
    """What the system says about its log."""
    header = LogHeader("live", KINDS, START_US - HOUR, end_of(rows))
    return json.dumps(
        {
            "schema": "probity/events/1",
            "system": header.system,
            "kinds": list(header.kinds),
            "from_us": header.from_us,
            "to_us": header.to_us,
        }
    )


def shuffled(rows: Sequence[Row], *, within_us: int, seed: int = 2) -> list[Row]:
    """In another order, in which no event comes more than ``within_us`` late."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    delay = rng.integers(0, within_us, len(rows), endpoint=True)
    order = np.argsort([int(row["time"] or 0) for row in rows] + delay, kind="stable")
    return [rows[place] for place in order]


def lines(rows: Sequence[Row]) -> str:
    """One line for each event."""
    return "".join(f"{json.dumps(spelt(row))}\n" for row in rows)


def write(path: Path, rows: Sequence[Row], *, header: bool = True) -> Path:
    """A log file."""
    path.write_text((f"{header_line(rows)}\n" if header else "") + lines(rows), encoding="utf-8")
    return path
