"""Formulas in the form that is compiled: one operator for both directions of time.

``Within(low, high, ahead, part)``: ``part`` holds at an instant j with ``now + low <= j <=
now + high``; ``None`` has no end. Negation stands as deep as it can, so that what is asked of the
log is mostly "no such event", and windows that touch become one.
"""

from dataclasses import dataclass, replace

from probity.audit.engine.sql import LONGEST_US
from probity.audit.formula import (
    And,
    Comparison,
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
    Sum,
    Term,
    Until,
    Variable,
)


@dataclass(frozen=True, slots=True)
class Within:
    """``part`` at an instant of the window; ``ahead``: unknown while the log may go on."""

    low: int | None
    high: int | None
    ahead: bool
    part: "Normal"


@dataclass(frozen=True, slots=True)
class Unless:
    """Since (``ahead`` false) or Until: ``part`` in the window, and no ``stop`` in between."""

    low: int | None
    high: int | None
    ahead: bool
    stop: "Normal"
    part: "Normal"


@dataclass(frozen=True, slots=True)
class Opposite:
    """A part that is not so."""

    part: "Normal"


@dataclass(frozen=True, slots=True)
class All:
    """All of the parts."""

    parts: tuple["Normal", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Any of the parts."""

    parts: tuple["Normal", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some values of ``names`` make ``part`` true."""

    names: tuple[str, ...]
    part: "Normal"


@dataclass(frozen=True, slots=True)
class HowMany:
    """Different values of ``names`` that make ``part`` true, compared with ``limit``."""

    names: tuple[str, ...]
    part: "Normal"
    operator: Operator
    limit: int


Normal = (
    Event | Comparison | Member | Present | Within | Unless | Opposite | All | Any | Some | HowMany
)

_OPPOSITES: dict[Operator, Operator] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}


def normal(formula: Formula) -> Normal:  # noqa: PLR0911
    """The same formula in the form that is compiled."""
    match formula:
        case Not():
            return opposite(normal(formula.part))
        case And():
            return _all(tuple(normal(part) for part in formula.parts))
        case Or():
            return _any(tuple(normal(part) for part in formula.parts))
        case Exists():
            return _some(formula.names, normal(formula.part))
        case Count():
            part = normal(formula.part)
            return HowMany(formula.names, part, formula.operator, formula.limit)
        case Once() | Eventually():
            ahead = isinstance(formula, Eventually)
            low, high = _window(formula.interval, ahead=ahead)
            return Within(low, high, ahead, normal(formula.part))
        case Since() | Until():
            ahead = isinstance(formula, Until)
            low, high = _window(formula.interval, ahead=ahead)
            return Unless(low, high, ahead, normal(formula.left.part), normal(formula.right))
        case Event() | Comparison() | Member() | Present():
            return formula


def opposite(formula: Normal) -> Normal:  # noqa: PLR0911
    """What is true where ``formula`` is false, and unknown where it is unknown."""
    match formula:
        case Opposite():
            return formula.part
        case All():
            if any(not isinstance(part, Opposite | Comparison) for part in formula.parts):
                return Opposite(formula)
            return _any(tuple(opposite(part) for part in formula.parts))
        case Any():
            return _all(tuple(opposite(part) for part in formula.parts))
        case Comparison():
            return replace(formula, operator=_OPPOSITES[formula.operator])
        case HowMany():
            return replace(formula, operator=_OPPOSITES[formula.operator])
        case _:
            return Opposite(formula)


def parts_of(formula: Normal) -> tuple[Normal, ...]:
    """The formulas directly within a formula."""
    match formula:
        case All() | Any():
            return formula.parts
        case Unless():
            return (formula.stop, formula.part)
        case Within() | Opposite() | Some() | HowMany():
            return (formula.part,)
        case _:
            return ()


def _window(interval: Interval, *, ahead: bool) -> tuple[int | None, int | None]:
    far = interval.high if interval.high is not None and interval.high < LONGEST_US else None
    near = min(interval.low, LONGEST_US)
    if ahead:
        return near, far
    return (None if far is None else -far), -near


def _some(names: tuple[str, ...], part: Normal) -> Normal:
    """Some values at some instant are, at some instant, some values."""
    if isinstance(part, Within):
        return replace(part, part=Some(names, part.part))
    return Some(names, part)


def _all(parts: tuple[Normal, ...]) -> Normal:
    flat: list[Normal] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, All) else (part,))
    absent = [part.part for part in flat if isinstance(part, Opposite)]
    merged = _one_window([part for part in absent if isinstance(part, Within)])
    rest = [
        part for part in flat if not (isinstance(part, Opposite) and isinstance(part.part, Within))
    ]
    flat = rest + [Opposite(part) for part in merged]
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def _any(parts: tuple[Normal, ...]) -> Normal:
    flat: list[Normal] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Any) else (part,))
    rest = [part for part in flat if not isinstance(part, Within)]
    flat = rest + list(_one_window([part for part in flat if isinstance(part, Within)]))
    return flat[0] if len(flat) == 1 else Any(tuple(flat))


def _one_window(parts: list[Within]) -> list[Within]:
    """Windows over the same events that meet at now become one that looks both ways."""
    found: list[Within] = []
    for part in parts:
        for index, other in enumerate(found):
            back, ahead = (other, part) if part.ahead else (part, other)
            touching = back.high == 0 and ahead.low == 0
            if touching and other.part == part.part and not back.ahead and ahead.ahead:
                found[index] = Within(back.low, ahead.high, True, part.part)
                break
        else:
            found.append(part)
    return found


def free_in(formula: Normal) -> frozenset[str]:
    """Variables of a formula that no SOME and no count of it names."""
    match formula:
        case Event():
            terms = [term for _, term in formula.fields]
            return frozenset(term.name for term in terms if isinstance(term, Variable))
        case Comparison():
            return _in_term(formula.left) | _in_term(formula.right)
        case Member():
            return _in_term(formula.value)
        case Present():
            return _in_term(formula.variable)
        case _:
            inside = frozenset[str]().union(*(free_in(part) for part in parts_of(formula)))
            return inside - set(formula.names) if isinstance(formula, Some | HowMany) else inside


def is_anchored(formula: Normal) -> bool:
    """Whether a formula can be true only at instants of events that it names."""
    match formula:
        case Event():
            return True
        case All():
            return any(is_anchored(part) for part in formula.parts)
        case Any():
            return all(is_anchored(part) for part in formula.parts)
        case Some():
            return is_anchored(formula.part)
        case _:
            return False


def anchor_of(formula: All) -> tuple[Normal, All]:
    """The part whose events a conjunction happens at, an event itself if any is, and the rest."""
    order = sorted(
        (not isinstance(part, Event), index)
        for index, part in enumerate(formula.parts)
        if is_anchored(part)
    )
    index = order[0][1]
    return formula.parts[index], All(formula.parts[:index] + formula.parts[index + 1 :])


def certainly_bound(formula: Normal) -> frozenset[str]:
    """Variables that an anchored formula binds at its own instant, whatever it is true of."""
    match formula:
        case Event():
            return free_in(formula)
        case All():
            return certainly_bound(anchor_of(formula)[0])
        case Any():
            return frozenset.intersection(*(certainly_bound(part) for part in formula.parts))
        case Some():
            return certainly_bound(formula.part) - set(formula.names)
        case _:
            return frozenset()


def _in_term(term: Term) -> frozenset[str]:
    if isinstance(term, Sum):
        return _in_term(term.left) | _in_term(term.right)
    return frozenset([term.name] if isinstance(term, Variable) else [])
