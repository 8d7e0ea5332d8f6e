"""Random rules and random logs, for the comparison of engines.

The rules use every operator, nested two or three deep, and are guarded by the way they are
made. The logs are small and awkward: few ids, so that events meet; equal timestamps, and some
one microsecond apart, on the edges of the rules' intervals; missing values; an end before the
last deadline, or before the last event; events twice, and in any order.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import pyarrow as pa
from hypothesis import strategies as st

from probity.audit.duration import Microseconds
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
    Sum,
    Term,
    Until,
    Value,
    Variable,
)
from probity.audit.guarded import kinds_needed
from probity.audit.rule import RateRule, Rule, TemporalRule
from probity.core.event import FIELDS
from probity.core.event_columns import LogHeader, arrow_schema

START_US = 1_700_000_000_000_000
SECOND = 1_000_000
LAST = 12
"""Seconds from the start to the last event."""

FIELDS_OF: dict[str, tuple[str, ...]] = {
    "alert.raised": ("alert", "deployment", "score", "threshold", "group"),
    "alert.adjudicated": ("alert", "decision", "actor", "deployment"),
    "alert.deleted": ("alert",),
    "authority.granted": ("authority", "deployment", "rank", "window_end", "urgent", "actor"),
    "authority.cancelled": ("authority", "deployment"),
    "engagement.end": ("engagement", "leaflet"),
}
_TIMES = [START_US + second * SECOND + extra for second in range(LAST + 1) for extra in (0, 0, 1)]
_VALUES: dict[str, list[int | float | str | bool]] = {
    "id": [0, 1, 2],
    "text": ["accept", "reject", 'it\'s "so"; --'],
    "number": [0, 0.6, 0.64, 2, 3],
    "flag": [True, False],
}
_LENGTHS = [0, 1, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND]
Scope = Mapping[str, str]
"""Variables and their types."""


@dataclass(frozen=True)
class GeneratedLog:
    """A log as it may arrive.

    ``rows`` may hold an event twice and in any order; ``tidy`` holds each once, by time and
    number. Both may go on after ``to_us``.
    """

    rows: tuple[dict[str, Value], ...]
    to_us: int

    @property
    def tidy(self) -> tuple[dict[str, Value], ...]:
        """Each event once, in the order of time."""
        return tuple({row["event"]: row for row in sorted(self.rows, key=_order)}.values())

    @property
    def header(self) -> LogHeader:
        """What the log says about itself."""
        return LogHeader("generated", tuple(FIELDS_OF), START_US, self.to_us)

    def table(self, *, tidy: bool = True) -> pa.Table:
        """The log as columns."""
        rows = list(self.tidy if tidy else self.rows)
        used = {field for fields in FIELDS_OF.values() for field in fields}
        schema = arrow_schema(used, self.header)
        return pa.Table.from_pylist(rows, schema=schema)


def _order(row: Mapping[str, Value]) -> tuple[object, object]:
    return row["time"], row["event"]


@st.composite
def logs(draw: st.DrawFn, *, kinds: Collection[str] = tuple(FIELDS_OF)) -> GeneratedLog:
    """Logs of at most 20 different events, mostly of ``kinds``."""
    size = draw(st.sampled_from([20, 15, 10, 10, 5, 1, 0]))
    some = [*sorted(kinds) * 4, *sorted(FIELDS_OF)]
    rows = []
    for number, kind in enumerate(
        draw(st.lists(st.sampled_from(some), min_size=size, max_size=size))
    ):
        row: dict[str, Value] = {"event": number, "time": draw(st.sampled_from(_TIMES))}
        row |= {"kind": kind}
        for field in FIELDS_OF[kind]:
            if draw(st.sampled_from([True] * (6 if FIELDS[field].type == "id" else 2) + [False])):
                row[field] = draw(_value(FIELDS[field].type))
        rows.append(row)
    again = draw(st.lists(st.sampled_from(rows), max_size=3)) if rows else []
    shuffled = draw(st.permutations([*rows, *again]))
    end = draw(st.sampled_from([24, 18, 14, LAST, 8, 4]))
    return GeneratedLog(tuple(shuffled), START_US + end * SECOND)


@st.composite
def cases(draw: st.DrawFn, *, rates: bool = True) -> tuple[Rule, GeneratedLog]:
    """A rule, and a log in which its events happen."""
    rule = draw(rules(rates=rates))
    assert rule.check is not None
    return rule, draw(logs(kinds=kinds_needed(rule.check)))


def _value(type_: str) -> st.SearchStrategy[int | float | str | bool]:
    if type_ == "time":
        return st.sampled_from(_TIMES)
    return st.sampled_from(_VALUES[type_])


@st.composite
def rules(draw: st.DrawFn, *, depth: int = 3, rates: bool = True) -> Rule:
    """One guarded rule. Its id is "R1"."""
    fresh = (f"v{number}" for number in count())
    event, scope = draw(_events({}, fresh, asks=False))
    if rates and draw(st.integers(0, 5)) == 0:
        cases = draw(closed(scope, fresh, depth))
        check: TemporalRule | RateRule = RateRule(
            of=event, cases=cases, relation="at most", limit=0.5, population="events"
        )
    else:
        when = draw(st.none() | closed(scope, fresh, 1))
        check = TemporalRule(for_each=event, when=when, require=draw(closed(scope, fresh, depth)))
    return Rule(
        rule_id="R1",
        title="generated",
        paragraph="none",
        paraphrase="generated",
        source_url="https://example.org/",
        status="DERIVED",
        check=check,
        breach="breach",
    )


@st.composite
def closed(  # noqa: PLR0911
    draw: st.DrawFn, scope: Scope, fresh: Iterator[str], depth: int
) -> Formula:
    """A formula that binds nothing beyond ``scope``."""
    shapes = ["value"] * (1 if depth else 4)
    if depth:
        shapes += ["not", "both", "event", "once", "once", "eventually", "eventually"]
        shapes += ["since", "since", "until", "until", "count", "count"]
    shape = draw(st.sampled_from(shapes))
    if shape == "value":
        return draw(_conditions(scope))
    if shape == "not":
        return Not(draw(closed(scope, fresh, depth - 1)))
    if shape == "both":
        whole = draw(st.sampled_from([And, Or]))
        parts = st.lists(closed(scope, fresh, depth - 1), min_size=2, max_size=3)
        return whole(tuple(draw(parts)))
    part, bound = draw(_anchored(scope, fresh, depth - 1))
    names = tuple(bound)
    interval = draw(_intervals())
    if shape == "event":
        return _exists(names, part)
    if shape in ("once", "since"):
        if shape == "once":
            past: Formula = Once(interval, part)
        else:
            never = draw(_never({**scope, **bound}, fresh, depth - 1))
            past = Since(interval, never, part)
        if draw(st.booleans()):
            past = And((past, draw(closed({**scope, **bound}, fresh, depth - 1))))
        return _exists(names, past)
    if shape in ("eventually", "until"):
        inside = draw(st.booleans())
        ranged = _exists(names, part) if inside else part
        if shape == "eventually":
            future: Formula = Eventually(interval, ranged)
        else:
            future = Until(interval, draw(_never(scope, fresh, depth - 1)), ranged)
        return future if inside else _exists(names, future)
    return draw(_counts(part, bound, scope, fresh))


@st.composite
def _counts(
    draw: st.DrawFn, part: Formula, bound: Scope, scope: Scope, fresh: Iterator[str]
) -> Formula:
    names = tuple(bound)
    if not names:
        return Not(part)
    operator = draw(st.sampled_from([Once, Eventually, None]))
    counted = part if operator is None else operator(draw(_intervals()), part)
    compare = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    return Count(names, counted, compare, draw(st.integers(0, 3)))


@st.composite
def _never(draw: st.DrawFn, scope: Scope, fresh: Iterator[str], depth: int) -> Not:
    part, bound = draw(_anchored(scope, fresh, depth))
    return Not(_exists(tuple(bound), part))


@st.composite
def _anchored(
    draw: st.DrawFn, scope: Scope, fresh: Iterator[str], depth: int
) -> tuple[Formula, dict[str, str]]:
    """An event with conditions, or one of two events; and the variables that it binds."""
    event, bound = draw(_events(scope, fresh))
    if draw(st.integers(0, 3)) == 0 and not bound:
        other, more = draw(_events(scope, fresh, binds=False))
        return Or((event, other)), {**bound, **more}
    both = dict(bound)
    parts: list[Formula] = [event]
    if draw(st.integers(0, 3)) == 0:
        second, more = draw(_events({**scope, **bound}, fresh))
        parts.append(second)
        both |= more
    inner: Scope = {**scope, **both}
    if draw(st.booleans()):
        parts.append(draw(closed(inner, fresh, depth) if depth > 0 else _conditions(inner)))
    return (parts[0] if len(parts) == 1 else And(tuple(parts))), both


@st.composite
def _events(
    draw: st.DrawFn, scope: Scope, fresh: Iterator[str], *, binds: bool = True, asks: bool = True
) -> tuple[Event, dict[str, str]]:
    kind = draw(st.sampled_from(sorted(FIELDS_OF)))
    bound: dict[str, str] = {}
    fields: list[tuple[str, Variable | Constant]] = []
    for field in (*FIELDS_OF[kind], "time", "event"):
        wanted = FIELDS[field].type
        alike = [name for name, type_ in scope.items() if type_ == wanted]
        choices = ["absent"] * (2 if asks else 1)
        choices += ["new"] * 2 * binds * (field != "event")
        choices += ["known"] * 3 * bool(alike and field not in ("time", "event"))
        choices += ["constant"] * (asks and wanted != "time" and field != "event")
        choice = draw(st.sampled_from(choices))
        if choice == "new":
            name = next(fresh)
            bound[name] = wanted
            fields.append((field, Variable(name)))
        elif choice == "known":
            fields.append((field, Variable(draw(st.sampled_from(alike)))))
        elif choice == "constant":
            fields.append((field, Constant(draw(_value(wanted)))))
    return Event(kind, tuple(fields)), bound


@st.composite
def _conditions(  # noqa: PLR0911
    draw: st.DrawFn, scope: Scope
) -> Formula:
    """A condition on values."""
    if not scope:
        return Comparison(Constant(1), draw(st.sampled_from(["=", "<"])), Constant(1))
    name = draw(st.sampled_from(sorted(scope)))
    type_ = scope[name]
    variable: Term = Variable(name)
    shape = draw(st.sampled_from(["present", "compare", "compare", "member"]))
    if shape == "present":
        return Present(Variable(name))
    if shape == "member" and type_ != "time":
        values = draw(st.lists(_value(type_), min_size=1, max_size=2))
        return Member(variable, tuple(values))
    ordered = ("=", "!=", "<", "<=", ">", ">=") if type_ in ("number", "time") else ("=", "!=")
    operator = draw(st.sampled_from(ordered))
    alike = [Variable(other) for other, one in scope.items() if one == type_]
    other: Term = draw(st.sampled_from(alike))
    length = Constant(Microseconds(draw(st.sampled_from(_LENGTHS))))
    if type_ == "time" and draw(st.booleans()):
        return Comparison(Sum(variable, "-", other), operator, length)
    if type_ == "time":
        return Comparison(variable, operator, Sum(other, draw(st.sampled_from("+-")), length))
    constant = Constant(draw(_value(type_)))
    if type_ == "number" and draw(st.booleans()):
        return Comparison(Sum(variable, draw(st.sampled_from("+-")), other), operator, constant)
    return Comparison(variable, operator, draw(st.sampled_from([other, constant])))


@st.composite
def _intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted(draw(st.tuples(*[st.sampled_from(_LENGTHS)] * 2)))
    return Interval(low, draw(st.sampled_from([high, high, high, None])))


def _exists(names: tuple[str, ...], formula: Formula) -> Formula:
    return Exists(names, formula) if names else formula
