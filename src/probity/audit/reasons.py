"""What in a log makes a requirement false: sentences and events, for any formula.

The requirement is walked part by part. Each event pattern in it is either *wanted* (had it
happened in time there were no breach) or *unwanted* (there is a breach because it happened), and
it is looked for before the instance, after it, or at its instant. The nearest event with the same
ids shows what came instead: too late, with another value, or never. Nothing here knows any rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

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
    Term,
    Until,
    Value,
    Variable,
)
from probity.audit.guarded import event_of, events_in, parts_of
from probity.audit.meaning import Log, Truth
from probity.audit.plain_times import plain_length, plain_moment
from probity.audit.plain_values import shown
from probity.audit.related import Row, Surroundings, bound_by, fits, linked
from probity.audit.rule import TemporalRule
from probity.core.event import FIELDS

MAX_SENTENCES = 4

Told = tuple[object, str]
"""What a sentence is about, and the sentence."""

_AT_ONCE = Interval(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where a rule looked for an event around its instance, and what it found.

    Parameters
    ----------
    kind : str
        The kind of event that was looked for.
    wanted : bool
        Had it happened there, there were no breach; else there is one because it did.
    side : "before" or "after"
        Where it was looked for, seen from the instance.
    interval : Interval or None
        The distances allowed (or, where unwanted, forbidden). None: they are counted from
        another event than the instance.
    found : int or None
        Number of the event that came instead, or that should not have come; None: none did.
    """

    kind: str
    wanted: bool
    side: Literal["before", "after"]
    interval: Interval | None
    found: int | None


_OPERATORS = {"=": "", "!=": "other than", "<": "less than", "<=": "at most",
              ">": "more than", ">=": "at least"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a part of the requirement looks, and whether it wants what it finds."""

    wanted: bool = True
    side: Literal["before", "after"] = "before"
    interval: Interval = _AT_ONCE
    steps: int = 0

    def beyond(self, side: Literal["before", "after"], interval: Interval) -> "_Where":
        return replace(self, side=side, interval=interval, steps=self.steps + 1)


class Reasons:
    """Reasons for the breaches of one rule over one log."""

    def __init__(self, check: TemporalRule, *, from_us: int | None, to_us: int) -> None:
        self._check = check
        self._from_us = from_us
        self._to_us = to_us
        self._fields = {
            term.name: field
            for pattern in (event_of(check), *events_in(check.require))
            for field, term in pattern.fields
            if isinstance(term, Variable)
        }

    def of(self, one: Surroundings) -> tuple[tuple[str, ...], dict[int, Row], tuple[Looked, ...]]:
        """Sentences for one instance, the events they speak of by number, and where it looked."""
        walk = _Walk(one, self._fields, self._from_us, self._to_us)
        # Looked for on both sides, what is missing is told once: as it was looked for last.
        sentences = dict(walk.reasons(self._check.require, _Where()))
        looked = tuple(dict.fromkeys(walk.looked))
        return tuple(sentences.values())[:MAX_SENTENCES], walk.events, looked


class _Walk:
    def __init__(
        self,
        one: Surroundings,
        fields: Mapping[str, str],
        from_us: int | None,
        to_us: int,
    ) -> None:
        self._now = int(one.event["time"] or 0)
        self._own = one.event
        self._rows = list(one.related.values())
        self._log = Log(self._rows, to_us)
        self._fields = fields
        self._from_us = from_us
        self._to_us = to_us
        self._known: dict[str, Value] = dict(one.binding)
        self.events: dict[int, Row] = {}
        self.looked: list[Looked] = []

    def reasons(self, formula: Formula, where: _Where) -> Iterator[Told]:
        """Sentences on a part that is false (or, where unwanted, true) at the instance."""
        match formula:
            case And() | Or() if isinstance(formula, And) == where.wanted:
                # One bad part is enough to make the whole bad; the good ones are no reason.
                bad = [part for part in formula.parts if self._is_bad(part, where)]
                for part in bad or formula.parts:
                    yield from self.reasons(part, where)
            case And() | Or() | Exists():
                if isinstance(formula, Exists) and not where.wanted:
                    self._pick_witness(formula)
                for part in parts_of(formula):
                    yield from self.reasons(part, where)
            case Not():
                yield from self.reasons(formula.part, replace(where, wanted=not where.wanted))
            case Once():
                yield from self.reasons(formula.part, where.beyond("before", formula.interval))
            case Eventually():
                yield from self.reasons(formula.part, where.beyond("after", formula.interval))
            case Since() | Until():
                side: Literal["before", "after"] = (
                    "before" if isinstance(formula, Since) else "after"
                )
                yield from self.reasons(formula.right, where.beyond(side, formula.interval))
                anywhere = Interval(0, formula.interval.high)
                yield from self.reasons(formula.left, where.beyond(side, anywhere))
            case Count():
                yield from self._counted(formula)
            case Event():
                yield from self._event(formula, where)
            case Comparison() | Member() | Present():
                yield from self._condition(formula, where)

    def _is_bad(self, part: Formula, where: _Where) -> bool:
        if where.interval != _AT_ONCE or not _names_its_own(part, set(self._known)):
            return True
        good = Truth.TRUE if where.wanted else Truth.FALSE
        return self._log.truth(part, self._now, self._known) is not good

    def _pick_witness(self, formula: Exists) -> None:
        """Choose values that make an unwanted thing true, where they are among what was read."""
        for binding in self._log.witnesses(formula.part, self._now, self._known):
            self._known |= binding
            return

    def _event(self, pattern: Event, where: _Where) -> Iterator[Told]:
        near = [row for row in self._rows if linked(pattern, row, self._known)]
        exact = [row for row in near if fits(pattern, row, self._known)]
        inside = [row for row in exact if self._inside(row, where)]
        if inside:
            row = self._nearest(inside)
            self._keep(pattern, row)
            self._look(pattern, where, row)
            if row["event"] != self._own["event"] and not where.wanted:
                yield row["event"], f"{pattern.kind} {self._away(row)}"
            return
        if not where.wanted:
            return
        if exact:
            row = self._nearest(exact)
            self._keep(pattern, row)
            self._look(pattern, where, row)
            yield row["event"], f"{pattern.kind} {self._away(row)}{self._allowed(row, where)}"
            return
        others = [row for row in near if row["event"] != self._own["event"]]
        if others:
            row = self._nearest(others)
            differs = self._differs(pattern, row)
            yield row["event"], f"{pattern.kind} {self._away(row)}, with {differs}"
            self._keep(pattern, row)
            self._look(pattern, where, row)
            return
        self._look(pattern, where, None)
        yield pattern, self._never(pattern, where)

    def _look(self, pattern: Event, where: _Where, row: Row | None) -> None:
        self.looked.append(
            Looked(
                kind=pattern.kind,
                wanted=where.wanted,
                side=where.side,
                interval=where.interval if where.steps <= 1 else None,
                found=None if row is None else int(row["event"] or 0),
            )
        )

    def _inside(self, row: Row, where: _Where) -> bool:
        distance = int(row["time"] or 0) - self._now
        if where.side == "before":
            distance = -distance
        high = where.interval.high
        return where.interval.low <= distance and (high is None or distance <= high)

    def _nearest(self, rows: list[Row]) -> Row:
        return min(rows, key=lambda row: (abs(int(row["time"] or 0) - self._now), row["event"]))

    def _keep(self, pattern: Event, row: Row) -> None:
        self.events[int(row["event"] or 0)] = row
        for name, value in bound_by(pattern, row).items():
            self._known.setdefault(name, value)

    def _away(self, row: Row) -> str:
        distance = int(row["time"] or 0) - self._now
        if distance == 0:
            return "came at the same instant"
        return f"came {plain_length(abs(distance))} {'after' if distance > 0 else 'before'}"

    def _allowed(self, row: Row, where: _Where) -> str:
        distance = int(row["time"] or 0) - self._now
        if (distance < 0) != (where.side == "before") or distance == 0:
            return f", not {where.side}" if where.interval != _AT_ONCE else ""
        low, high = where.interval.low, where.interval.high
        if abs(distance) < low:
            return f", allowed from {plain_length(low)}"
        return "" if high is None else f", allowed {plain_length(high)}"

    def _differs(self, pattern: Event, row: Row) -> str:
        parts = []
        for field, term in pattern.fields:
            if isinstance(term, Variable) and term.name not in self._known:
                continue
            asked = term.value if isinstance(term, Constant) else self._known[term.name]
            if row.get(field) != asked:
                parts.append(
                    f"{field} {shown(row.get(field), field=field)}, not {shown(asked, field=field)}"
                )
        return " and ".join(parts) or "other values"

    def _never(self, pattern: Event, where: _Where) -> str:
        asked = [
            f"{field} {shown(self._known[term.name], field=field)}"
            for field, term in pattern.fields
            if isinstance(term, Variable)
            and term.name in self._known
            and FIELDS[field].type == "id"
        ]
        text = f"no {pattern.kind}" + (f" for {', '.join(asked)}" if asked else "")
        if where.side == "after":
            return f"{text} up to its end, {plain_moment(self._to_us)}"
        if self._from_us is None:
            return text
        return f"{text} since its beginning, {plain_moment(self._from_us)}"

    def _counted(self, formula: Count) -> Iterator[Told]:
        events = events_in(formula.part)
        for event in events:
            for row in self._rows:
                if linked(event, row, self._known) and fits(event, row, self._known):
                    self.events[int(row["event"] or 0)] = row
        found = self._log.witnesses(formula.part, self._now, self._known)
        different = {tuple(binding.get(name) for name in formula.names) for binding in found}
        kinds = ", ".join(dict.fromkeys(event.kind for event in events))
        asked = f"{_OPERATORS[formula.operator]} {formula.limit}".strip()
        yield formula, f"{len(different)} different ({kinds}), and the rule asks for {asked}"

    def _condition(self, formula: Comparison | Member | Present, where: _Where) -> Iterator[Told]:
        names = _variables(formula)
        if any(name not in self._known for name in names):
            return
        # What is unwanted and true the rule's own sentence says; so it is with constants.
        if not names or not where.wanted:
            return
        if self._log.truth(formula, self._now, self._known) is Truth.TRUE:
            return
        if isinstance(formula, Present):
            yield formula, f"{_plain(self._fields[formula.variable.name])} is not stated"
        elif isinstance(formula, Member):
            allowed = ", ".join(shown(value) for value in formula.allowed)
            yield formula, f"{self._told(formula.value)} is none of: {allowed}"
        else:
            asked = f"{_OPERATORS[formula.operator]} {self._told(formula.right)}".strip()
            yield formula, f"{self._told(formula.left)} is not {asked}"

    def _told(self, term: Term) -> str:
        if isinstance(term, Variable):
            field = self._fields[term.name]
            return f"{_plain(field)} {shown(self._known[term.name], field=field)}"
        if isinstance(term, Constant):
            return shown(term.value)
        return f"{self._told(term.left)} {term.sign} {self._told(term.right)}"


def _plain(field: str) -> str:
    return field.replace("_", " ")


def _variables(formula: Comparison | Member | Present) -> list[str]:
    match formula:
        case Present():
            return [formula.variable.name]
        case Member():
            return _in_term(formula.value)
        case Comparison():
            return _in_term(formula.left) + _in_term(formula.right)


def _in_term(term: Term) -> list[str]:
    match term:
        case Variable():
            return [term.name]
        case Constant():
            return []
        case _:
            return _in_term(term.left) + _in_term(term.right)


def _names_its_own(formula: Formula, known: set[str]) -> bool:
    """Whether a formula binds every variable it does not know within EXISTS or COUNT."""
    match formula:
        case Exists() | Count():
            return _names_its_own(formula.part, known | set(formula.names))
        case Event():
            return all(
                term.name in known for _, term in formula.fields if isinstance(term, Variable)
            )
        case Comparison() | Member() | Present():
            return all(name in known for name in _variables(formula))
        case _:
            return all(_names_its_own(part, known) for part in parts_of(formula))
