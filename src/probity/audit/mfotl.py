"""Rules in the syntax of MonPoly, a published monitor for metric first-order temporal logic.

For comparing meanings only. MonPoly has no missing values, so ``PRESENT`` is true of what is
bound; its predicates name fields by position; a flag is 0 or 1. What MonPoly reports as a
satisfaction of ``violation(rule)`` is a breach.
"""

from typing import assert_never

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
    Operator,
    Or,
    Present,
    Since,
    Term,
    Until,
    Value,
    Variable,
)
from probity.audit.rule import TemporalRule
from probity.audit.templates import variables_of
from probity.core.event import FIELDS, KINDS, FieldType

_NUMBER = "how_many"

_TYPES: dict[FieldType, str] = {
    "id": "int",
    "text": "string",
    "number": "float",
    "flag": "int",
    "time": "int",
}
_MEETS = {
    "=": lambda limit: limit == 0,
    "!=": lambda limit: limit != 0,
    "<": lambda limit: limit > 0,
    "<=": lambda limit: limit >= 0,
    ">": lambda limit: limit < 0,
    ">=": lambda limit: limit <= 0,
}
"""Whether a count of none meets the limit."""


def violation(check: TemporalRule, *, shown: str) -> str:
    """The formula that is true of every breach; of its variables only ``shown`` is free."""
    others = sorted(variables_of(check.for_each) - {shown})
    parts = [as_mfotl(check.for_each)]
    if check.when is not None:
        parts.append(as_mfotl(check.when))
    whole = " AND ".join([*parts, f"NOT {as_mfotl(check.require)}"])
    return f"EXISTS {', '.join(others)}. ({whole})" if others else whole


def as_mfotl(formula: Formula) -> str:  # noqa: PLR0911
    """A formula in the syntax of MonPoly, in parentheses where it needs any."""
    match formula:
        case Event():
            return _predicate(formula)
        case Comparison(operator="!="):
            return f"(NOT ({_term(formula.left)} = {_term(formula.right)}))"
        case Comparison():
            return f"({_term(formula.left)} {formula.operator} {_term(formula.right)})"
        case Member():
            value = _term(formula.value)
            equal = (f"({value} = {_value(allowed)})" for allowed in formula.allowed)
            return f"({' OR '.join(equal)})"
        case Present():
            return f"({formula.variable.name} = {formula.variable.name})"
        case Not():
            return f"(NOT {as_mfotl(formula.part)})"
        case And() | Or():
            word = " AND " if isinstance(formula, And) else " OR "
            return f"({word.join(as_mfotl(part) for part in formula.parts)})"
        case Exists():
            return f"(EXISTS {', '.join(formula.names)}. {as_mfotl(formula.part)})"
        case Once() | Eventually():
            word = "ONCE" if isinstance(formula, Once) else "EVENTUALLY"
            return f"({word}{_interval(formula.interval)} {as_mfotl(formula.part)})"
        case Since() | Until():
            word = "SINCE" if isinstance(formula, Since) else "UNTIL"
            left, right = as_mfotl(formula.left), as_mfotl(formula.right)
            return f"({left} {word}{_interval(formula.interval)} {right})"
        case Count():
            return _count(formula)
        case _:
            assert_never(formula)


def signature() -> str:
    """The predicates that ``as_mfotl`` uses, one kind of event each."""
    return "\n".join(
        f"{_name(kind)}({', '.join(_TYPES[FIELDS[field].type] for field in _columns(kind))})"
        for kind in KINDS
    )


def log_line(time: int, rows: list[dict[str, Value]]) -> str:
    """One instant of a log: ``@time`` and its events, each with every field of its kind."""
    events = (
        f"{_name(str(row['kind']))}"
        f"({', '.join(_value(row[field]) for field in _columns(str(row['kind'])))})"
        for row in rows
    )
    return f"@{time} {' '.join(events)};"


def _predicate(event: Event) -> str:
    asked = dict(event.fields)
    terms = (_term(asked[field]) if field in asked else "_" for field in _columns(event.kind))
    return f"{_name(event.kind)}({', '.join(terms)})"


def _count(formula: Count) -> str:
    """MonPoly counts groups that have a member: none at all is a case of its own."""
    groups = sorted(variables_of(formula.part) - set(formula.names))
    by = f"; {', '.join(groups)}" if groups else ""
    part = f"({_NUMBER} <- CNT {formula.names[0]}{by} {as_mfotl(formula.part)})"
    zero = _MEETS[formula.operator](formula.limit)
    limit = _compared(_NUMBER, formula.operator, formula.limit)
    return (
        f"(NOT (EXISTS {_NUMBER}. {part} AND NOT {limit}))"
        if zero
        else f"(EXISTS {_NUMBER}. {part} AND {limit})"
    )


def _compared(name: str, operator: Operator, limit: int) -> str:
    if operator == "!=":
        return f"(NOT ({name} = {limit}))"
    return f"({name} {operator} {limit})"


def _interval(interval: Interval) -> str:
    return f"[{interval.low},{'*)' if interval.high is None else f'{interval.high}]'}"


def _columns(kind: str) -> tuple[str, ...]:
    return ("event", "time", *KINDS[kind].fields)


def _name(kind: str) -> str:
    return kind.replace(".", "_")


def _term(term: Term) -> str:
    if isinstance(term, Variable):
        return term.name
    if isinstance(term, Constant):
        return _value(term.value)
    return f"({_term(term.left)} {term.sign} {_term(term.right)})"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return f'"{value}"'
    if value is None:
        raise ValueError("MonPoly has no missing values")
    return str(int(value)) if isinstance(value, int) else str(value)
