"""Common shapes of rules: a few values in, a rule of the language out.

Every variable that the event of the rule does not bind means "some": a template names it with
EXISTS where it stands. ``written`` shows what a template came to.
"""

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
    Not,
    Once,
    Or,
    Since,
    Term,
    Variable,
)
from probity.audit.guarded import parts_of
from probity.audit.rule import TemporalRule

NEVER = Comparison(Constant(1), "=", Constant(0))
"""False of every event."""


def deadline(
    event: Event,
    *,
    to: Formula,
    within_us: int,
    unless: Formula | None = None,
    when: Formula | None = None,
) -> TemporalRule:
    """After each ``event``, ``to`` happens within a time.

    ``unless``: an event that lifts the deadline, when it happened before, or before the end of
    the time.
    """
    known = variables_of(event)
    ahead = Interval(0, within_us)
    done: Formula = Eventually(ahead, _some(to, known))
    if unless is not None:
        lifted = _some(unless, known)
        done = Or((done, Once(Interval(), lifted), Eventually(ahead, lifted)))
    return TemporalRule(for_each=event, when=when, require=done)


def precedence(
    event: Event,
    *,
    before: Formula,
    within_us: int | None = None,
    when: Formula | None = None,
) -> TemporalRule:
    """Before each ``event``, or at its very instant, ``before`` happened."""
    happened = Once(Interval(0, within_us), _some(before, variables_of(event)))
    return TemporalRule(for_each=event, when=when, require=happened)


def absence(event: Event, *, when: Formula | None = None) -> TemporalRule:
    """No ``event`` happens; with ``when``, none of which that is true."""
    known = variables_of(event)
    return TemporalRule(for_each=event, require=NEVER if when is None else Not(_some(when, known)))


def validity(
    event: Event,
    *,
    opened: Formula,
    closed: Formula,
    within_us: int | None = None,
    when: Formula | None = None,
) -> TemporalRule:
    """Each ``event`` happens after ``opened``, and not at or after a ``closed`` that followed.

    ``closed`` may speak of what ``opened`` binds. ``within_us``: what was opened ends by itself.
    """
    known = variables_of(event)
    of_opened = variables_of(opened) - known
    still = Since(Interval(0, within_us), Not(_some(closed, known | of_opened)), opened)
    return TemporalRule(for_each=event, when=when, require=_exists(of_opened, still))


def limit(event: Event, *, require: Formula, when: Formula | None = None) -> TemporalRule:
    """The values of each ``event`` meet a condition."""
    return TemporalRule(for_each=event, when=when, require=_some(require, variables_of(event)))


def pairing(
    event: Event, *, partner: Formula, within_us: int, when: Formula | None = None
) -> TemporalRule:
    """Each ``event`` has its ``partner`` within a time before or after it."""
    other = _some(partner, variables_of(event))
    near = Interval(0, within_us)
    both = Or((Once(near, other), Eventually(near, other)))
    return TemporalRule(for_each=event, when=when, require=both)


def separation_of_duties(
    event: Event,
    *,
    other: Event,
    differs: tuple[str, str],
    within_us: int | None = None,
    when: Formula | None = None,
) -> TemporalRule:
    """Who did ``event`` did none of the ``other`` acts before it.

    ``differs``: the variable of ``event``, and that of ``other``, which must not be equal.
    """
    mine, theirs = (Variable(name) for name in differs)
    same = And((other, Comparison(theirs, "=", mine)))
    done = Once(Interval(0, within_us), _some(same, variables_of(event)))
    return TemporalRule(for_each=event, when=when, require=Not(done))


def variables_of(formula: Formula) -> frozenset[str]:
    """Variables that the events of a formula bind or ask for, and that it does not name itself."""
    match formula:
        case Event():
            return _in_terms(*(term for _, term in formula.fields))
        case Exists() | Count():
            return variables_of(formula.part) - set(formula.names)
        case _:
            parts = (variables_of(part) for part in parts_of(formula))
            return frozenset().union(*parts)


def _in_terms(*terms: Term) -> frozenset[str]:
    return frozenset(term.name for term in terms if isinstance(term, Variable))


def _some(formula: Formula, known: frozenset[str]) -> Formula:
    return _exists(variables_of(formula) - known, formula)


def _exists(names: frozenset[str], formula: Formula) -> Formula:
    return Exists(tuple(sorted(names)), formula) if names else formula
