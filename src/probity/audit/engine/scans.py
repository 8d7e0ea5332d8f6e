"""What rules read of a log: which fields of which kinds, and the query that fetches them."""

from collections.abc import Mapping, Sequence

from sqlglot import exp

from probity.audit.engine.sql import SQL_TYPES, column, literal, named, select
from probity.audit.guarded import event_of, events_in, formulas_of
from probity.audit.rule import RateRule, TemporalRule
from probity.core.event import FIELDS

BULK_SHARE = 0.1
"""A kind with a larger share of the events is read where it lies, again for every rule."""


def fields_read(checks: Sequence[TemporalRule | RateRule]) -> dict[str, list[str]]:
    """Fields that the rules read, of each kind that they name.

    The number of an event is read where it may be a finding: for the instances of a rule.
    """
    found: dict[str, set[str]] = {}
    for check in checks:
        instances = event_of(check)
        found.setdefault(instances.kind, set()).add("event")
        further = [event for formula in formulas_of(check) for event in events_in(formula)]
        for pattern in (instances, *further):
            read = found.setdefault(pattern.kind, set())
            read.add("time")
            read.update(name for name, _ in pattern.fields)
    return {kind: sorted(names) for kind, names in found.items()}


def bulk_kinds(kinds: Sequence[str], counts: Mapping[str, int], *, share: float) -> set[str]:
    """Kinds with more than this share of all events."""
    total = sum(counts.values())
    return {kind for kind in kinds if counts.get(kind, 0) > share * total}


def scan(
    of: exp.Expr,
    *,
    columns: Sequence[str],
    to_us: int | None,
    fields: Sequence[str],
    kinds: Sequence[str],
    micros: str,
    number: exp.Expr | None = None,
    further: Sequence[exp.Expr] = (),
) -> exp.Select:
    """Events of some kinds up to ``to_us``, in the types that rules see.

    Parameters
    ----------
    of : expression
        The log, under the alias ``e``.
    columns : sequence of str
        Fields that the log has; others are NULL.
    to_us : int or None
        None: no event is later than the end.
    micros : str
        The engine's function from a timestamp to microseconds.
    number : expression, optional
        What stands for the number of an event; the number itself by default.
    further : sequence of expressions
        Conditions on what is stored.
    """

    def plain(name: str) -> exp.Expr:
        if name == "event" and number is not None:
            return number.copy()
        if name not in columns:
            return exp.cast(exp.Null(), SQL_TYPES[FIELDS[name].type])
        stored = column(name, "e")
        if FIELDS[name].type == "time":
            return exp.Anonymous(this=micros, expressions=[stored])
        return stored

    conditions: list[exp.Expr] = [
        exp.In(this=column("kind", "e"), expressions=[literal(kind) for kind in kinds]),
        *further,
    ]
    if to_us is not None:
        conditions.append(exp.LTE(this=plain("time"), expression=literal(to_us)))
    return select([named(plain(name), name) for name in fields], of=of, where=conditions)


def counted_by_kind(of: exp.Expr) -> exp.Select:
    """How many events of each kind a log (alias ``e``) holds."""
    query = select([column("kind", "e"), exp.Count(this=exp.Star())], of=of)
    return query.group_by(column("kind", "e"), copy=False)
