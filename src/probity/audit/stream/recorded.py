"""What a stream has shown of its kinds and fields, so that silence is not taken for a breach."""

from collections.abc import Iterable

import numpy as np

from probity.audit.log.event_log import EventLog
from probity.audit.log.header import Statement
from probity.audit.rule import RateRule, TemporalRule
from probity.audit.stream.codes import MISSING, Codes, Table
from probity.audit.verdict import lacking
from probity.core.event import EVERY_EVENT, FIELDS, KINDS


class Recorded:
    """Kinds and fields that were seen, or that the log says it records.

    Parameters
    ----------
    statement : Statement
        What the log says about itself.
    columns : iterable of str
        Fields that the log has a column for. Others count once they had a value.
    """

    def __init__(self, statement: Statement, columns: Iterable[str] = ()) -> None:
        self.statement, self.columns = statement, frozenset(columns)
        self.counts: dict[str, int] = {}
        self.filled: set[tuple[str, str]] = set()
        self.changes = 0

    def add(self, table: Table, kinds: Codes, names: Iterable[str]) -> None:
        """Count rows; ``kinds`` are places in ``names``, negative for others."""
        names = tuple(names)
        counts = np.bincount(kinds[kinds >= 0], minlength=len(names))
        for code in np.flatnonzero(counts).tolist():
            kind = names[code]
            self.changes += kind not in self.counts
            self.counts[kind] = self.counts.get(kind, 0) + int(counts[code])
            open_ = [f for f in KINDS[kind].fields if (kind, f) not in self.filled and f in table]
            if not open_:
                continue
            rows = kinds == code
            for name in open_:
                if (table[name][rows] != MISSING).any():
                    self.filled.add((kind, name))
                    self.changes += 1

    def missing_for(self, check: TemporalRule | RateRule) -> tuple[str, ...]:
        """What the log lacks for a rule so far, each in words."""
        return lacking(check, self.as_log())

    def as_log(self) -> EventLog:
        """What is known of the log, without its events."""
        recorded = self.counts if self.statement.kinds is None else self.statement.kinds
        named = {field.name for field in EVERY_EVENT} | {name for _, name in self.filled}
        return EventLog(
            path=(),
            columns=tuple(name for name in FIELDS if name in named | self.columns),
            counts={kind: self.counts[kind] for kind in KINDS if kind in self.counts},
            filled={kind: {name: 1 for own, name in self.filled if own == kind} for kind in KINDS},
            recorded=tuple(kind for kind in KINDS if kind in recorded),
            from_us=self.statement.from_us,
            to_us=self.statement.to_us,
            declared=self.statement.kinds is not None,
            system=self.statement.system,
        )
