"""Contexts of a formula as rows of SQL: where it is judged, under which values, and how true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from probity.audit.engine.sql import Step, case, column, named, number, select, source, union_all

TRUTH = "truth"
TRUE, UNKNOWN = 2, 1
"""A row that is not there is false."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A step whose rows are contexts.

    Parameters
    ----------
    name : str
        Of the step or table.
    now : str
        Column of the instant.
    columns : tuple of str
        All columns except the truth.
    values : mapping of str to str
        Variable to column.
    settled : bool
        Every row is true: none is unknown.
    to_come : bool
        Rows for values that lie beyond the end of the log: some variables have no column.
    ends : tuple of str
        Columns of instants from which a row no longer holds; NULL where it always does.
    key : tuple of str
        Columns in which no two rows are alike; empty where that is not known.
    """

    name: str
    now: str
    columns: tuple[str, ...]
    values: Mapping[str, str]
    settled: bool = True
    to_come: bool = False
    ends: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

    def at(self, alias: str) -> exp.Expr:
        """These rows as the table of a query."""
        return source(self.name, alias)

    def all_columns(self, alias: str) -> list[exp.Expr]:
        """Every column but the truth."""
        return [column(name, alias) for name in self.columns]

    def truth(self, alias: str) -> exp.Expr:
        """How true a row is."""
        return number(TRUE) if self.settled else column(TRUTH, alias)


class Steps:
    """The steps of one query, in the order they are read, and fresh names for their columns."""

    def __init__(self) -> None:
        self.listed: list[Step] = []
        self._columns = 0

    def add(self, query: exp.Query) -> str:
        """Append a step; its name."""
        name = f"step_{len(self.listed)}"
        self.listed.append(Step(name, query))
        return name

    def fresh(self, prefix: str) -> str:
        """A column name that no other step uses."""
        self._columns += 1
        return f"{prefix}{self._columns}"

    def filtered(
        self,
        rows: Rows,
        *,
        where: Iterable[exp.Expr] = (),
        joins: Iterable[exp.Join] = (),
        truth: exp.Expr | None = None,
    ) -> Rows:
        """Some of the rows (alias ``r``), none twice, with another truth where one is given."""
        settled = rows.settled and truth is None
        columns = rows.all_columns("r")
        if not settled:
            columns.append(named(truth or rows.truth("r"), TRUTH))
        query = select(columns, of=rows.at("r"), joins=list(joins), where=where)
        return replace(rows, name=self.add(query), settled=settled)

    def projected(self, rows: Rows, onto: Rows, values: Mapping[str, str]) -> Rows:
        """Rows with the columns of ``onto`` and of ``values`` only, each once, as true as any."""
        extra = [name for name in values.values() if name not in onto.columns]
        kept = (*onto.columns, *extra)
        columns: list[exp.Expr] = [column(name, "r") for name in kept]
        query = select(columns, of=rows.at("r"))
        once = rows.key and set(rows.key) <= set(kept)
        if once and not rows.settled:
            query = query.select(rows.truth("r"), copy=False)
        elif rows.settled and not once:
            query = query.distinct(copy=False)
        elif not once:
            query = query.select(named(exp.Max(this=rows.truth("r")), TRUTH), copy=False).group_by(
                *[part.copy() for part in columns], copy=False
            )
        return replace(
            rows,
            name=self.add(query),
            now=onto.now,
            columns=kept,
            values=dict(values),
            key=rows.key if once else kept,
        )

    def together(self, branches: Sequence[Rows]) -> Rows:
        """Branches of the same columns, no row in two of them, as one."""
        if len(branches) == 1:
            return branches[0]
        parts = [
            select([*rows.all_columns("r"), named(rows.truth("r"), TRUTH)], of=rows.at("r"))
            for rows in branches
        ]
        return replace(branches[0], name=self.add(union_all(parts)), settled=False)

    def nearest(self, rows: Rows, *, earliest: bool) -> Rows:
        """For all values that settled rows bind, the earliest instant, or the latest."""
        values = tuple(dict.fromkeys(rows.values.values()))
        now = self.fresh("t")
        least_or_most = exp.Min if earliest else exp.Max
        columns: list[exp.Expr] = [column(name, "r") for name in values]
        instant = named(least_or_most(this=column(rows.now, "r")), now)
        query = select([*columns, instant], of=rows.at("r")).group_by(
            *[part.copy() for part in columns], copy=False
        )
        return Rows(self.add(query), now, (*values, now), rows.values, key=values)

    def best(self, branches: Iterable[Rows], key: tuple[str, ...]) -> Rows:
        """One row for every key that any branch has, as true as the truest."""
        listed = list(branches)
        if not listed:
            raise ValueError("no branches")
        parts = []
        for rows in listed:
            columns: list[exp.Expr] = [column(name, "r") for name in key]
            parts.append(select([*columns, named(rows.truth("r"), TRUTH)], of=rows.at("r")))
        name = self.add(union_all(parts))
        if len(listed) == 1 and listed[0].key and set(listed[0].key) <= set(key):
            return Rows(name, key[0], key, {}, listed[0].settled, key=listed[0].key)
        query = select(
            [*[column(part, "r") for part in key], named(exp.Max(this=column(TRUTH, "r")), TRUTH)],
            of=source(name, "r"),
        ).group_by(*[column(part, "r") for part in key], copy=False)
        settled = all(rows.settled for rows in listed)
        return Rows(self.add(query), key[0], key, {}, settled, key=key)


def least(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    """Truth of two conditions that must both hold."""
    known = number(TRUE)
    if first == known:
        return second
    if second == known:
        return first
    return case((exp.LT(this=first, expression=second), first), otherwise=second)
