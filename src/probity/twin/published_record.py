"""The operator's published record: a row of counts for each deployment.

It is made of what an operator knows (faces seen, alerts, decisions, outcomes) and never of the
truth, in the columns of the record that the Metropolitan Police has published since 2023. A last
column names the force, which that record does in its title.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from io import StringIO

import numpy as np

from probity.core.inert_cell import inert
from probity.twin.adjudicate import ARREST, FALSE, NO_ACTION, NOT, OTHER_DISPOSAL, TRUE
from probity.twin.stages import Alerts, Decisions, Flags, Floats, Ints

HEADINGS = (
    "Deployment Location",
    "Date",
    "Duration",
    "LFR Use Case",
    "Watchlist Size",
    "Min Threshold Setting",
    "Total Alerts",
    "True Alerts Confirmed",
    "True Alerts Unconfirmed",
    "False Alerts Confirmed",
    "False Alerts Unconfirmed",
    "False Alert Rate",
    "Outcome - Arrest",
    "Outcome - Other",
    "No action",
    "Faces seen (estimate)",
    "Force",
)

_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Counts of each deployment, each array (n_deployments,).

    Parameters
    ----------
    alerts : int64
        All but those of the operator's own test subjects: true and false, confirmed and
        unconfirmed.
    true_confirmed, false_confirmed : int64
        Somebody was engaged, and was or was not the listed person, as the officers found.
    true_unconfirmed : int64
        Nobody was engaged, and nobody who looked rejected the alert.
    false_unconfirmed : int64
        Somebody who looked rejected it.
    arrests, other_disposals, no_action : int64
        Of the true confirmed alerts.
    """

    faces_seen: Ints
    alerts: Ints
    true_confirmed: Ints
    true_unconfirmed: Ints
    false_confirmed: Ints
    false_unconfirmed: Ints
    arrests: Ints
    other_disposals: Ints
    no_action: Ints

    @property
    def false_alerts(self) -> Ints:
        """Confirmed and unconfirmed false alerts."""
        return self.false_confirmed + self.false_unconfirmed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordRows:
    """What a record says of each deployment beside its counts; (n_deployments,) each."""

    force: str
    place: tuple[str, ...]
    use_case: tuple[str, ...]
    start_us: Ints
    end_us: Ints
    watchlist_size: Ints
    threshold: Floats


def adjudicated_false(decisions: Decisions) -> Flags:
    """Whether those who looked at each alert found it false, (n_alerts,).

    After an engagement the check of identity says so; without one, somebody rejected it.
    """
    looked = decisions.officer_us != NOT
    rejected = ~decisions.operator_accepts | (looked & ~decisions.officer_accepts)
    engaged = decisions.engaged_us != NOT
    return np.asarray(np.where(engaged, decisions.result == FALSE, rejected), np.bool_)


def tally(*, faces_seen: Ints, alerts: Alerts, decisions: Decisions) -> Tally:
    """Count what people made of the alerts of each deployment."""
    counted = ~alerts.seeded
    engaged, false = decisions.engaged_us != NOT, adjudicated_false(decisions)
    true = engaged & (decisions.result == TRUE)

    def count(which: Flags) -> Ints:
        chosen = alerts.deployment[which & counted]
        return np.bincount(chosen, minlength=len(faces_seen)).astype(np.int64)

    return Tally(
        faces_seen=faces_seen,
        alerts=count(np.ones_like(counted)),
        true_confirmed=count(true),
        true_unconfirmed=count(~engaged & ~false),
        false_confirmed=count(engaged & false),
        false_unconfirmed=count(~engaged & false),
        arrests=count(true & (decisions.disposal == ARREST)),
        other_disposals=count(true & (decisions.disposal == OTHER_DISPOSAL)),
        no_action=count(true & (decisions.disposal == NO_ACTION)),
    )


def record_csv(rows: RecordRows, counts: Tally) -> bytes:
    """The record as comma-separated text in UTF-8, one row for each deployment."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(_cells(rows, counts))
    return text.getvalue().encode()


def _cells(rows: RecordRows, counts: Tally) -> Iterator[list[str]]:
    columns = {f.name: getattr(counts, f.name).tolist() for f in fields(Tally)}
    for d, (start_us, end_us) in enumerate(
        zip(rows.start_us.tolist(), rows.end_us.tolist(), strict=True)
    ):
        count = {name: values[d] for name, values in columns.items()}
        false = count["false_confirmed"] + count["false_unconfirmed"]
        hours, minutes = divmod(round((end_us - start_us) / _MINUTE_US), 60)
        yield [
            inert(rows.place[d]),
            datetime.fromtimestamp(start_us / _SECOND_US, UTC).strftime("%d/%m/%y"),
            f"{hours}h {minutes:02}m",
            inert(rows.use_case[d]),
            str(rows.watchlist_size[d]),
            f"{rows.threshold[d]:g}",
            str(count["alerts"]),
            str(count["true_confirmed"]),
            str(count["true_unconfirmed"]),
            str(count["false_confirmed"]),
            str(count["false_unconfirmed"]),
            _percent(false, count["faces_seen"]),
            str(count["arrests"]),
            str(count["other_disposals"]),
            str(count["no_action"]),
            str(count["faces_seen"]),
            inert(rows.force),
        ]


def _percent(k: int, n: int) -> str:
    """k of n in percent to three decimals; empty without faces, of which there is no share."""
    if n == 0:
        return ""
    return f"{(Decimal(100 * k) / n).quantize(_THOUSANDTH, ROUND_HALF_EVEN)}%"
