"""Conditions on values, as SQL. NULL means unknown, as it does in SQL itself."""

from collections.abc import Mapping

from sqlglot import exp

from probity.audit.engine.sql import every, literal, number
from probity.audit.formula import (
    Comparison,
    Constant,
    Member,
    Operator,
    Present,
    Sum,
    Term,
    Variable,
)

_COMPARE: dict[Operator, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def condition_of(
    formula: Comparison | Member | Present, values: Mapping[str, exp.Expr]
) -> exp.Expr:
    """A condition over the columns that hold the variables."""
    if isinstance(formula, Comparison):
        left, right = _term(formula.left, values), _term(formula.right, values)
        return _COMPARE[formula.operator](this=left, expression=right)
    if isinstance(formula, Member):
        value = _term(formula.value, values)
        return exp.In(this=value, expressions=[literal(each) for each in formula.allowed])
    missing = exp.Is(this=_term(formula.variable, values), expression=exp.Null())
    return exp.Not(this=missing)


def count_tests(
    least: exp.Expr, most: exp.Expr, operator: Operator, limit: int
) -> tuple[exp.Expr, exp.Expr]:
    """Whether a number between ``least`` and ``most`` can, and must, compare so with ``limit``."""
    wanted = number(limit)

    def is_(value: exp.Expr, compare: type[exp.Binary]) -> exp.Expr:
        return compare(this=value.copy(), expression=wanted.copy())

    if operator in ("<", "<="):
        return is_(least, _COMPARE[operator]), is_(most, _COMPARE[operator])
    if operator in (">", ">="):
        return is_(most, _COMPARE[operator]), is_(least, _COMPARE[operator])
    reached = every([is_(least, exp.LTE), is_(most, exp.GTE)])
    exactly = every([is_(least, exp.EQ), is_(most, exp.EQ)])
    if operator == "=":
        return reached, exactly
    return exp.Not(this=exp.paren(exactly)), exp.Not(this=exp.paren(reached.copy()))


def _term(term: Term, values: Mapping[str, exp.Expr]) -> exp.Expr:
    if isinstance(term, Constant):
        return literal(term.value)
    if isinstance(term, Variable):
        return values[term.name].copy()
    assert isinstance(term, Sum)  # noqa: S101
    sign = exp.Add if term.sign == "+" else exp.Sub
    return exp.paren(sign(this=_term(term.left, values), expression=_term(term.right, values)))
