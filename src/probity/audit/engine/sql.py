"""SQL as SQLGlot expressions: the few forms that the compiler needs, in no dialect.

Names are our own and quoted; values from a rule become literals. Nothing is ever SQL text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from probity.core.event import FieldType

SQL_TYPES: dict[FieldType, str] = {
    "id": "bigint",
    "text": "varchar",
    "number": "double",
    "flag": "boolean",
    "time": "bigint",
}
"""Times are microseconds as whole numbers wherever a rule is judged."""

LONGEST_US = 2**61
"""Distances at or beyond this have no end: no log is 73,000 years long."""


@dataclass(frozen=True, slots=True)
class Step:
    """A named query; later steps read it by its name."""

    name: str
    query: exp.Query


def column(name: str, table: str | None = None) -> exp.Column:
    """A column of our own."""
    return exp.column(name, table=table, quoted=True)


def source(name: str, alias: str) -> exp.Expr:
    """A table or step, under a short name."""
    return exp.alias_(exp.Table(this=exp.to_identifier(name, quoted=True)), alias, quoted=True)


def named(value: exp.Expr, name: str) -> exp.Expr:
    """A value of a result, named."""
    return exp.alias_(value, name, quoted=True)


def literal(value: int | float | str | bool) -> exp.Expr:
    """A value that a rule writes."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, float):
        return exp.cast(exp.Literal.number(repr(value)), "double")
    # int(): durations come as a kind of integer of their own.
    return exp.cast(exp.Literal.number(str(int(value))), "bigint")


def number(value: int) -> exp.Expr:
    """A small whole number of our own."""
    return exp.Literal.number(str(value))


def every(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """All conditions; true where there is none."""
    listed = [condition.copy() for condition in conditions]
    return exp.and_(*listed) if listed else exp.Boolean(this=True)


def select(
    columns: Iterable[exp.Expr],
    *,
    of: exp.Expr,
    joins: Sequence[exp.Join] = (),
    where: Iterable[exp.Expr] = (),
) -> exp.Select:
    """Rows of a table, joined and filtered."""
    query = exp.select(*columns, copy=False).from_(of, copy=False)
    for join in joins:
        query.append("joins", join)
    conditions = list(where)
    return query.where(every(conditions), copy=False) if conditions else query


def join(other: exp.Expr, on: Iterable[exp.Expr], *, kind: str = "INNER") -> exp.Join:
    """INNER, LEFT, SEMI or ANTI."""
    side = {"side": "LEFT"} if kind != "INNER" else {"kind": "INNER"}
    if kind in ("SEMI", "ANTI"):
        side["kind"] = kind
    return exp.Join(this=other, on=every(on), **side)


def case(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr) -> exp.Case:
    """The value of the first condition that holds."""
    whole = exp.Case()
    for condition, value in branches:
        whole = whole.when(condition.copy(), value.copy(), copy=False)
    return whole.else_(otherwise.copy(), copy=False)


def within(query: exp.Query, steps: Sequence[Step]) -> exp.Query:
    """A query with the steps that it reads."""
    whole = query
    for step in steps:
        whole = whole.with_(
            exp.to_identifier(step.name, quoted=True), as_=step.query, copy=False, append=True
        )
    return whole


def coalesced(value: exp.Expr, missing: int) -> exp.Expr:
    """A value, and a number where it is missing."""
    return exp.Coalesce(this=value.copy(), expressions=[number(missing)])


def union_all(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of all queries, at least one."""
    whole = queries[0]
    for query in queries[1:]:
        whole = exp.union(whole, query, distinct=False, copy=False)
    return whole
