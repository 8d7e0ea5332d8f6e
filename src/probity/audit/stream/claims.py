"""What a rule may still need of the past: which events must be kept, and for how long.

Let H be the earliest instant at which a rule may still be judged: the oldest instance that is
open, or now. Each event pattern of the rule *claims* events:

- within bounds, those no more than ``back_us`` before H;
- under ``ONCE`` without a bound, of older events with the same values the first alone: when it
  was long enough ago for any of them, it was for that one;
- under ``SINCE`` without a bound, the last alone, on either side: the later the event that
  began it, the less could have ended it since.

Other patterns without a bound claim every event they match.
"""

from dataclasses import dataclass
from typing import Literal

from probity.audit.formula import (
    And,
    Event,
    Eventually,
    Exists,
    Formula,
    Once,
    Or,
    Since,
    Until,
)
from probity.audit.guarded import events_in, formulas_of, parts_of
from probity.audit.rule import RateRule, TemporalRule

Kept = Literal["none", "first", "last"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Events to keep for one pattern.

    Parameters
    ----------
    pattern : Event
    back_us : int or None
        Events at most this long before H are all kept; None: all, however old.
    older : "none", "first" or "last"
        Which of the older events with equal values in the pattern's fields.
    """

    pattern: Event
    back_us: int | None
    older: Kept = "none"

    @property
    def bounded(self) -> bool:
        """Whether what it keeps is bounded by a length of time."""
        return self.back_us is not None and self.older == "none"


def claims_of(check: TemporalRule | RateRule) -> tuple[Claim, ...]:
    """Claims of every pattern in the conditions of a rule."""
    return tuple(claim for formula in formulas_of(check) for claim in _claims(formula, 0))


def _claims(  # noqa: PLR0911
    formula: Formula, back: int | None
) -> list[Claim]:
    match formula:
        case Event():
            return [Claim(formula, back)]
        case Once():
            if formula.interval.high is None and back is not None:
                plain = _alternatives(formula.part)
                if plain is not None:
                    reach = back + formula.interval.low
                    return [Claim(event, reach, "first") for event in plain]
            return _claims(formula.part, _longer(back, formula.interval.high))
        case Since():
            left, right = _alternatives(formula.left.part), _alternatives(formula.right)
            endless = formula.interval.high is None
            if endless and back is not None and left is not None and right is not None:
                reach = back + formula.interval.low
                return [
                    *(Claim(event, reach, "last") for event in right),
                    *(Claim(event, back, "last") for event in left),
                ]
            further = _longer(back, formula.interval.high)
            return _claims(formula.left.part, further) + _claims(formula.right, further)
        case Eventually():
            return _claims(formula.part, _shorter(back, formula.interval.low))
        case Until():
            right_back = _shorter(back, formula.interval.low)
            return _claims(formula.left.part, back) + _claims(formula.right, right_back)
        case _:
            return [claim for part in parts_of(formula) for claim in _claims(part, back)]


def _longer(back: int | None, high: int | None) -> int | None:
    return None if back is None or high is None else back + high


def _shorter(back: int | None, low: int) -> int | None:
    return None if back is None else max(0, back - low)


def _alternatives(formula: Formula) -> tuple[Event, ...] | None:
    """Patterns one of which makes the formula true, with conditions on its values at most."""
    match formula:
        case Event():
            return (formula,)
        case Exists():
            return _alternatives(formula.part)
        case Or():
            found = [_alternatives(part) for part in formula.parts]
            if any(one is None for one in found):
                return None
            return tuple(event for one in found for event in one or ())
        case And():
            with_events = [part for part in formula.parts if events_in(part)]
            return _alternatives(with_events[0]) if len(with_events) == 1 else None
        case _:
            return None
