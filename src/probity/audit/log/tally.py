"""What one pass over a log tells: counts, filled fields, order, gaps, and clocks ahead.

State is bounded whatever the log holds: counts for the kinds and fields that are known, and the
first few examples of everything else.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from probity.audit.log.limits import MAX_EXAMPLES, MAX_NAMES_SHOWN
from probity.core.event import KINDS

_MOST_CLOCKS = 1_000
_OTHER_CLOCKS = "further clocks"


@dataclass(slots=True)
class Seen:
    """How often, how far, and the first event numbers."""

    count: int = 0
    furthest_us: int = 0
    examples: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, events: NDArray[np.int64], *, furthest_us: int = 0) -> None:
        self.count += len(events)
        self.furthest_us = max(self.furthest_us, furthest_us)
        self.examples += events[: MAX_EXAMPLES - len(self.examples)].tolist()


class Tally:
    """Takes the batches of a log in order; read its attributes afterwards.

    ``ascending``: every event number is above the one before, so that none occurs twice.
    ``late``: events stamped before an event that stands above them in the file.
    ``missing``: for each kind and field it requires, events without it.
    ``ahead``: by clock, events that the log received before they happened.
    ``gaps``: numbers missing between neighbours, where ``ascending``.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.counts: Counter[str] = Counter()
        self.filled: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.missing: defaultdict[tuple[str, str], Seen] = defaultdict(Seen)
        self.unknown = Seen()
        self.first_us: int | None = None
        self.last_us: int | None = None
        self.ascending = True
        self.late = Seen()
        self.gaps = Seen()
        self.ahead: defaultdict[str, Seen] = defaultdict(Seen)
        self.lowest_event: int | None = None
        self.highest_event: int | None = None
        self._last_event: int | None = None

    @property
    def first_event(self) -> int | None:
        """Number of the first row, where each further row has the number after the one before."""
        return self.lowest_event if self.ascending and not self.gaps.count else None

    def add(self, batch: Any) -> None:
        """Count a batch whose values ``check_values`` has passed."""
        if not len(batch):
            return
        events = batch.column("event").to_numpy()
        times = batch.column("time").cast(pa.int64()).to_numpy()
        self.rows += len(events)
        self._add_order(events, times)
        self._add_kinds(batch, events)
        if "received" in batch.schema.names:
            self._add_clocks(batch, events, times)

    def _add_order(self, events: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        so_far = np.maximum.accumulate(times)
        if self.last_us is not None:
            np.maximum(so_far, self.last_us, out=so_far)
        late = np.flatnonzero(times < so_far)
        if late.size:
            self.late.add(events[late], furthest_us=int((so_far[late] - times[late]).max()))
        first = int(times.min())
        self.first_us = first if self.first_us is None else min(first, self.first_us)
        self.last_us = int(so_far[-1])

        low, high = int(events.min()), int(events.max())
        if self.ascending:
            before = events[0] - 1 if self._last_event is None else self._last_event
            steps = np.diff(events, prepend=before)
            self.ascending = bool((steps > 0).all())
            if self.ascending:
                self._add_gaps(events, steps)
        self._last_event = int(events[-1])
        self.lowest_event = low if self.lowest_event is None else min(low, self.lowest_event)
        self.highest_event = high if self.highest_event is None else max(high, self.highest_event)

    def _add_gaps(self, events: NDArray[np.int64], steps: NDArray[np.int64]) -> None:
        after = np.flatnonzero(steps > 1)
        if after.size:
            self.gaps.add(events[after] - steps[after] + 1)

    def _add_kinds(self, batch: Any, events: NDArray[np.int64]) -> None:
        kinds = batch.column("kind")
        if not pa.types.is_dictionary(kinds.type):
            kinds = pc.dictionary_encode(kinds)
        # One code for each name, should a dictionary state a name twice.
        names = kinds.dictionary.to_pylist()
        code_of = {name: code for code, name in reversed(list(enumerate(names)))}
        codes = np.array([code_of[name] for name in names])[kinds.indices.to_numpy()]
        counts = np.bincount(codes, minlength=len(names))
        present = {code: names[code] for code in np.flatnonzero(counts).tolist()}
        known = {code: name for code, name in present.items() if name in KINDS}
        for code, name in known.items():
            self.counts[name] += int(counts[code])
        if unknown := {code: name for code, name in present.items() if code not in known}:
            self.unknown.add(events[np.isin(codes, list(unknown))])
            fresh = [name for name in unknown.values() if name not in self.unknown.names]
            self.unknown.names += fresh[: MAX_NAMES_SHOWN - len(self.unknown.names)]
        for name in batch.schema.names:
            filled = _filled(batch.column(name), codes, counts)
            for code, kind in known.items():
                if filled[code]:
                    self.filled[kind][name] += int(filled[code])
                if filled[code] < counts[code] and name in KINDS[kind].required:
                    lacking = (codes == code) & ~_valid(batch.column(name))
                    self.missing[kind, name].add(events[lacking])
        for code, kind in known.items():
            for name in set(KINDS[kind].required).difference(batch.schema.names):
                self.missing[kind, name].add(events[codes == code])

    def _add_clocks(self, batch: Any, events: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        received = batch.column("received")
        if received.null_count == len(received):
            return
        valid = _valid(received)
        ahead = valid & (received.cast(pa.int64()).fill_null(0).to_numpy() < times)
        if not ahead.any():
            return
        by = times - received.cast(pa.int64()).fill_null(0).to_numpy()
        rows = np.flatnonzero(ahead)
        if "clock" in batch.schema.names:
            named = batch.column("clock").take(pa.array(rows)).to_pylist()
        else:
            named = [None] * len(rows)
        clocks = np.array([name or "not stated" for name in named], dtype=object)
        for clock in dict.fromkeys(clocks.tolist()):
            known = clock in self.ahead or len(self.ahead) < _MOST_CLOCKS
            here = rows[clocks == clock]
            seen = self.ahead[clock if known else _OTHER_CLOCKS]
            seen.add(events[here], furthest_us=int(by[here].max()))


def _filled(column: Any, codes: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Values in the column by code of the kind; most columns have one everywhere or nowhere."""
    if not column.null_count:
        return counts
    if column.null_count == len(column):
        return np.zeros_like(counts)
    return np.bincount(codes[_valid(column)], minlength=len(counts))


def _valid(column: Any) -> NDArray[np.bool_]:
    valid: NDArray[np.bool_] = column.is_valid().to_numpy(zero_copy_only=False)
    return valid
