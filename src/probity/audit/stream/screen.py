"""Most instances judged at once: the truth of a formula as a column, or that it takes more.

What a rule asks first is nearly always whether some event with the instance's values is there
within an interval. Where none is, the rest of the formula does not matter; where the event alone
was asked for, it is settled too. The few instances left are ``HARD``, and are judged one by one.
"""

from collections.abc import Iterator, Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from probity.audit.formula import (
    And,
    Comparison,
    Constant,
    Count,
    Event,
    Eventually,
    Exists,
    Formula,
    Interval,
    Member,
    Not,
    Once,
    Or,
    Present,
    Since,
    Until,
)
from probity.audit.guarded import anchored
from probity.audit.meaning import Log, Truth
from probity.audit.stream.codes import Codes, Words, grouped
from probity.audit.stream.instances import Instances, variables_in
from probity.audit.stream.store import FAR_US, Index, KindStore

HARD = 3
"""Besides the values of ``Truth``: not settled here."""
Truths = NDArray[np.int8]
_NOTHING = Log((), 0)


class Screen:
    """Judges instances with what is in the stores, which hold every event up to ``to_us``."""

    def __init__(
        self, instances: Instances, stores: Mapping[str, KindStore], words: Words, to_us: int
    ) -> None:
        self.instances, self.stores, self.words, self.to_us = instances, stores, words, to_us
        self._own = frozenset(instances.variables)

    def truth(  # noqa: PLR0911
        self, formula: Formula, bound: frozenset[str] = frozenset()
    ) -> Truths:
        """The truth for each instance; ``bound`` are variables bound outside of the formula."""
        match formula:
            case Comparison() | Member() | Present():
                return self._condition(formula)
            case Not():
                part = self.truth(formula.part, bound)
                return np.where(part == HARD, HARD, Truth.TRUE - part).astype(np.int8)
            case And():
                return self._all(formula, bound)
            case Or():
                return reduce(_either, (self.truth(part, bound) for part in formula.parts))
            case Exists():
                return self.truth(formula.part, bound)
            case Event():
                return self._within(Interval(0, 0), formula, bound, ahead=False)
            case Once() | Eventually():
                ahead = isinstance(formula, Eventually)
                return self._within(formula.interval, formula.part, bound, ahead=ahead)
            case Since() | Until():
                ahead = isinstance(formula, Until)
                right = self._within(formula.interval, formula.right, bound, ahead=ahead)
                return np.where(right == Truth.FALSE, Truth.FALSE, HARD).astype(np.int8)
            case Count():
                return self._same(HARD)

    def _same(self, truth: int) -> Truths:
        return np.full(len(self.instances), truth, dtype=np.int8)

    def _condition(self, formula: Comparison | Member | Present) -> Truths:
        names = variables_in(formula)
        if not names <= self._own:
            return self._same(HARD)
        columns = [self.instances.column(name) for name in sorted(names)]
        group, one = grouped(columns, len(self.instances))
        known = [
            _NOTHING.truth(formula, 0, self.instances.binding(row, self.words))
            for row in one.tolist()
        ]
        return np.array(known, dtype=np.int8)[group]

    def _all(self, formula: And, bound: frozenset[str]) -> Truths:
        truth = self._same(Truth.TRUE)
        for part in formula.parts:
            truth = _both(truth, self.truth(part, bound))
            bound |= variables_in(part) - self._own
        return truth

    def _within(
        self, interval: Interval, part: Formula, bound: frozenset[str], *, ahead: bool
    ) -> Truths:
        low = min(interval.low, FAR_US)
        high = FAR_US if interval.high is None else min(interval.high, FAR_US)
        times = self.instances.times
        first, last = (times + low, times + high) if ahead else (times - high, times - low)
        truth = self._same(Truth.FALSE)
        if ahead:
            truth[last > self.to_us] = Truth.UNKNOWN
        for event, alone in candidates(part):
            there = self._there(event, first, last)
            settled = alone and not _asks_beyond(event, self._own)
            settled = settled and not bound & variables_in(event)
            truth[there] = np.maximum(truth[there], Truth.TRUE) if settled else HARD
        return truth

    def _there(self, event: Event, first: Codes, last: Codes) -> NDArray[np.bool_]:
        index = index_for(event, self.instances, self.stores, self.words)
        start, end = index.found(asked_of(event, self.instances), first, last)
        return end > start


def index_for(
    event: Event, instances: Instances, stores: Mapping[str, KindStore], words: Words
) -> Index:
    """Events that a pattern can match, by what it asks of an instance."""
    return stores[event.kind].index(event, tuple(keys_of(event, instances)), words)


def asked_of(event: Event, instances: Instances) -> list[Codes]:
    """The instances' values that a pattern asks for, in the order of ``keys_of``."""
    return [instances.column(name) for name in keys_of(event, instances).values()]


def keys_of(event: Event, instances: Instances) -> dict[str, str]:
    """Fields of a pattern that must have an instance's value, with the variable."""
    own = instances.variables
    return {
        field: term.name
        for field, term in event.fields
        if not isinstance(term, Constant) and term.name in own
    }


def candidates(part: Formula) -> Iterator[tuple[Event, bool]]:
    """Patterns, one of which must match where the part is true; whether that is all it asks."""
    match part:
        case Event():
            yield part, True
        case Or():
            for one in part.parts:
                yield from candidates(one)
        case Exists():
            yield from candidates(part.part)
        case And():
            first = next(one for one in part.parts if anchored(one))
            for event, alone in candidates(first):
                yield event, alone and len(part.parts) == 1
        case _:
            raise TypeError("a temporal operator must range over events")


def _asks_beyond(event: Event, own: frozenset[str]) -> bool:
    """Whether a pattern names a variable of its own twice."""
    names = [
        term.name
        for _, term in event.fields
        if not isinstance(term, Constant) and term.name not in own
    ]
    return len(names) > len(set(names))


def _both(left: Truths, right: Truths) -> Truths:
    least = np.minimum(left, right)
    hard = (np.maximum(left, right) == HARD) & (least != Truth.FALSE)
    return np.where(hard, HARD, least).astype(np.int8)


def _either(left: Truths, right: Truths) -> Truths:
    one, other = np.minimum(left, right), np.maximum(left, right)
    true = (one == Truth.TRUE) | (other == Truth.TRUE)
    return np.where(true, Truth.TRUE, other).astype(np.int8)
