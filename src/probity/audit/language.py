"""Reading the rule language: text to the formulas of ``probity.audit.formula``.

From loosest to tightest: ``IMPLIES`` (to the right), ``OR``, ``AND``, ``SINCE`` and ``UNTIL``,
then ``NOT``, ``ONCE`` and their like, then comparisons, sums, and what stands in parentheses.
``EXISTS x. f``, ``FORALL x. f`` reach as far to the right as they can. One pass, one word looked
at; its depth is limited, so no text can take long or exhaust the stack.

What has no node of its own is rewritten::

    f IMPLIES g          NOT (f AND NOT g)
    FORALL x. f          NOT (EXISTS x. NOT f)
    HISTORICALLY[I] f    NOT (ONCE[I] NOT f)
    ALWAYS[I] f          NOT (EVENTUALLY[I] NOT f)

where the ``NOT`` of a ``NOT f`` is ``f``.
"""

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import get_args

from probity.audit.duration import Microseconds
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
    Operator,
    Or,
    Present,
    Since,
    Sum,
    Term,
    Until,
    Variable,
)
from probity.audit.tokens import Text, Token
from probity.audit.words import Words
from probity.core import InputError
from probity.core.event import FIELDS, KINDS, FieldType

MAX_NESTING = 32
MAX_SIGNS = 32

ON_EVERY_EVENT = ("event", "time", "clock", "received")
"""Fields that an event of any kind may have."""

_OPERATORS: tuple[Operator, ...] = get_args(Operator)
_FLAGS = ("true", "false")
_TERMS = (Variable, Constant, Sum)
Node = Formula | Term


def parse_formula(text: str, *, place: str = "formula") -> Formula:
    """Read a condition. Whether it is guarded is for ``probity.audit.guarded``.

    Parameters
    ----------
    text : str
        At most 10,000 characters, nested at most ``MAX_NESTING`` deep.
    place : str
        What to call the text in a message.

    Raises
    ------
    InputError
        The first thing that cannot be read: where it stands, what was got, what is allowed.
    """
    return _Parser(Text(text, place)).whole()


def parse_event(text: str, *, place: str = "event") -> Event:
    """Read an event pattern, such as ``alert.raised(alert: a, time: t)``.

    Raises
    ------
    InputError
        As ``parse_formula``; and for any other formula.
    """
    formula = parse_formula(text, place=place)
    if not isinstance(formula, Event):
        raise InputError("not an event", column=place, got=text, allowed="kind(field: variable, …)")
    return formula


def negated(formula: Formula) -> Formula:
    """The opposite, without a ``NOT`` of a ``NOT``."""
    return formula.part if isinstance(formula, Not) else Not(formula)


def implied(condition: Formula, consequence: Formula) -> Formula:
    """``condition IMPLIES consequence``."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    return Not(And((*parts, negated(consequence))))


class _Parser:
    """Recursive descent over the words of one text."""

    def __init__(self, text: Text) -> None:
        self.words = Words(text)
        self._depth = 0
        self._signs = 0

    def whole(self) -> Formula:
        formula = self._condition(self._implies)
        self.words.expect("end", "AND, OR, IMPLIES or the end of the rule")
        return formula

    def _implies(self) -> Node:
        start = self.words.token
        left = self._or()
        if not self.words.passed("IMPLIES"):
            return left
        condition = self._as_condition(left, start)
        return implied(condition, self._condition(lambda: self._deeper(self._implies)))

    def _or(self) -> Node:
        return self._chain("OR", self._and, Or)

    def _and(self) -> Node:
        return self._chain("AND", self._since, And)

    def _chain(self, keyword: str, part: Callable[[], Node], whole: type[And | Or]) -> Node:
        start = self.words.token
        first = part()
        if not self.words.sees(keyword):
            return first
        parts = [self._as_condition(first, start)]
        while self.words.passed(keyword):
            parts.append(self._condition(part))
        return whole(tuple(parts))

    def _since(self) -> Node:
        start = self.words.token
        left = self._unary()
        if not self.words.sees("SINCE", "UNTIL"):
            return left
        keyword = self.words.take().text
        if not isinstance(left, Not):
            problem = f"what holds {keyword} must be that something did not happen"
            raise self.words.error(problem, start, f"NOT (…) {keyword} …")
        interval = self.words.interval()
        right = self._condition(lambda: self._deeper(self._unary))
        return (Since if keyword == "SINCE" else Until)(interval, left, right)

    def _unary(self) -> Node:
        if self.words.token.kind != "keyword":
            return self._comparison()
        if self.words.passed("NOT"):
            return Not(self._operand())
        if self.words.passed("COUNT"):
            return self._count()
        if self.words.passed("PRESENT"):
            return Present(Variable(self._variable()))
        if self.words.sees("EXISTS", "FORALL"):
            return self._quantified(self.words.take().text)
        if self.words.sees("ONCE", "HISTORICALLY", "EVENTUALLY", "ALWAYS"):
            return self._within_interval(self.words.take().text)
        raise self.words.unexpected("a condition")

    def _within_interval(self, keyword: str) -> Formula:
        interval = self.words.interval()
        part = self._operand()
        if keyword == "ONCE":
            return Once(interval, part)
        if keyword == "EVENTUALLY":
            return Eventually(interval, part)
        if keyword == "HISTORICALLY":
            return Not(Once(interval, negated(part)))
        return Not(Eventually(interval, negated(part)))

    def _quantified(self, keyword: str) -> Formula:
        names = self._names()
        part = self._condition(lambda: self._deeper(self._implies))
        if keyword == "EXISTS":
            return Exists(names, part)
        return Not(Exists(names, negated(part)))

    def _count(self) -> Count:
        names = self._names()
        self.words.expect("(", "( and the condition that is counted")
        part = self._condition(lambda: self._deeper(self._implies))
        self.words.expect(")", "AND, OR or )")
        operator = self._operator()
        token = self.words.token
        if operator is not None and token.kind == "number" and token.text.isdecimal():
            limit = self.words.number(self.words.take())
            if self.words.token.kind != "name":
                return Count(names, part, operator, int(limit))
        raise self.words.error("a count is compared with a whole number", token, "… <= 3")

    def _names(self) -> tuple[str, ...]:
        names = [self._variable()]
        while self.words.passed(","):
            token = self.words.token
            names.append(self._variable())
            if names[-1] in names[:-1]:
                raise self.words.error("the same variable twice", token, got=token.text)
        self.words.expect(".", ", or . and the condition")
        return tuple(names)

    def _comparison(self) -> Node:
        start = self.words.token
        left = self._sum()
        if self.words.passed("IN"):
            return Member(self._as_value(left, start), self._list())
        operator = self._operator()
        if operator is None:
            return left
        return Comparison(self._as_value(left, start), operator, self._value(self._sum))

    def _operator(self) -> Operator | None:
        return next((operator for operator in _OPERATORS if self.words.passed(operator)), None)

    def _list(self) -> tuple[int | float | str | bool, ...]:
        self.words.expect("(", "( and a list of values")
        allowed = [self.words.constant().value]
        while self.words.passed(","):
            allowed.append(self.words.constant().value)
        self.words.expect(")", ", or )")
        return tuple(allowed)

    def _sum(self) -> Node:
        start = self.words.token
        node = self._primary()
        while self.words.sees("+", "-"):
            left = self._as_value(node, start)
            sign = self.words.take()
            self._signs += 1
            if self._signs > MAX_SIGNS:
                raise self.words.error("too many sums", sign, f"at most {MAX_SIGNS} + and -")
            node = Sum(left, "+" if sign.text == "+" else "-", self._value(self._primary))
        return node

    def _primary(self) -> Node:
        token = self.words.token
        if self.words.passed("("):
            node = self._deeper(self._implies)
            self.words.expect(")", "AND, OR, a comparison or )")
            return node
        if token.kind == "name" and token.text not in _FLAGS:
            self.words.take()
            return self._event(token) if self.words.sees(".", "(") else Variable(token.text)
        return self.words.constant("an event, a variable, a value or (")

    def _event(self, first: Token) -> Event:
        kind = first.text
        while self.words.passed("."):
            kind += "." + self.words.expect("name", "the rest of the kind of event").text
        if kind not in KINDS:
            raise self.words.error("no such kind of event", first, _nearest(kind, KINDS), got=kind)
        self.words.expect("(", "( and fields")
        fields: dict[str, Variable | Constant] = {}
        while not self.words.sees(")"):
            name = self.words.expect("name", "a field or )")
            known = (*KINDS[kind].fields, *ON_EVERY_EVENT)
            if name.text not in known:
                problem = f"{kind} has no such field"
                raise self.words.error(problem, name, _nearest(name.text, known), got=name.text)
            if name.text in fields:
                raise self.words.error("the same field twice", name, got=name.text)
            self.words.expect(":", ": and a variable or a value")
            fields[name.text] = self._asked_of(name.text)
            if not self.words.passed(","):
                break
        self.words.expect(")", ", or )")
        return Event(kind, tuple(fields.items()))

    def _asked_of(self, field: str) -> Variable | Constant:
        token = self.words.token
        if token.kind == "name" and token.text not in _FLAGS:
            return Variable(self.words.take().text)
        constant = self.words.constant("a variable, or a value")
        wanted = FIELDS[field].type
        if not _fits(constant.value, wanted):
            what, allowed = _ALLOWED[wanted]
            raise self.words.error(f"{field} is {what}", token, allowed, got=token.text)
        return constant

    def _variable(self) -> str:
        if self.words.token.text in _FLAGS:
            raise self.words.unexpected("a variable")
        return self.words.expect("name", "a variable").text

    def _operand(self) -> Formula:
        return self._condition(lambda: self._deeper(self._unary))

    def _condition(self, part: Callable[[], Node]) -> Formula:
        start = self.words.token
        return self._as_condition(part(), start)

    def _as_condition(self, node: Node, start: Token) -> Formula:
        if isinstance(node, _TERMS):
            problem = "a value where a condition is needed"
            raise self.words.error(problem, start, "value = other value", got=start.text)
        return node

    def _value(self, part: Callable[[], Node]) -> Term:
        start = self.words.token
        return self._as_value(part(), start)

    def _as_value(self, node: Node, start: Token) -> Term:
        if not isinstance(node, _TERMS):
            problem = "a condition where a value is needed"
            raise self.words.error(problem, start, "a variable or a value", got=start.text)
        return node

    def _deeper(self, part: Callable[[], Node]) -> Node:
        if self._depth == MAX_NESTING:
            allowed = f"at most {MAX_NESTING} levels"
            raise self.words.error("nested too deeply", self.words.token, allowed)
        self._depth += 1
        node = part()
        self._depth -= 1
        return node


_ALLOWED: dict[FieldType, tuple[str, str]] = {
    "id": ("an id", "a variable, or a whole number"),
    "text": ("a text", 'a variable, or "text"'),
    "number": ("a number", "a variable, or a number without a unit"),
    "flag": ("a flag", "a variable, true or false"),
    "time": ("a time", "a variable"),
}


def _fits(value: int | float | str | bool, wanted: FieldType) -> bool:
    if isinstance(value, bool):
        return wanted == "flag"
    if isinstance(value, Microseconds):
        return False
    if isinstance(value, str):
        return wanted == "text"
    return wanted == "number" or (wanted == "id" and isinstance(value, int) and value >= 0)


def _nearest(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return ", ".join(close or sorted(known))
