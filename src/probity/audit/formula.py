"""The rule language as values: metric first-order temporal logic (MFOTL) over an event log.

A log is a set of events. All events with one timestamp form one *instant*: their order within
it means nothing. A formula is judged at an instant under a binding of variables to values, and
is true, false or unknown (Kleene):

- ``Event`` is true where an event of the kind happened at this instant whose fields match:
  a constant or a bound variable asks for that value (a missing value matches nothing), a
  variable that is not bound yet is bound to the field's value, which may be missing.
- ``Comparison`` with a missing value is unknown; ``Present`` tells whether a value is missing.
- ``Once(I, f)``: f was true at an instant at most ``I.high`` and at least ``I.low`` ago.
  ``Eventually(I, f)``: the same ahead. It is unknown while it was not true yet and the log ends
  before the last instant of ``I``.
- ``Since(I, Not(g), f)``: f was true at an instant j within I ago, and g at no instant after j
  up to and including now. ``Until(I, Not(g), f)``: f comes true within I ahead, and g is true
  at no instant from now on and before that.
- ``Exists(names, f)``: some binding of ``names`` makes f true.
- ``Count(names, f, op, limit)``: how many different bindings of ``names`` make f true, compared.

Every formula is *guarded*: each variable is bound by an ``Event`` that must hold (not under a
``Not``) before it is compared, so that a formula speaks of events in the log and nothing else.
``probity.audit.guarded`` checks that. What people write (ALWAYS, HISTORICALLY, IMPLIES, FORALL)
is rewritten with these by the parser.
"""

from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Value = int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A name for a value; ids and texts stay apart from numbers and times by the field's type."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the rule. Durations and times are microseconds, as integers."""

    value: int | float | str | bool


@dataclass(frozen=True, slots=True)
class Sum:
    """``left + right`` or ``left - right``, of numbers, or of a time and a duration."""

    left: "Term"
    sign: Literal["+", "-"]
    right: "Term"


Term = Variable | Constant | Sum


@dataclass(frozen=True, slots=True)
class Interval:
    """Distances in time, microseconds, both ends included; ``high`` None has no end."""

    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event of ``kind`` at this instant. The field ``time`` binds the instant itself."""

    kind: str
    fields: tuple[tuple[str, Variable | Constant], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared; unknown when either is missing."""

    left: Term
    operator: Operator
    right: Term


@dataclass(frozen=True, slots=True)
class Member:
    """A value is one of a list; unknown when it is missing."""

    value: Term
    allowed: tuple[int | float | str | bool, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """A bound variable has a value."""

    variable: Variable


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: "Formula"


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts, at least one."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts, at least one."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """Some values of ``names`` make ``part`` true."""

    names: tuple[str, ...]
    part: "Formula"


@dataclass(frozen=True, slots=True)
class Once:
    """``part`` was true at an instant within ``interval`` before now."""

    interval: Interval
    part: "Formula"


@dataclass(frozen=True, slots=True)
class Eventually:
    """``part`` is true at an instant within ``interval`` after now."""

    interval: Interval
    part: "Formula"


@dataclass(frozen=True, slots=True)
class Since:
    """``right`` was true within ``interval`` before now, and ``left`` ever after; a Not."""

    interval: Interval
    left: Not
    right: "Formula"


@dataclass(frozen=True, slots=True)
class Until:
    """``right`` comes true within ``interval`` from now, and ``left`` until then; a Not."""

    interval: Interval
    left: Not
    right: "Formula"


@dataclass(frozen=True, slots=True)
class Count:
    """The number of different bindings of ``names`` that make ``part`` true, against a limit."""

    names: tuple[str, ...]
    part: "Formula"
    operator: Operator
    limit: int


Formula = (
    Event
    | Comparison
    | Member
    | Present
    | Not
    | And
    | Or
    | Exists
    | Once
    | Eventually
    | Since
    | Until
    | Count
)
