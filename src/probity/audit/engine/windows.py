"""Where in time an event may lie, seen from the rows it is joined to."""

from collections.abc import Callable

from sqlglot import exp

from probity.audit.engine.normal_form import Unless, Within
from probity.audit.engine.rows import Rows
from probity.audit.engine.sql import column, join, literal

Window = Callable[[exp.Expr], list[exp.Expr]]
"""Conditions on the time of an event (alias ``p``), over the columns of the rows (``r``)."""


def same_values(rows: Rows, found: Rows) -> list[exp.Expr]:
    """Variables of both are equal; a value that is missing equals nothing."""
    return [
        exp.EQ(this=column(rows.values[name], "r"), expression=column(stored, "p"))
        for name, stored in found.values.items()
        if name in rows.values
    ]


def meeting(kind: str, rows: Rows, found: Rows, window: Window) -> exp.Join:
    """Rows (``r``) that a found event (``p``) meets, or that none does, in their window."""
    on = same_values(rows, found) + window(column(found.now, "p"))
    for end in found.ends:
        held = exp.LT(this=column(rows.now, "r"), expression=column(end, "p"))
        on.append(exp.paren(exp.or_(exp.Is(this=column(end, "p"), expression=exp.Null()), held)))
    return join(found.at("p"), on, kind=kind)


def moved(time: exp.Expr, distance: int) -> exp.Expr:
    """An instant, so many microseconds later."""
    return exp.Add(this=time, expression=literal(distance)) if distance else time


def between(first: str, last: str, *, with_first: bool) -> Window:
    """From one instant of the rows to another; the other end is left out."""
    after, before = (exp.GTE, exp.LT) if with_first else (exp.GT, exp.LTE)
    return lambda time: [
        after(this=time.copy(), expression=column(first, "r")),
        before(this=time.copy(), expression=column(last, "r")),
    ]


def from_instant(first: str) -> Window:
    """From an instant of the rows to the end of the log."""
    return lambda time: [exp.GTE(this=time.copy(), expression=column(first, "r"))]


def around(rows: Rows, formula: Within | Unless) -> Window:
    """The window of a temporal operator, seen from the instant of the rows."""

    def window(time: exp.Expr) -> list[exp.Expr]:
        now = column(rows.now, "r")
        if formula.low == formula.high == 0:
            return [exp.EQ(this=time, expression=now)]
        found: list[exp.Expr] = []
        if formula.low is not None:
            found.append(exp.GTE(this=time.copy(), expression=moved(now.copy(), formula.low)))
        if formula.high is not None:
            found.append(exp.LTE(this=time.copy(), expression=moved(now.copy(), formula.high)))
        return found

    return window
