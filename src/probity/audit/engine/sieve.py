"""Leaving out at once what one look at the first and the last event of its id proves right.

Many rules say of every event of a kind that another event with the same id comes within a time:
a template made is deleted, or raises an alert. In a log of such a system nearly every id is in
order, and two aggregates by id show it. Where the first event of an id is of the rule's kind, the
last is of a kind that proves it right, and they are no further apart than the rule allows, then
every event of the first kind has the last event within its time. (Looking back, the kinds change
places.) What is left goes to the rule as it stands, so a sieve decides nothing; that there is one
follows from the formula.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from probity.audit.duckdb_session import ARRAY_BITS, paths_of
from probity.audit.engine.sql import (
    LONGEST_US,
    case,
    column,
    join,
    literal,
    named,
    number,
    select,
    source,
)
from probity.audit.formula import Event, Eventually, Formula, Interval, Once, Or, Variable
from probity.audit.guarded import event_of, events_in, formulas_of
from probity.audit.rule import TemporalRule
from probity.core.event import FIELDS

KEY_BITS = ARRAY_BITS
"""Of a range of ids that is taken at once."""

MOMENT = "moment"
_CODE_BITS = 4
_LAST_CODE = (1 << _CODE_BITS) - 1
_LIMITS = """
SELECT coalesce(stats_min_value, stats_min), coalesce(stats_max_value, stats_max),
       coalesce(stats_null_count = num_values, false)
FROM parquet_metadata($files)
WHERE path_in_schema = $key
"""


@dataclass(frozen=True, slots=True)
class Sieve:
    """What to look at.

    Parameters
    ----------
    instance : str
        The kind that the rule is about.
    proofs : tuple of str
        Kinds each of which proves an instance right.
    key : str
        The id that they have to share.
    within_us : int or None
        How far apart they may be, in microseconds.
    ahead : bool
        The proof comes after the instance, or at the same time; else before it.
    """

    instance: str
    proofs: tuple[str, ...]
    key: str
    within_us: int | None
    ahead: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that is looked at."""
        return (self.instance, *self.proofs)

    def code(self, kind: str) -> int:
        """Order of the kinds at one time: what has to come first is lower."""
        if kind == self.instance:
            return 0 if self.ahead else _LAST_CODE
        return self.proofs.index(kind) + (1 if self.ahead else 0)


def sieve_of(check: TemporalRule, bulk: AbstractSet[str]) -> Sieve | None:
    """The sieve of a rule over kinds with many events, if its formula has one."""
    instance = event_of(check)
    further = [event for formula in formulas_of(check) for event in events_in(formula)]
    times = Counter(event.kind for event in (instance, *further))
    if check.when is not None or instance.kind not in bulk or times[instance.kind] > 1:
        return None
    bound = {term.name: name for name, term in instance.fields if isinstance(term, Variable)}
    alike: dict[tuple[str, Interval, bool], list[str]] = {}
    for proof, interval, ahead in _proofs(check.require):
        key = _only_id(proof, bound)
        if key is not None and times[proof.kind] == 1 and interval.low == 0:
            alike.setdefault((key, interval, ahead), []).append(proof.kind)
    for (key, interval, ahead), kinds in alike.items():
        if not bulk.isdisjoint(kinds):
            high = interval.high
            within = None if high is None or high >= LONGEST_US else int(high)
            return Sieve(instance.kind, tuple(kinds[:_LAST_CODE]), key, within, ahead)
    return None


def _proofs(require: Formula) -> Iterator[tuple[Event, Interval, bool]]:
    """Events each of which is enough for a formula: where they may lie, and whether ahead."""
    match require:
        case Or():
            for part in require.parts:
                yield from _proofs(part)
        case Once() | Eventually():
            parts = require.part.parts if isinstance(require.part, Or) else (require.part,)
            for part in parts:
                if isinstance(part, Event):
                    yield part, require.interval, isinstance(require, Eventually)


def _only_id(proof: Event, bound: dict[str, str]) -> str | None:
    """The field of an event that asks for nothing but the instance's id in the same field."""
    match proof.fields:
        case ((field, Variable(name)),) if bound.get(name) == field and FIELDS[field].type == "id":
            return field
    return None


def moment(sieve: Sieve, time: exp.Expr, kind: exp.Expr) -> exp.Expr:
    """Time and kind in one number, ordered as they have to come."""
    codes = [
        (exp.EQ(this=kind, expression=literal(one)), literal(sieve.code(one)))
        for one in sieve.proofs
    ]
    code = case(*codes, otherwise=literal(sieve.code(sieve.instance)))
    shifted = exp.Mul(this=literal(1 << _CODE_BITS), expression=exp.paren(time))
    return exp.Add(this=shifted, expression=code)


def left_over(sieve: Sieve, events: exp.Select) -> exp.Query:
    """Of events with their ``moment``, those whose id is not proved right."""
    key, at = column(sieve.key, "e"), column(MOMENT, "e")
    first, last = exp.Min(this=at.copy()), exp.Max(this=at.copy())
    of_rule, of_proof = (first, last) if sieve.ahead else (last, first)
    own = literal(sieve.code(sieve.instance))
    right: list[exp.Expr] = [
        exp.EQ(this=_code(of_rule), expression=own),
        exp.NEQ(this=_code(of_proof), expression=own.copy()),
    ]
    if sieve.within_us is not None:
        apart = exp.paren(exp.Sub(this=_time(last), expression=_time(first)))
        right.append(exp.LTE(this=apart, expression=literal(sieve.within_us)))
    doubtful = select([key], of=source("all_events", "e")).group_by(key.copy(), copy=False)
    doubtful = doubtful.having(exp.not_(exp.and_(*right)), copy=False)
    on = exp.EQ(this=column(sieve.key, "r"), expression=column(sieve.key, "p"))
    query = select(
        [exp.Column(this=exp.Star(), table=exp.to_identifier("r", quoted=True))],
        of=source("all_events", "r"),
        joins=[join(source("doubtful", "p"), [on], kind="SEMI")],
    )
    query = query.with_("all_events", as_=events, materialized=True, copy=False)
    return query.with_("doubtful", as_=doubtful, append=True, copy=False)


def of_kind(sieve: Sieve, kind: str, fields: Sequence[str], *, table: str) -> exp.Select:
    """The events of one kind among what was left over."""
    at = column(MOMENT, "e")
    columns = [named(_time(at) if name == "time" else column(name, "e"), name) for name in fields]
    wanted = exp.EQ(this=_code(at), expression=literal(sieve.code(kind)))
    return select(columns, of=source(table, "e"), where=[wanted])


def _code(at: exp.Expr) -> exp.Expr:
    return exp.paren(exp.BitwiseAnd(this=at.copy(), expression=literal(_LAST_CODE)))


def _time(at: exp.Expr) -> exp.Expr:
    return exp.paren(exp.BitwiseRightShift(this=at.copy(), expression=number(_CODE_BITS)))


def in_slice(key: exp.Expr, ids: tuple[int | None, int | None]) -> list[exp.Expr]:
    """Conditions for an id of a range; None is open."""
    low, high = ids
    found: list[exp.Expr] = []
    if low is not None:
        found.append(exp.GTE(this=key.copy(), expression=literal(low)))
    if high is not None:
        found.append(exp.LTE(this=key.copy(), expression=literal(high)))
    return found


def slices(
    session: duckdb.DuckDBPyConnection, files: Sequence[Path], key: str
) -> list[tuple[int | None, int | None]]:
    """Ranges that together are all ids, each range few enough for an array where that is possible.

    Ids are divided where the log has them in order, so that each range lies in a part of the
    files of its own, by the statistics of their row groups. DuckDB reads those: pyarrow 26 ends
    the process where size statistics contradict the type of their column.
    """
    width = (1 << KEY_BITS) - 2
    whole: list[tuple[int | None, int | None]] = [(None, None)]
    spans: list[tuple[int, int]] = []
    stated = session.execute(_LIMITS, {"files": paths_of(files), "key": key}).fetchall()
    for low_text, high_text, without_ids in stated:
        if low_text is not None and high_text is not None:
            spans.append((int(low_text), int(high_text)))
        elif not without_ids:
            return whole
    if not spans:
        return whole
    low, high = min(first for first, _ in spans), max(last for _, last in spans)
    reads = sum((last - low) // width - (first - low) // width + 1 for first, last in spans)
    ranges = (high - low) // width + 1
    if ranges == 1 or reads > 2 * len(spans) or ranges > reads:
        return whole
    starts = range(low + width, high + 1, width)
    return list(zip((None, *starts), (*(start - 1 for start in starts), None), strict=True))
