"""Rules and logs in the classic shapes of monitoring, written in both languages.

Each log is a table: second, kind, fields. Numbers of events count from 1 down the table.
"""

from dataclasses import dataclass
from itertools import groupby

from probity.audit.formula import Value
from probity.audit.language import parse_event, parse_formula
from probity.audit.mfotl import log_line
from probity.audit.rule import Rule, TemporalRule
from probity.core.event import FIELDS, KINDS

HOUR = 3_600
_ABSENT: dict[str, Value] = {"id": 0, "text": "", "number": 0.0, "flag": False, "time": 0}
"""MonPoly has no missing values; no rule here looks at a field that its log leaves out."""


@dataclass(frozen=True)
class Case:
    """A rule, its log, and whether the two monitors are to agree."""

    name: str
    for_each: str
    require: str
    log: tuple[tuple[int, str, dict[str, Value]], ...]
    same: bool = True

    @property
    def rows(self) -> list[dict[str, Value]]:
        """The log as events."""
        return [
            {"event": number, "time": second * 1_000_000, "kind": kind, **fields}
            for number, (second, kind, fields) in enumerate(self.log, start=1)
        ]

    @property
    def rule(self) -> Rule:
        """The rule, to be judged."""
        check = TemporalRule(
            for_each=parse_event(self.for_each), require=parse_formula(self.require)
        )
        return Rule(
            rule_id="R1",
            title=self.name,
            paragraph="none",
            paraphrase=self.name,
            source_url="https://example.org/",
            status="DERIVED",
            check=check,
        )

    @property
    def monpoly_log(self) -> str:
        """The log for MonPoly: a time point for each run of rows of one second."""
        lines = []
        runs = groupby(
            self.rows, key=lambda row: (row["time"], row["event"] if not self.same else 0)
        )
        for (time, _), events in runs:
            rows = [
                {"event": row["event"], "time": row["time"]}
                | {"kind": row["kind"]}
                | {f: _ABSENT[FIELDS[f].type] for f in KINDS[str(row["kind"])].fields}
                | row
                for row in events
            ]
            lines.append(log_line(int(time), rows))
        return "\n".join(lines) + "\n"


def _alert(second: int, alert: int) -> tuple[int, str, dict[str, Value]]:
    return second, "alert.raised", {"alert": alert, "deployment": 1, "template": 1}


CASES = (
    Case(
        "deletion within 30 h",
        "alert.raised(event: n, alert: a)",
        "EVENTUALLY[0, 30 h] alert.deleted(alert: a)",
        (
            _alert(0, 1),
            _alert(0, 2),
            _alert(HOUR, 3),
            (HOUR, "alert.deleted", {"alert": 3}),
            (30 * HOUR, "alert.deleted", {"alert": 1}),
            (30 * HOUR + 1, "alert.deleted", {"alert": 2}),
            (99 * HOUR, "media.deleted", {"medium": 1}),
        ),
    ),
    Case(
        "open deadline at the end of the log",
        "alert.raised(event: n, alert: a)",
        "EVENTUALLY[0, 30 h] alert.deleted(alert: a)",
        (_alert(0, 1), (HOUR, "alert.deleted", {"alert": 2})),
        same=False,
    ),
    Case(
        "since authorisation",
        "template.compared(event: n, deployment: d)",
        "EXISTS a. (NOT authority.cancelled(deployment: d)) SINCE "
        "authority.granted(authority: a, deployment: d)",
        (
            (0, "template.compared", {"template": 1, "deployment": 1}),
            (1, "authority.granted", {"authority": 1, "deployment": 1}),
            (2, "template.compared", {"template": 2, "deployment": 1}),
            (2, "template.compared", {"template": 3, "deployment": 2}),
            (3, "authority.cancelled", {"authority": 1, "deployment": 1}),
            (3, "template.compared", {"template": 4, "deployment": 1}),
            (4, "template.compared", {"template": 5, "deployment": 1}),
            (5, "authority.granted", {"authority": 2, "deployment": 1}),
            (5, "authority.cancelled", {"authority": 1, "deployment": 1}),
            (6, "template.compared", {"template": 6, "deployment": 1}),
        ),
    ),
    Case(
        "once before, twice over",
        "engagement.start(event: n, alert: a)",
        "ONCE[0, 10 s] (alert.adjudicated(alert: a) AND ONCE[0, 5 s] alert.raised(alert: a))",
        (
            _alert(0, 1),
            (5, "alert.adjudicated", {"alert": 1, "decision": "accept"}),
            (15, "engagement.start", {"engagement": 1, "alert": 1}),
            (16, "engagement.start", {"engagement": 2, "alert": 1}),
            _alert(20, 2),
            (26, "alert.adjudicated", {"alert": 2, "decision": "accept"}),
            (27, "engagement.start", {"engagement": 3, "alert": 2}),
            (28, "engagement.start", {"engagement": 4, "alert": 3}),
        ),
    ),
    Case(
        "two events of one second, the later first in the file",
        "engagement.start(event: n, alert: a)",
        "ONCE alert.adjudicated(alert: a)",
        (
            (5, "engagement.start", {"engagement": 1, "alert": 1}),
            (5, "alert.adjudicated", {"alert": 1, "decision": "accept"}),
        ),
        same=False,
    ),
    Case(
        "until closed",
        "deployment.start(event: n, deployment: d)",
        "(NOT config.threshold(deployment: d)) UNTIL[0, 8 h] deployment.end(deployment: d)",
        (
            (0, "deployment.start", {"deployment": 1}),
            (0, "deployment.start", {"deployment": 2}),
            (1, "config.threshold", {"deployment": 2, "threshold": 0.6}),
            (2, "deployment.end", {"deployment": 1}),
            (3, "deployment.end", {"deployment": 2}),
            (4, "deployment.start", {"deployment": 3}),
            (9 * HOUR, "deployment.end", {"deployment": 3}),
        ),
    ),
    Case(
        "a bound that is left out",
        "alert.deleted(event: n, alert: a)",
        "ONCE (0, 2 s] alert.raised(alert: a)",
        (
            _alert(0, 1),
            (0, "alert.deleted", {"alert": 1}),
            (2, "alert.deleted", {"alert": 1}),
            (3, "alert.deleted", {"alert": 1}),
        ),
    ),
    Case(
        "two different reviewers",
        "search.acted(event: n, search: s)",
        "COUNT r. (ONCE search.reviewed(search: s, actor: r)) >= 2",
        (
            (0, "search.reviewed", {"search": 1, "actor": 7, "decision": "accept"}),
            (1, "search.reviewed", {"search": 1, "actor": 7, "decision": "accept"}),
            (2, "search.acted", {"search": 1}),
            (3, "search.reviewed", {"search": 1, "actor": 8, "decision": "accept"}),
            (4, "search.acted", {"search": 1}),
            (5, "search.acted", {"search": 2}),
        ),
    ),
    Case(
        "values and times compared",
        "alert.raised(event: n, deployment: d, score: s, time: t)",
        # MonPoly wants the values bound where they are compared: the event is named again.
        "EXISTS x, u. alert.raised(event: n, deployment: d, score: s, time: t) AND "
        "ONCE config.threshold(deployment: d, threshold: x, time: u) "
        "AND s >= x AND t - u <= 10 s",
        (
            (0, "config.threshold", {"deployment": 1, "threshold": 0.6}),
            (10, "alert.raised", {"alert": 1, "deployment": 1, "template": 1, "score": 0.6}),
            (10, "alert.raised", {"alert": 2, "deployment": 1, "template": 2, "score": 0.5}),
            (11, "alert.raised", {"alert": 3, "deployment": 1, "template": 3, "score": 0.7}),
        ),
    ),
)
