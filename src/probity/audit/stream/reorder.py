"""Late events put in their place: held back until nothing earlier can still come.

With a lateness of L, an event may stand in the log after another that is up to L younger. Once
an event of time T was seen, the log is complete for all times before T - L. What still comes
for such a time is *too late*: counted, and left out.
"""

from typing import Final

import numpy as np

from probity.audit.stream.codes import Codes, Table, empty, taken

_MOST_EXAMPLES: Final = 5
KIND = "kind"
"""Here a column of codes; negative: a kind that no rule speaks of."""


class Reorder:
    """Takes tables as they come, gives them back in the order of time, each event once.

    ``too_late``, ``repeats`` (the same event again), ``conflicts`` (another event of a number
    that is held; the first counts) and ``after_end`` count what was left out.
    """

    def __init__(self, fields: tuple[str, ...], *, lateness_us: int, to_us: int | None) -> None:
        self.lateness_us, self.to_us = lateness_us, to_us
        self.newest_us: int | None = None
        self.too_late = self.repeats = self.conflicts = self.after_end = 0
        self.examples: list[int] = []
        self.held = empty(fields)
        self._waiting: list[Table] = []

    @property
    def rows(self) -> int:
        """Events held back."""
        return len(self.held["event"]) + sum(len(table["event"]) for table in self._waiting)

    @property
    def complete_us(self) -> int | None:
        """Up to when, that moment included, no further event is accepted."""
        if self.newest_us is None:
            return None
        complete = self.newest_us - self.lateness_us - 1
        return complete if self.to_us is None else min(complete, self.to_us)

    def add(self, table: Table) -> None:
        """Take rows in the order in which they came."""
        times = table["time"]
        if not len(times):
            return
        newest = np.maximum.accumulate(times)
        if self.newest_us is not None:
            np.maximum(newest, self.newest_us, out=newest)
        before = np.empty_like(newest)
        before[1:] = newest[:-1]
        before[0] = times[0] if self.newest_us is None else self.newest_us
        self.newest_us = int(newest[-1])
        wanted = table[KIND] >= 0
        if self.to_us is not None:
            after = wanted & (times > self.to_us)
            self.after_end += int(after.sum())
            wanted &= ~after
        late = wanted & (times < before - self.lateness_us)
        if late.any():
            self.too_late += int(late.sum())
            room = _MOST_EXAMPLES - len(self.examples)
            self.examples += table["event"][late][:room].tolist()
            wanted &= ~late
        self._waiting.append(table if wanted.all() else taken(table, wanted))

    def release(self, *, everything: bool = False) -> Table:
        """Events that are due, by time and number; at the end, ``everything`` that is held."""
        self.settle()
        complete = self.complete_us
        if complete is None:
            return self.held
        due = self.held["time"] <= complete
        if everything or due.all():
            out, self.held = self.held, empty(self.held)
        else:
            out, self.held = taken(self.held, due), taken(self.held, ~due)
        times = out["time"]
        if (times[1:] > times[:-1]).all():
            return out
        return taken(out, np.lexsort((out["event"], times)))

    def settle(self) -> None:
        """Bring what came into one table, each event once."""
        if not self._waiting:
            return
        tables = [self.held, *self._waiting]
        self._waiting = []
        whole = {name: np.concatenate([table[name] for table in tables]) for name in self.held}
        events = whole["event"]
        if (events[1:] > events[:-1]).all():
            self.held = whole
            return
        order = np.argsort(events, kind="stable")
        first = np.ones(len(order), dtype=bool)
        first[1:] = events[order][1:] != events[order][:-1]
        if not first.all():
            self._count_repeats(whole, order, first)
        keep = np.sort(order[first])
        self.held = taken(whole, keep)

    def _count_repeats(self, whole: Table, order: Codes, first: np.ndarray) -> None:
        kept = order[first][np.cumsum(first) - 1]
        again, of = order[~first], kept[~first]
        same = np.ones(len(again), dtype=bool)
        for column in whole.values():
            same &= column[again] == column[of]
        self.repeats += int(same.sum())
        self.conflicts += int((~same).sum())
