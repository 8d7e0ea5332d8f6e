"""Types of the values in a rule: what may be compared with what, and added to what.

Ids, texts and flags are equal or not; numbers, times and durations are also more or less. A
number without a unit is no duration.
"""

from collections.abc import Mapping
from typing import Literal

from probity.audit.duration import Microseconds
from probity.audit.formula import Comparison, Constant, Formula, Term, Variable
from probity.audit.written import written, written_term
from probity.core import InputError
from probity.core.event import FieldType

ValueType = Literal["id", "text", "number", "flag", "time", "duration"]
Types = Mapping[str, FieldType]
"""Variables and the type of the field each is bound to."""

_ORDERED: tuple[ValueType, ...] = ("number", "time", "duration")


def require_comparable(
    comparison: Comparison, scope: Types, *, shown: Formula | None = None
) -> None:
    """Refuse a comparison of values that are not alike; a message shows ``shown``.

    Raises
    ------
    InputError
        Different types, or more and less of values that have no order.
    """
    shown = shown or comparison
    left = type_of(comparison.left, scope, shown)
    right = type_of(comparison.right, scope, shown)
    if (
        left != right
        and not _is_id(comparison.left, left, right)
        and not _is_id(comparison.right, right, left)
    ):
        raise refused(f"a {left} cannot be compared with a {right}", shown)
    if comparison.operator not in ("=", "!=") and left not in _ORDERED:
        raise refused(f"a {left} is not more or less than another", shown, "= or !=")


def _is_id(term: Term, own: ValueType, other: ValueType) -> bool:
    """Whether a number written in the rule is an id."""
    whole = isinstance(term, Constant) and isinstance(term.value, int)
    return whole and (own, other) == ("number", "id")


def type_of(term: Term, scope: Types, whole: Formula) -> ValueType:
    """Type of a variable, a value or a sum; a message shows ``whole``.

    Raises
    ------
    InputError
        A variable that is not bound, or a sum of values that cannot be added.
    """
    if isinstance(term, Variable):
        if term.name not in scope:
            raise refused(
                f"variable {term.name} is not bound before it is used",
                whole,
                f"an event before it that binds it, or one of: {', '.join(scope) or 'none'}",
            )
        return scope[term.name]
    if isinstance(term, Constant):
        return _type_of_value(term.value)
    left, right = type_of(term.left, scope, whole), type_of(term.right, scope, whole)
    if left == right and left in ("number", "duration"):
        return left
    if (left, right) == ("time", "duration") or (
        (left, right, term.sign) == ("duration", "time", "+")
    ):
        return "time"
    if (left, right, term.sign) == ("time", "time", "-"):
        return "duration"
    raise refused(f"no {left} {term.sign} {right}: {written_term(term)}", whole)


def _type_of_value(value: float | str | bool) -> ValueType:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, Microseconds):
        return "duration"
    return "text" if isinstance(value, str) else "number"


def refused(problem: str, formula: Formula, allowed: str | None = None) -> InputError:
    """What is wrong with a formula, and the formula."""
    return InputError(problem, got=written(formula), allowed=allowed)
