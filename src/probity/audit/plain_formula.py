"""A rule in plain words, as a list with lists in it: for people who do not read formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    Term,
    Until,
    Variable,
)
from probity.audit.guarded import event_of, events_in, formulas_of
from probity.audit.plain_values import shown
from probity.audit.rule import RateRule, TemporalRule

_COMPARED = {"=": "is", "!=": "is not", "<": "is less than", "<=": "is at most",
             ">": "is more than", ">=": "is at least"}  # fmt: skip
_COUNTED = {"=": "exactly", "!=": "any number but", "<": "fewer than", "<=": "at most",
            ">": "more than", ">=": "at least"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A line, and what stands under it. The text has no markup and no full stop."""

    text: str
    below: tuple["Said", ...] = ()


def in_words(check: TemporalRule | RateRule) -> tuple[Said, ...]:
    """The rule as it is run: what it looks at, under which condition, and what must hold."""
    names = _Names(check)
    own = event_of(check)
    each = "Of all" if isinstance(check, RateRule) else "For each"
    said = [Said(f"{each} {names.event(own)}")]
    names.know(own)
    *condition, whole = formulas_of(check)
    said += [_led("provided that", names.said(formula)) for formula in condition]
    if isinstance(check, RateRule):
        return (
            *said,
            _led("those are counted for which", names.said(whole)),
            Said(f"their share is {check.relation} {check.limit:g}"),
        )
    return (*said, _led("required", names.said(whole)))


def _led(lead: str, said: Said) -> Said:
    """``lead: text``, or the lead over the list that the text only introduces."""
    return replace(said, text=f"{lead}: {said.text}")


class _Names:
    """Which variables have been met, so that each is called by where it was met first."""

    def __init__(self, check: TemporalRule | RateRule) -> None:
        patterns = (event_of(check), *(e for f in formulas_of(check) for e in events_in(f)))
        self._origin: dict[str, str] = {}
        for pattern in patterns:
            for field, term in pattern.fields:
                if isinstance(term, Variable):
                    self._meet(term.name, _value_of(field, pattern.kind))
        self._known: set[str] = set()

    def _meet(self, name: str, value: str) -> None:
        if name not in self._origin:
            taken = value in self._origin.values()
            self._origin[name] = f"{value} (second named)" if taken else value

    def know(self, pattern: Event) -> None:
        """The variables of a pattern have been met."""
        self._known |= {term.name for _, term in pattern.fields if isinstance(term, Variable)}

    def event(self, pattern: Event) -> str:
        """An event, with what is asked of its fields."""
        asked = []
        for field, term in pattern.fields:
            if isinstance(term, Constant):
                asked.append(f"{_plain(field)} {_constant(term.value)}")
            elif term.name in self._known:
                same = self._origin[term.name] == _value_of(field, pattern.kind)
                plain = _plain(field)
                alike = same or self._origin[term.name].startswith(f"{plain} of ")
                asked.append(f"the same {plain}" if alike else f"{plain} {self._term(term)}")
        return f"{pattern.kind}{' with ' if asked else ''}{' and '.join(asked)}"

    def said(self, formula: Formula) -> Said:  # noqa: PLR0911, PLR0912
        """A formula as a line, or as a line over a list."""
        match formula:
            case Event():
                text = self.event(formula)
                self.know(formula)
                return Said(text)
            case And() | Or() if len(formula.parts) == 1:
                return self.said(formula.parts[0])
            case And():
                return Said("all of these", tuple(self.said(part) for part in formula.parts))
            case Or():
                return Said("at least one of these", self._each_afresh(formula.parts))
            case Not():
                return _led("not", self.said(formula.part))
            case Exists():
                return self.said(formula.part)
            case Once():
                return _led(plain_distance(formula.interval, "before"), self.said(formula.part))
            case Eventually():
                return _led(plain_distance(formula.interval, "after"), self.said(formula.part))
            case Since() | Until():
                side = "before" if isinstance(formula, Since) else "after"
                begun = _led(plain_distance(formula.interval, side), self.said(formula.right))
                return Said(
                    "both of these",
                    (begun, _led("and nowhere between", self.said(formula.left.part))),
                )
            case Count():
                found = self.said(formula.part)
                things = " and ".join(self._origin[name] for name in formula.names)
                number = f"{_COUNTED[formula.operator]} {formula.limit:,} different"
                return Said(f"{number} ({things}) among", (found,))
            case Comparison(Constant() as one, "=", Constant() as other) if one != other:
                return Said("nothing: it must not happen at all")
            case Comparison():
                left, right = self._term(formula.left), self._term(formula.right)
                return Said(f"{left} {_COMPARED[formula.operator]} {right}")
            case Member():
                allowed = ", ".join(_constant(value) for value in formula.allowed)
                return Said(f"{self._term(formula.value)} is one of {allowed}")
            case Present():
                return Said(f"{self._term(formula.variable)} is stated")
            case _:
                assert_never(formula)

    def _each_afresh(self, parts: Sequence[Formula]) -> tuple[Said, ...]:
        """What one alternative has met, the next has not."""
        before = set(self._known)
        said: list[Said] = []
        for part in parts:
            self._known = set(before)
            said.append(self.said(part))
        return tuple(said)

    def _term(self, term: Term) -> str:
        if isinstance(term, Variable):
            return f"the {self._origin[term.name]}"
        if isinstance(term, Constant):
            return _constant(term.value)
        word = "plus" if term.sign == "+" else "minus"
        return f"{self._term(term.left)} {word} {self._term(term.right)}"


def plain_distance(interval: Interval, side: str) -> str:
    """``within 24 h after``; ``side`` is "before" or "after"."""
    low, high = interval.low, interval.high
    if high == 0:
        return "at the same instant"
    if high is None:
        return f"at least {_length(low)} {side}" if low else f"at any time {side}"
    if low:
        return f"{_length(low)} to {_length(high)} {side}"
    return f"within {_length(high)} {side}"


def _length(length_us: int) -> str:
    """As policies write it: 24 h, where ``written_duration`` has 1 d."""
    hours, rest = divmod(length_us, 3_600_000_000)
    return f"{hours} h" if not rest and 0 < hours < 48 else written_duration(length_us)  # noqa: PLR2004


def _constant(value: int | float | str | bool) -> str:
    if isinstance(value, Microseconds):
        return _length(value)
    return f"“{shown(value)}”" if isinstance(value, str) else shown(value)


def _value_of(field: str, kind: str) -> str:
    return f"{_plain(field)} of {kind}"


def _plain(field: str) -> str:
    return field.replace("_", " ")


def plain_parameters(parameters: Mapping[str, str]) -> str:
    """``within 24 h, limit 0.64``; nothing where a rule has none."""
    return ", ".join(f"{_plain(name)} {value}" for name, value in parameters.items())
