"""Rules told as stories: a few lines of log, and what an auditor must say of them.

A line is a time, a kind of event and its fields: ``25 h | alert.deleted alert=1``. Times count
from 1 June 2025, 09:00 UTC. ``expect`` runs one rule and looks at the verdict, and at which
events are in breach, by the time they happened.
"""

import re
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from probity.audit.audit import AuditResult, Engine, audit
from probity.audit.duration import microseconds
from probity.audit.explain import Finding
from probity.audit.log.event_log import EventLog
from probity.audit.plain_times import plain_length
from probity.audit.policy_file import load_policy
from probity.audit.verdict import RuleResult
from probity.core.event import EVERY_EVENT, FIELDS, KINDS
from probity.core.event_columns import arrow_schema

START_US = 1_748_768_400_000_000
_LINE = re.compile(r"\s*(-?)([0-9.]+) *(us|ms|s|min|h|d)? *\| *([a-z._]+)(.*)")
_FIELD = re.compile(r'([a-z_]+)=(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class Story:
    """A log of a few events."""

    events: tuple[dict[str, object], ...]
    until_us: int
    recorded: tuple[str, ...]

    def without(self, *kinds: str) -> "Story":
        """The same log from a system that does not record these kinds."""
        left = tuple(kind for kind in self.recorded if kind not in kinds)
        kept = tuple(event for event in self.events if event["kind"] in left)
        return Story(kept, self.until_us, left)

    def log(self, directory: Path) -> EventLog:
        """The log as its reader gives it, every column of the schema there."""
        filled: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for event in self.events:
            filled[str(event["kind"])].update(event.keys())
        schema = arrow_schema(FIELDS)
        path = directory / "log.parquet"
        pq.write_table(pa.Table.from_pylist(list(self.events), schema=schema), path)
        return EventLog(
            path=path,
            columns=tuple(schema.names),
            counts=Counter(str(event["kind"]) for event in self.events),
            filled={kind: dict(counts) for kind, counts in filled.items()},
            recorded=self.recorded,
            from_us=START_US - 3_600_000_000 * 24 * 400,
            to_us=self.until_us,
            declared=True,
        )

    def told(self, policy: str, rule_id: str, *, engine: Engine = "reference") -> "Told":
        """Run one rule of a bundled policy."""
        whole = load_policy(policy)
        only = tuple(rule for rule in whole.rules if rule.rule_id == rule_id)
        with tempfile.TemporaryDirectory() as directory:
            log = self.log(Path(directory))
            result = audit(log, replace(whole, rules=only), engine=engine)
            return Told(result, result.rules[0], tuple(result.findings(result.rules[0])))


@dataclass(frozen=True)
class Told:
    """What the audit said of one rule."""

    whole: AuditResult
    result: RuleResult
    findings: tuple[Finding, ...]

    @property
    def times(self) -> list[str]:
        """When the events in breach happened, since the start: ["90 min"]."""
        return [plain_length(one.event.time_us - START_US) for one in self.findings]


def given(lines: str, *, until: str = "60 d") -> Story:
    """A log from its lines. Its system records every kind of event, until ``until``."""
    events: list[dict[str, object]] = []
    for line in lines.strip().splitlines():
        match = _LINE.fullmatch(line)
        assert match is not None, line
        sign, number, unit, kind, rest = match.groups()
        event: dict[str, object] = {
            "event": len(events),
            "time": START_US + _offset(sign, number, unit),
            "kind": kind,
        }
        allowed = (*KINDS[kind].fields, *(field.name for field in EVERY_EVENT))
        for name, quoted, bare in _FIELD.findall(rest):
            assert name in allowed, line
            event[name] = _value(name, quoted or bare)
        assert set(KINDS[kind].required) <= event.keys(), f"{line}: lacks a required field"
        events.append(event)
    number, unit = until.split()
    return Story(tuple(events), START_US + microseconds(number, unit), tuple(KINDS))


def _offset(sign: str, number: str, unit: str | None) -> int:
    length = microseconds(number, unit or "s")
    return -length if sign else int(length)


def _value(name: str, text: str) -> object:
    match FIELDS[name].type:
        case "id":
            return int(text)
        case "number":
            return float(text)
        case "flag":
            return text == "true"
        case "time":
            match = re.fullmatch(r"(-?)([0-9.]+)([a-z]+)", text)
            assert match is not None, text
            return START_US + _offset(match[1], match[2], match[3])
        case _:
            return text
