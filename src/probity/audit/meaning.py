"""What a formula means: a direct transcription of ``probity.audit.formula``, for the reference.

Formulas must be guarded (``probity.audit.guarded``).
"""

import operator
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, IntEnum
from typing import Any, Final, assert_never

from probity.audit.formula import (
    And,
    Comparison,
    Constant,
    Count,
    Event,
    Eventually,
    Exists,
    Formula,
    Member,
    Not,
    Once,
    Operator,
    Or,
    Present,
    Since,
    Term,
    Until,
    Value,
    Variable,
)
from probity.audit.guarded import events_in, parts_of
from probity.core import InputError


class Truth(IntEnum):
    """Kleene's three values: AND is the least of them, OR the greatest."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class _Marker(Enum):
    TO_COME = "a value that the log does not reach yet"


Binding = Mapping[str, Value | _Marker]
Solutions = list[tuple[Binding, Truth]]
"""Bindings that make a formula true or leave it unknown; with any other it is false."""

_COMPARE: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Log:
    """A log, and the truth of formulas at its instants.

    Raises
    ------
    InputError
        Two different events with one number.
    """

    def __init__(self, rows: Iterable[Mapping[str, Value]], to_us: int) -> None:
        self.to_us = to_us
        self._events: dict[int, Mapping[str, Value]] = {}
        self._at: defaultdict[tuple[str, int], list[Mapping[str, Value]]] = defaultdict(list)
        self._times: defaultdict[str, set[int]] = defaultdict(set)
        self._instants: dict[frozenset[str], list[int]] = {}
        for row in rows:
            event = {field: value for field, value in row.items() if value is not None}
            number, time, kind = int(row["event"] or 0), int(row["time"] or 0), str(row["kind"])
            if time > to_us or self._events.get(number) == event:
                continue
            if number in self._events:
                raise InputError("two different events with one number", got=number)
            self._events[number] = event
            self._at[kind, time].append(event)
            self._times[kind].add(time)

    def instances(self, pattern: Event) -> Iterator[tuple[int, int, Binding]]:
        """Events that match a pattern: number, time and what they bind."""
        for number, event in self._events.items():
            binding = _matched(pattern, event, {}) if event["kind"] == pattern.kind else None
            if binding is not None:
                yield number, int(event["time"] or 0), binding

    def truth(  # noqa: PLR0911
        self, formula: Formula, now: int, known: Binding
    ) -> Truth:
        """Judge a formula that binds no variable of its own."""
        match formula:
            case Comparison():
                left, right = _value(formula.left, known), _value(formula.right, known)
                if left is None or right is None:
                    return Truth.UNKNOWN
                return _truth(_COMPARE[formula.operator](left, right))
            case Member():
                value = _value(formula.value, known)
                return Truth.UNKNOWN if value is None else _truth(value in formula.allowed)
            case Present():
                return _truth(_value(formula.variable, known) is not None)
            case Not():
                return Truth(Truth.TRUE - self.truth(formula.part, now, known))
            case Count():
                return self._counted(formula, now, known)
            case _:
                found = self._solutions(formula, now, known)
                return max((truth for _, truth in found), default=Truth.FALSE)

    def witnesses(
        self, formula: Formula, now: int, known: Mapping[str, Value]
    ) -> list[dict[str, Value]]:
        """Values of the variables that a formula binds for which it is true."""
        return [
            {name: value for name, value in binding.items() if not isinstance(value, _Marker)}
            for binding, truth in self._solutions(formula, now, known)
            if truth is Truth.TRUE
        ]

    def _solutions(self, formula: Formula, now: int, known: Binding) -> Solutions:
        match formula:
            case Event():
                matches = (
                    _matched(formula, event, known)
                    for event in self._at.get((formula.kind, now), ())
                )
                found = [(binding, Truth.TRUE) for binding in matches if binding is not None]
            case And():
                found = [(known, Truth.TRUE)]
                for part in formula.parts:
                    found = [
                        (further, min(truth, more))
                        for binding, truth in found
                        for further, more in self._solutions(part, now, binding)
                    ]
            case Or():
                found = [
                    solution
                    for part in formula.parts
                    for solution in self._solutions(part, now, known)
                ]
            case Exists():
                found = [
                    ({name: binding[name] for name in binding.keys() - set(formula.names)}, truth)
                    for binding, truth in self._solutions(formula.part, now, known)
                ]
            case Once() | Eventually():
                found = self._once(formula, now, known)
            case Since() | Until():
                found = self._since(formula, now, known)
            case Comparison() | Member() | Present() | Not() | Count():
                found = [(known, self.truth(formula, now, known))]
            case _:
                assert_never(formula)
        return _distinct(found)

    def _once(self, formula: Once | Eventually, now: int, known: Binding) -> Solutions:
        found = [
            solution
            for then in self._instants_within(formula, formula.part, now)
            for solution in self._solutions(formula.part, then, known)
        ]
        if self._goes_on(formula, now):
            found.append((_to_come(formula.part, known), Truth.UNKNOWN))
        return found

    def _since(self, formula: Since | Until, now: int, known: Binding) -> Solutions:
        found = [
            (binding, min(truth, self._held(formula, now, then, binding)))
            for then in self._instants_within(formula, formula.right, now)
            for binding, truth in self._solutions(formula.right, then, known)
        ]
        if self._goes_on(formula, now):
            held = self._held(formula, now, self.to_us + 1, known)
            found.append((_to_come(formula.right, known), min(Truth.UNKNOWN, held)))
        return found

    def _held(self, formula: Since | Until, now: int, then: int, known: Binding) -> Truth:
        """Judge that what must not happen on the way did not: (then, now], or [now, then)."""
        never = formula.left.part
        first, last = (then + 1, now) if isinstance(formula, Since) else (now, then - 1)
        way = self._instants_of(never, first, last)
        return min((self.truth(formula.left, at, known) for at in way), default=Truth.TRUE)

    def _counted(self, formula: Count, now: int, known: Binding) -> Truth:
        found = self._solutions(formula.part, now, known)
        least = sum(truth is Truth.TRUE for _, truth in found)
        most = len(found)
        if any(_Marker.TO_COME in binding.values() for binding, _ in found):
            most = max(most, formula.limit + 1)
        compare = _COMPARE[formula.operator]
        possible = {compare(number, formula.limit) for number in range(least, most + 1)}
        return _truth(possible.pop()) if len(possible) == 1 else Truth.UNKNOWN

    def _goes_on(self, formula: Once | Eventually | Since | Until, now: int) -> bool:
        """Whether the log ends before the last instant that the operator ranges over."""
        if isinstance(formula, Once | Since):
            return False
        return formula.interval.high is None or now + formula.interval.high > self.to_us

    def _instants_within(
        self, formula: Once | Eventually | Since | Until, part: Formula, now: int
    ) -> Sequence[int]:
        low, high = formula.interval.low, formula.interval.high
        if isinstance(formula, Once | Since):
            return self._instants_of(part, None if high is None else now - high, now - low)
        return self._instants_of(part, now + low, None if high is None else now + high)

    def _instants_of(self, part: Formula, first: int | None, last: int | None) -> Sequence[int]:
        """Instants where ``part`` can hold: a guarded part holds where its events happen."""
        kinds = frozenset(event.kind for event in events_in(part))
        if kinds not in self._instants:
            self._instants[kinds] = sorted(set().union(*(self._times[kind] for kind in kinds)))
        times = self._instants[kinds]
        start = 0 if first is None else bisect_left(times, first)
        return times[start : len(times) if last is None else bisect_right(times, last)]


def _matched(pattern: Event, event: Mapping[str, Value], known: Binding) -> Binding | None:
    """What the event adds to ``known``; None where it does not match."""
    binding = dict(known)
    for field, term in pattern.fields:
        value = event.get(field)
        if isinstance(term, Variable) and term.name not in binding:
            binding[term.name] = value
            continue
        asked = term.value if isinstance(term, Constant) else binding[term.name]
        if value is None or value != asked:
            return None
    return binding


def _value(term: Term, known: Binding) -> Value:
    if isinstance(term, Constant):
        return term.value
    if isinstance(term, Variable):
        value = known[term.name]
        if isinstance(value, _Marker):
            raise TypeError(f"{term.name} is not guarded")
        return value
    left, right = _value(term.left, known), _value(term.right, known)
    if isinstance(left, str | None) or isinstance(right, str | None):
        return None
    return left + right if term.sign == "+" else left - right


def _truth(value: bool) -> Truth:
    return Truth.TRUE if value else Truth.FALSE


def _distinct(found: Solutions) -> Solutions:
    best: dict[frozenset[tuple[str, Value | _Marker]], tuple[Binding, Truth]] = {}
    for binding, truth in found:
        key = frozenset(binding.items())
        if truth > (best[key][1] if key in best else Truth.FALSE):
            best[key] = (binding, truth)
    return list(best.values())


def _to_come(part: Formula, known: Binding) -> Binding:
    return {**dict.fromkeys(_free(part), _Marker.TO_COME), **known}


def _free(formula: Formula) -> set[str]:
    if isinstance(formula, Event):
        return {term.name for _, term in formula.fields if isinstance(term, Variable)}
    names = set().union(*(_free(part) for part in parts_of(formula)))
    return names - set(formula.names) if isinstance(formula, Exists | Count) else names
