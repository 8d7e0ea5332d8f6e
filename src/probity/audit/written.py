"""Formulas as text of the rule language: what a person reads, and the parser reads back."""

from typing import assert_never

from probity.audit.duration import Microseconds, written_duration
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
    Variable,
)
from probity.audit.tokens import quoted

_LOOSE, _OR, _AND, _SINCE, _TIGHT = range(5)


def written(formula: Formula) -> str:
    """The formula as text. The parser makes the same formula of it.

    Formulas that the parser cannot make are shown as well as may be: an ``And`` of one part is
    written as that part.
    """
    return _written(formula)[0]


def written_term(term: Term) -> str:
    """A variable, a value or a sum as text."""
    if isinstance(term, Variable):
        return term.name
    if isinstance(term, Constant):
        return written_value(term.value)
    right = written_term(term.right)
    if isinstance(term.right, Sum):
        right = f"({right})"
    return f"{written_term(term.left)} {term.sign} {right}"


def written_value(value: int | float | str | bool) -> str:
    """A value as text: durations with their unit."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Microseconds):
        return written_duration(value)
    return quoted(value) if isinstance(value, str) else repr(value)


def written_interval(interval: Interval) -> str:
    """``[low, high]``, and nothing where it is any distance."""
    if interval == Interval():
        return ""
    low = written_duration(interval.low) if interval.low else "0"
    if interval.high is None:
        return f"[{low}, *)"
    high = written_duration(interval.high) if interval.high else "0"
    return f"[{low}, {high}]"


def _written(formula: Formula) -> tuple[str, int]:  # noqa: PLR0911
    """Return the text, and how tightly its outermost word binds."""
    match formula:
        case Event():
            fields = ", ".join(f"{name}: {written_term(term)}" for name, term in formula.fields)
            return f"{formula.kind}({fields})", _TIGHT
        case Comparison():
            left, right = written_term(formula.left), written_term(formula.right)
            return f"{left} {formula.operator} {right}", _TIGHT
        case Member():
            allowed = ", ".join(written_value(value) for value in formula.allowed)
            return f"{written_term(formula.value)} IN ({allowed})", _TIGHT
        case Present():
            return f"PRESENT {formula.variable.name}", _TIGHT
        case Not():
            return f"NOT {_within(formula.part, _TIGHT)}", _TIGHT
        case And() | Or():
            if len(formula.parts) == 1:
                return _written(formula.parts[0])
            word, level = (" AND ", _AND) if isinstance(formula, And) else (" OR ", _OR)
            return word.join(_within(part, level + 1) for part in formula.parts), level
        case Exists():
            return f"EXISTS {', '.join(formula.names)}. {written(formula.part)}", _LOOSE
        case Once() | Eventually():
            word = "ONCE" if isinstance(formula, Once) else "EVENTUALLY"
            return f"{word}{written_interval(formula.interval)} {_operand(formula.part)}", _TIGHT
        case Since() | Until():
            word = "SINCE" if isinstance(formula, Since) else "UNTIL"
            operator = f"{word}{written_interval(formula.interval)}"
            return (
                f"(NOT {_within(formula.left.part, _TIGHT)}) {operator} {_operand(formula.right)}",
                (_SINCE),
            )
        case Count():
            names = ", ".join(formula.names)
            return f"COUNT {names}. ({written(formula.part)}) {formula.operator} {formula.limit}", (
                _TIGHT
            )
        case _:
            assert_never(formula)


def _within(formula: Formula, level: int) -> str:
    text, own = _written(formula)
    return text if own >= level else f"({text})"


def _operand(formula: Formula) -> str:
    return _within(formula, _TIGHT)
