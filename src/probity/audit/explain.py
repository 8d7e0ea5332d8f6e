"""Breaches one by one: the event, the events that prove the breach, and a sentence to read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.audit.formula import Value
from probity.audit.log.event_log import EventLog
from probity.audit.plain_times import plain_moment
from probity.audit.plain_values import shown
from probity.audit.reasons import Looked, Reasons
from probity.audit.related import Surroundings, surroundings
from probity.audit.rule import Rule, TemporalRule
from probity.core.event import EVERY_EVENT

_BATCH = 2_000
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NOT_FIELDS = frozenset(field.name for field in EVERY_EVENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """An event of the log: number, kind, microseconds since 1970-01-01 UTC, and its fields."""

    event: int
    kind: str
    time_us: int
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One breach.

    Parameters
    ----------
    rule_id : str
    event : LoggedEvent
        The instance: the event that the rule was checked for.
    related : tuple of LoggedEvent
        Events that show the breach, in the order of time; none where the proof is that nothing
        happened.
    sentence : str
        What was breached, and how the log shows it.
    looked : tuple of Looked
        Where the rule looked for events around the instance, and what came there.
    """

    rule_id: str
    event: LoggedEvent
    related: tuple[LoggedEvent, ...]
    sentence: str
    looked: tuple[Looked, ...] = ()


def explained(log: EventLog, rule: Rule, numbers: NDArray[np.int64]) -> Iterator[Finding]:
    """Explain breaches of one rule, in the order of ``numbers``, a batch at a time."""
    check = rule.check
    if not isinstance(check, TemporalRule) or log.to_us is None:
        return
    reasons = Reasons(check, from_us=log.from_us, to_us=log.to_us)
    for first in range(0, len(numbers), _BATCH):
        batch = [int(number) for number in numbers[first : first + _BATCH]]
        for one in surroundings(log, check, batch):
            yield _finding(rule, reasons, one)


def _finding(rule: Rule, reasons: Reasons, one: Surroundings) -> Finding:
    sentences, events, looked = reasons.of(one)
    own = int(one.event["event"] or 0)
    near = sorted(
        (_logged(row) for row in events.values() if row["event"] != own),
        key=lambda event: (event.time_us, event.event),
    )
    event = _logged(one.event)
    in_log = f" In the log: {'; '.join(sentences)}." if sentences else ""
    return Finding(
        rule_id=rule.rule_id,
        event=event,
        related=tuple(near),
        sentence=f"{_breach(rule, one)}{in_log} Event {event.event}, "
        f"{plain_moment(event.time_us)}.",
        looked=looked,
    )


def _breach(rule: Rule, one: Surroundings) -> str:
    """The rule's own sentence, filled once: what a value holds is not looked at again."""
    values = {name: shown(value) for name, value in one.binding.items()}
    return _PLACE.sub(
        lambda place: values.get(place[1], rule.parameters.get(place[1], place[0])), rule.breach
    )


def _logged(row: Mapping[str, Value]) -> LoggedEvent:
    return LoggedEvent(
        event=int(row["event"] or 0),
        kind=str(row["kind"]),
        time_us=int(row["time"] or 0),
        fields={name: value for name, value in row.items() if name not in _NOT_FIELDS},
    )
