"""What must hold of a rule before it is run, and what can be told of it without a log.

*Guarded*: a rule speaks of events in the log and of nothing else.

- Every variable is bound by ``for_each``, or named by the ``EXISTS`` or ``COUNT`` around the
  event that binds it; it is bound before it is compared, reading from left to right (the right
  of ``SINCE`` and ``UNTIL`` before the left), and its name is used once.
- Parts of an ``OR`` bind the same variables. A ``NOT``, and the left of ``SINCE`` and
  ``UNTIL``, binds none of its own.
- What a temporal operator ranges over is an event with conditions (*anchored*), so that it
  cannot be true at an instant that is there only because something else happened.
- A variable bound within ``EVENTUALLY`` or ``UNTIL`` is named right around it: while the log
  may go on, its values are not all known, and nothing but ``EXISTS`` and ``COUNT`` can tell
  what that means.
- Values that are compared, added or looked up are of one type. A duration has a unit.
"""

from collections.abc import Iterable
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
    Member,
    Not,
    Once,
    Or,
    Present,
    Since,
    Until,
)
from probity.audit.rule import RateRule, TemporalRule
from probity.audit.value_types import Types, refused, require_comparable, type_of
from probity.core.event import FIELDS, FieldType


def require_guarded(check: TemporalRule | RateRule) -> None:
    """Refuse a rule that is not guarded.

    Raises
    ------
    InputError
        The first part of the rule that breaks one of the conditions above.
    """
    scope = new_variables(event_of(check), {})
    for formula in formulas_of(check):
        free = new_variables(formula, scope)
        if free:
            name = next(iter(free))
            raise refused(
                f"variable {name} is bound within the condition only",
                formula,
                f"EXISTS {name}. … around it",
            )


def event_of(check: TemporalRule | RateRule) -> Event:
    """The pattern that picks the instances of a rule."""
    return check.for_each if isinstance(check, TemporalRule) else check.of


def formulas_of(check: TemporalRule | RateRule) -> tuple[Formula, ...]:
    """The conditions that are judged for each instance."""
    if isinstance(check, RateRule):
        return (check.cases,)
    return (check.require,) if check.when is None else (check.when, check.require)


def new_variables(formula: Formula, scope: Types) -> dict[str, FieldType]:  # noqa: PLR0911
    """Variables that a formula binds beyond ``scope``, with their types.

    Raises
    ------
    InputError
        A part that is not guarded, or values whose types do not fit.
    """
    match formula:
        case Event():
            return _bound_by(formula, scope)
        case Comparison():
            require_comparable(formula, scope)
            return {}
        case Member():
            for value in formula.allowed:
                equal = Comparison(formula.value, "=", Constant(value))
                require_comparable(equal, scope, shown=formula)
            return {}
        case Present():
            type_of(formula.variable, scope, formula)
            return {}
        case Not():
            _require_closed(formula.part, scope, formula)
            return {}
        case And():
            return _bound_by_all(formula, scope)
        case Or():
            return _bound_by_any(formula, scope)
        case Exists() | Count():
            return _named(formula, scope)
        case Once() | Eventually():
            _require_anchored(formula.part, formula)
            return new_variables(formula.part, scope)
        case Since() | Until():
            _require_anchored(formula.right, formula)
            _require_anchored(formula.left.part, formula)
            bound = new_variables(formula.right, scope)
            known = {**scope, **bound} if isinstance(formula, Since) else scope
            _require_closed(formula.left.part, known, formula)
            return bound
        case _:
            assert_never(formula)


def future_reach_us(formula: Formula) -> int | None:
    """How far after an instant a formula can look, in microseconds; None: without end.

    Sums along nested operators; what looks back first reaches less far ahead, never below 0.
    """
    return _reach(formula, future=True)


def past_reach_us(formula: Formula) -> int | None:
    """How far before an instant a formula can look, in microseconds; None: without end."""
    return _reach(formula, future=False)


def rule_future_reach_us(check: TemporalRule | RateRule) -> int | None:
    """How far after an instance a rule can look."""
    return _furthest(future_reach_us(formula) for formula in formulas_of(check))


def rule_past_reach_us(check: TemporalRule | RateRule) -> int | None:
    """How far before an instance a rule can look."""
    return _furthest(past_reach_us(formula) for formula in formulas_of(check))


def events_in(formula: Formula) -> tuple[Event, ...]:
    """Every event pattern of a formula, in the order written."""
    if isinstance(formula, Event):
        return (formula,)
    return tuple(event for part in parts_of(formula) for event in events_in(part))


def kinds_needed(check: TemporalRule | RateRule) -> frozenset[str]:
    """Kinds of event without which a rule cannot be observed."""
    return frozenset(event.kind for event in _events(check))


def fields_needed(check: TemporalRule | RateRule) -> frozenset[tuple[str, str]]:
    """Pairs of a kind of event and a field of it that a rule reads."""
    return frozenset((event.kind, name) for event in _events(check) for name, _ in event.fields)


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The formulas directly within a formula, in the order written."""
    match formula:
        case And() | Or():
            return formula.parts
        case Not() | Exists() | Once() | Eventually() | Count():
            return (formula.part,)
        case Since() | Until():
            return (formula.left.part, formula.right)
        case Event() | Comparison() | Member() | Present():
            return ()
        case _:
            assert_never(formula)


def anchored(formula: Formula) -> bool:
    """Whether a formula can be true only at instants of events that it names."""
    match formula:
        case Event():
            return True
        case And():
            return any(anchored(part) for part in formula.parts)
        case Or():
            return all(anchored(part) for part in formula.parts)
        case Exists():
            return anchored(formula.part)
        case _:
            return False


def _events(check: TemporalRule | RateRule) -> tuple[Event, ...]:
    further = (event for formula in formulas_of(check) for event in events_in(formula))
    return (event_of(check), *further)


def _bound_by(event: Event, scope: Types) -> dict[str, FieldType]:
    bound: dict[str, FieldType] = {}
    for field, term in event.fields:
        if isinstance(term, Constant):
            continue
        wanted = FIELDS[field].type
        known = scope.get(term.name) or bound.get(term.name)
        if known is None:
            bound[term.name] = wanted
        elif known != wanted:
            raise refused(
                f"variable {term.name} stands for a {known}, and {field} is a {wanted}", event
            )
    return bound


def _bound_by_all(formula: And, scope: Types) -> dict[str, FieldType]:
    bound: dict[str, FieldType] = {}
    for part in formula.parts:
        further = new_variables(part, {**scope, **bound})
        if further and _looks_ahead(part):
            raise refused(
                f"variable {next(iter(further))} is bound in the future and used outside",
                part,
                "EXISTS inside EVENTUALLY or UNTIL, with the conditions on the variable",
            )
        bound |= further
    return bound


def _bound_by_any(formula: Or, scope: Types) -> dict[str, FieldType]:
    bound = [new_variables(part, scope) for part in formula.parts]
    for part, own in zip(formula.parts, bound, strict=True):
        if own != bound[0]:
            raise refused("parts of OR bind different variables", formula)
        if own and _looks_ahead(part):
            raise refused(f"variable {next(iter(own))} is bound in the future", part)
    return bound[0]


def _named(formula: Exists | Count, scope: Types) -> dict[str, FieldType]:
    word = "EXISTS" if isinstance(formula, Exists) else "COUNT"
    bound = new_variables(formula.part, scope)
    for name in formula.names:
        if name in scope:
            raise refused(f"{word} names {name} again", formula, "another name")
        if name not in bound:
            raise refused(f"no event binds variable {name} of {word}", formula, "kind(field: …)")
    rest = {name: type_ for name, type_ in bound.items() if name not in formula.names}
    if rest and isinstance(formula, Count):
        raise refused(f"COUNT does not name variable {next(iter(rest))}", formula)
    return rest


def _looks_ahead(formula: Formula) -> bool:
    """Whether the variables a formula binds come from EVENTUALLY or UNTIL."""
    if isinstance(formula, Exists):
        return _looks_ahead(formula.part)
    return isinstance(formula, Eventually | Until)


def _require_closed(part: Formula, scope: Types, whole: Formula) -> None:
    bound = new_variables(part, scope)
    if bound:
        name = next(iter(bound))
        raise refused(
            f"variable {name} is bound under NOT only", whole, f"EXISTS {name}. … inside NOT"
        )


def _require_anchored(part: Formula, whole: Formula) -> None:
    if not anchored(part):
        raise refused(
            "a temporal operator must range over events", whole, "kind(…), or kind(…) AND …"
        )


def _reach(formula: Formula, *, future: bool) -> int | None:
    match formula:
        case Once() | Eventually():
            ahead = isinstance(formula, Eventually) == future
            return _beyond(formula, _reach(formula.part, future=future), ahead=ahead)
        case Since() | Until():
            ahead = isinstance(formula, Until) == future
            left = _reach(formula.left, future=future)
            right = _reach(formula.right, future=future)
            on_the_way = _beyond(formula, left, ahead=True) if ahead else left
            return _furthest((on_the_way, _beyond(formula, right, ahead=ahead)))
        case _:
            return _furthest(_reach(part, future=future) for part in parts_of(formula))


def _beyond(
    operator: Once | Eventually | Since | Until, reach: int | None, *, ahead: bool
) -> int | None:
    if reach is None or (ahead and operator.interval.high is None):
        return None
    if ahead:
        return (operator.interval.high or 0) + reach
    return max(0, reach - operator.interval.low)


def _furthest(reaches: Iterable[int | None]) -> int | None:
    furthest = 0
    for reach in reaches:
        if reach is None:
            return None
        furthest = max(furthest, reach)
    return furthest
