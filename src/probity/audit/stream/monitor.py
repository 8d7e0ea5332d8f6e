"""All rules of a policy over a stream of events, in bounded memory.

Events come in batches, are put in the order of time within the lateness that was agreed, and
go to stores that keep what the rules may still need. At each step every rule settles the
instances it can: a breach is told as soon as no later event can undo it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from probity.audit.formula import Constant
from probity.audit.guarded import events_in, formulas_of, kinds_needed
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import Rule
from probity.audit.stream.claims import claims_of
from probity.audit.stream.codes import MISSING, Table, Words, code_of, encoded, taken
from probity.audit.stream.recorded import Recorded
from probity.audit.stream.reorder import KIND, Reorder
from probity.audit.stream.rule_monitor import Decided, RuleMonitor, fields_read
from probity.audit.stream.store import KindStore
from probity.core.event import FIELDS

MOST_SPARE_WORDS = 100_000


class StreamMonitor:
    """Runs rules over events as they come.

    Parameters
    ----------
    rules : sequence of Rule
        Guarded. Those that no log can decide are passed over.
    lateness_us : int
        How much earlier than an event before it an event may be.
    to_us : int, optional
        Where the log ends, that moment included, if that is known; later events are left out.
    recorded : Recorded, optional
        Is told of every event, too late or not.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        lateness_us: int = 0,
        to_us: int | None = None,
        recorded: Recorded | None = None,
    ) -> None:
        self.rules = tuple(RuleMonitor(rule) for rule in rules if rule.check is not None)
        self.recorded = recorded
        self.events = 0
        self.judged_to_us: int | None = None
        self.words = Words()
        kinds = sorted({kind for one in self.rules for kind in kinds_needed(one.check)})
        self.kinds = {kind: code for code, kind in enumerate(kinds)}
        read: dict[str, set[str]] = {kind: set() for kind in kinds}
        for one in self.rules:
            for kind, fields in fields_read(one.rule).items():
                read[kind] |= fields
        self.fields = {kind: tuple(name for name in FIELDS if name in read[kind]) for kind in kinds}
        every = set().union(("event", "time"), *read.values())
        self.columns = tuple(name for name in FIELDS if name in every)
        self.restate_words()
        self.reorder = Reorder((*self.columns, KIND), lateness_us=lateness_us, to_us=to_us)
        claims = [
            (at, claim) for at, one in enumerate(self.rules) for claim in claims_of(one.check)
        ]
        asked = {claim.pattern.kind for _, claim in claims}
        self.stores = {
            kind: KindStore(
                self.fields[kind], [own for own in claims if own[1].pattern.kind == kind]
            )
            for kind in kinds
            if kind in asked
        }

    @property
    def rows_kept(self) -> int:
        """Events in the state: held back, stored, and open instances."""
        stored = sum(len(store.table["event"]) for store in self.stores.values())
        return self.reorder.rows + stored + sum(len(one.open["event"]) for one in self.rules)

    @property
    def bytes_kept(self) -> int:
        """Size of the tables in the state."""
        tables = [self.reorder.held, *(store.table for store in self.stores.values())]
        tables += [one.open for one in self.rules]
        return sum(column.nbytes for table in tables for column in table.values())

    def add(self, batch: Any) -> None:
        """Take a record batch of checked events, in the order in which they came."""
        table, kinds = encoded(batch, self.columns, self.kinds, self.words)
        self.events += len(kinds)
        if self.recorded is not None:
            self.recorded.add(table, kinds, self.kinds)
        self.reorder.add({**table, KIND: kinds})

    def advance(self) -> list[Decided]:
        """Settle what can be settled with the events that are due."""
        complete = self.reorder.complete_us
        if complete is None:
            return []
        return self._judge(self.reorder.release(), complete)

    def finish(self, *, to_us: int | None = None) -> list[Decided]:
        """Settle what can be settled where the log ends: nothing comes after it.

        ``to_us`` is where it ends; by default where it was said to end, else the last event.
        """
        if to_us is None:
            to_us = self.reorder.newest_us if self.reorder.to_us is None else self.reorder.to_us
        if to_us is None:
            return []
        return self._judge(self.reorder.release(everything=True), to_us)

    def outcomes(
        self, breached: Mapping[str, Sequence[int]], unknown: Mapping[str, Sequence[int]]
    ) -> tuple[Outcome | RateCount, ...]:
        """Results after ``finish``, from the numbers of all events that steps have settled."""
        return tuple(
            one.outcome(
                np.array(breached.get(one.rule.rule_id, ()), dtype=np.int64),
                np.array(unknown.get(one.rule.rule_id, ()), dtype=np.int64),
            )
            for one in self.rules
        )

    def compact_words(self) -> None:
        """Forget texts that nothing in the state uses."""
        self.reorder.settle()
        if len(self.words) < MOST_SPARE_WORDS:
            return
        tables = [self.reorder.held, *(store.table for store in self.stores.values())]
        tables += [one.open for one in self.rules]
        columns = [
            (table, name) for table in tables for name in table if _is_text(name) and name != KIND
        ]
        none = np.empty(0, dtype=np.int64)
        used = np.concatenate([none, *(table[name] for table, name in columns)])
        self.words, moved = self.words.only(used)
        moved = np.append(moved, MISSING)
        for table, name in columns:
            table[name] = moved[np.where(table[name] == MISSING, len(moved) - 1, table[name])]
        self.restate_words()

    def _judge(self, released: Table, to_us: int) -> list[Decided]:
        self.judged_to_us = to_us
        fresh = self._by_kind(released)
        for kind, table in fresh.items():
            if kind in self.stores:
                self.stores[kind].add(table)
        decided = [
            one.step(fresh.get(one.pattern.kind), self.stores, self.words, to_us)
            for one in self.rules
        ]
        horizons = [one.horizon_us(to_us) for one in self.rules]
        for store in self.stores.values():
            store.prune(horizons, self.words)
        return [one for one in decided if one is not None]

    def _by_kind(self, released: Table) -> dict[str, Table]:
        kinds = released[KIND]
        found = {}
        for kind, code in self.kinds.items():
            rows = np.flatnonzero(kinds == code)
            if len(rows):
                found[kind] = taken({name: released[name] for name in self.fields[kind]}, rows)
        return found

    def restate_words(self) -> None:
        """Give every text in the rules a number, so that looking one up makes no new one."""
        for one in self.rules:
            events = [one.pattern, *(e for f in formulas_of(one.check) for e in events_in(f))]
            for event in events:
                for field, term in event.fields:
                    if isinstance(term, Constant):
                        code_of(field, term.value, self.words)


def _is_text(name: str) -> bool:
    return FIELDS[name].type == "text"
