"""One rule over a stream: which of its instances are open, and what became of the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from probity.audit.formula import Formula, Value
from probity.audit.guarded import event_of, events_in, formulas_of, rule_future_reach_us
from probity.audit.meaning import Truth
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule
from probity.audit.stream.codes import Codes, Table, Words, empty, joined, taken
from probity.audit.stream.exactly import judged_exactly
from probity.audit.stream.instances import Instances, fields_of_variables, instances_in
from probity.audit.stream.screen import HARD, Screen, Truths, asked_of, index_for
from probity.audit.stream.store import FAR_US, KindStore

MOST_EVIDENCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A finding: the instance, and events with its values that the rule looked at.

    Parameters
    ----------
    rule_id : str
    event, time_us : int
        The instance.
    related : tuple of int
        Numbers of at most ``MOST_EVIDENCE`` further events, ascending; none where the proof is
        that nothing came.
    binding : mapping of str to value
        The variables of the rule's pattern.
    """

    rule_id: str
    event: int
    time_us: int
    related: tuple[int, ...]
    binding: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """What a step settled for one rule."""

    rule_id: str
    breaches: tuple[Breach, ...] = ()
    unknown: Codes = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class RuleMonitor:
    """A rule that a log can decide, with its open instances.

    ``checked``, ``breached``, ``unknown`` count instances that are settled; of a rate rule,
    ``breached`` counts the cases.
    """

    def __init__(self, rule: Rule) -> None:
        if rule.check is None:
            raise TypeError(f"{rule.rule_id} is not for a log")
        self.rule, self.check = rule, rule.check
        self.pattern = event_of(rule.check)
        self.formulas = formulas_of(rule.check)
        self.reach_us = rule_future_reach_us(rule.check)
        self.checked = self.breached = self.unknown = 0
        named = fields_of_variables(self.pattern).values()
        self.fields = tuple(dict.fromkeys(("event", "time", *named)))
        self.open = empty(self.fields)

    @property
    def of_rate(self) -> bool:
        """Whether it counts cases and has no findings of its own."""
        return isinstance(self.check, RateRule)

    def horizon_us(self, complete_us: int) -> int:
        """The earliest instant at which it may still be judged."""
        times = self.open["time"]
        return min(int(times[0]), complete_us + 1) if len(times) else complete_us + 1

    def step(
        self, fresh: Table | None, stores: Mapping[str, KindStore], words: Words, to_us: int
    ) -> Decided | None:
        """Take new events of the rule's kind, and settle what can be settled at ``to_us``."""
        table = self.open
        if fresh is not None:
            table = joined(table, instances_in(fresh, self.pattern, words))
        if not len(table["event"]):
            return None
        instances = Instances(self.pattern, table)
        applies, holds = self._judged(instances, stores, words, to_us)
        open_ = (applies == Truth.UNKNOWN) | ((applies == Truth.TRUE) & (holds == Truth.UNKNOWN))
        ended = self._ended(table["time"], to_us)
        unknown = np.flatnonzero(open_ & ended)
        true = Truth.TRUE if self.of_rate else Truth.FALSE
        breached = np.flatnonzero((applies == Truth.TRUE) & (holds == true))
        going_on = open_ & ~ended
        self.checked += int(((applies != Truth.FALSE) & ~going_on).sum())
        self.breached += len(breached)
        self.unknown += len(unknown)
        self.open = taken(table, going_on)
        if self.of_rate or not (len(breached) or len(unknown)):
            return None
        return Decided(
            rule_id=self.rule.rule_id,
            breaches=self._breaches(instances.taken(breached), stores, words),
            unknown=table["event"][unknown],
        )

    def outcome(self, breached: Codes, unknown: Codes) -> Outcome | RateCount:
        """The result where the log ends; ``breached``, ``unknown`` are all that were settled."""
        rest = len(self.open["event"])
        if self.of_rate:
            return RateCount(
                rule_id=self.rule.rule_id,
                of=self.checked + rest,
                cases=self.breached,
                unknown=self.unknown + rest,
            )
        return Outcome(
            rule_id=self.rule.rule_id,
            checked=self.checked + rest,
            breached=np.sort(breached),
            undecided=np.sort(self.open["event"]),
            unknown=np.sort(unknown),
        )

    def _ended(self, times: Codes, to_us: int) -> NDArray[np.bool_]:
        if self.reach_us is None:
            return np.zeros(len(times), dtype=bool)
        ended: NDArray[np.bool_] = times + min(self.reach_us, FAR_US) <= to_us
        return ended

    def _judged(
        self, instances: Instances, stores: Mapping[str, KindStore], words: Words, to_us: int
    ) -> tuple[Truths, Truths]:
        screen = Screen(instances, stores, words, to_us)
        truths = [screen.truth(formula) for formula in self.formulas]
        if len(truths) == 1:
            truths.insert(0, np.full(len(instances), Truth.TRUE, dtype=np.int8))
        applies, holds = truths
        hard = (applies == HARD) | ((applies == Truth.TRUE) & (holds == HARD))
        rows = np.flatnonzero(hard)
        if len(rows):
            exact = judged_exactly(self.formulas, instances.taken(rows), stores, words, to_us)
            holds[rows] = exact[-1]
            if len(exact) > 1:
                applies[rows] = exact[0]
        return applies, holds

    def _breaches(
        self, breached: Instances, stores: Mapping[str, KindStore], words: Words
    ) -> tuple[Breach, ...]:
        related: list[set[int]] = [set() for _ in range(len(breached))]
        if len(breached):
            for formula in self.formulas:
                self._relate(formula, breached, stores, words, related)
        return tuple(
            Breach(
                rule_id=self.rule.rule_id,
                event=event,
                time_us=time,
                related=tuple(sorted(related[row] - {event})[:MOST_EVIDENCE]),
                binding=breached.binding(row, words),
            )
            for row, (event, time) in enumerate(
                zip(breached.table["event"].tolist(), breached.times.tolist(), strict=True)
            )
        )

    def _relate(
        self,
        formula: Formula,
        breached: Instances,
        stores: Mapping[str, KindStore],
        words: Words,
        related: list[set[int]],
    ) -> None:
        far = np.full(len(breached), FAR_US)
        for event in events_in(formula):
            asked = asked_of(event, breached)
            if not asked:
                continue
            store, index = stores[event.kind], index_for(event, breached, stores, words)
            start, end = index.found(asked, -far, far)
            for row in np.flatnonzero(end > start).tolist():
                some = index.rows[start[row] : min(end[row], start[row] + MOST_EVIDENCE)]
                related[row].update(store.table["event"][some].tolist())


def fields_read(rule: Rule) -> dict[str, set[str]]:
    """By kind, the fields that a rule reads."""
    needed: dict[str, set[str]] = {}
    if rule.check is None:
        return needed
    events = [event_of(rule.check)]
    for formula in formulas_of(rule.check):
        events += events_in(formula)
    for event in events:
        own = needed.setdefault(event.kind, {"event", "time"})
        own.update(name for name, _ in event.fields)
    return needed
