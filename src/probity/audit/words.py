"""The words of a rule one after the other, and the values written in it."""

from probity.audit.duration import MAX_DIGITS, MAX_US, UNITS, Microseconds, microseconds
from probity.audit.formula import Constant, Interval
from probity.audit.tokens import Text, Token, tokens, unquoted
from probity.core import InputError

_DURATION = f"a number and one of {', '.join(UNITS)}"


class Words:
    """A place in a text: ``token`` is the word looked at, the rest moves past words."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0

    @property
    def token(self) -> Token:
        """The word looked at."""
        return self._tokens[self._at]

    def sees(self, *words: str) -> bool:
        """Whether one of these keywords or symbols is looked at."""
        return self.token.kind in ("keyword", "symbol") and self.token.text in words

    def passed(self, *words: str) -> bool:
        """Pass one of these keywords or symbols, if there is one."""
        if not self.sees(*words):
            return False
        self._at += 1
        return True

    def take(self) -> Token:
        """Pass a word, whatever it is."""
        token = self.token
        if token.kind != "end":
            self._at += 1
        return token

    def expect(self, what: str, allowed: str | None = None) -> Token:
        """Pass a word of this kind, or this symbol."""
        token = self.token
        if what != (token.text if token.kind == "symbol" else token.kind):
            raise self.unexpected(allowed or what)
        return self.take()

    def unexpected(self, allowed: str) -> InputError:
        """The word looked at cannot stand there."""
        got = self.token.text or "the end of the rule"
        return self.error("unexpected", self.token, allowed, got=got)

    def error(
        self, problem: str, token: Token, allowed: str | None = None, *, got: str | None = None
    ) -> InputError:
        """What is wrong at a word."""
        return self._text.error(problem, token.start, got=got, allowed=allowed)

    def constant(self, allowed: str = '"text", a number, a duration, true or false') -> Constant:
        """A value as written."""
        token = self.token
        if token.kind == "text":
            return Constant(unquoted(self.take(), self._text))
        if token.kind == "name" and token.text in ("true", "false"):
            return Constant(self.take().text == "true")
        if token.kind != "number" and not self.sees("-"):
            raise self.unexpected(allowed)
        negative = self.passed("-")
        number = self.expect("number", "a number")
        if self.token.kind != "name":
            return Constant(-self.number(number) if negative else self.number(number))
        if negative:
            raise self.error("a duration is not negative", token)
        return Constant(self.duration(number))

    def number(self, token: Token) -> int | float:
        """A number without a unit."""
        if token.text.isdecimal():
            if len(token.text) <= MAX_DIGITS and (whole := int(token.text)) <= MAX_US:
                return whole
        elif (number := float(token.text)) != float("inf"):
            return number
        raise self.error("number too large", token, f"at most {MAX_US}", got=token.text)

    def duration(self, number: Token) -> Microseconds:
        """The unit that follows a number, and the length of both."""
        unit = self.expect("name", f"a unit: {', '.join(UNITS)}")
        try:
            return microseconds(number.text, unit.text)
        except ValueError as error:
            got = f"{number.text} {unit.text}"
            raise self.error(str(error), number, _DURATION, got=got) from None

    def interval(self) -> Interval:
        """``[0, 24 h]``, ``(0, 2 s]``, ``[1 d, *)``, or nothing: any distance."""
        if not self._sees_interval():
            return Interval()
        opening = self.take()
        low = self._bound() + (opening.text == "(")
        self.expect(",", ", and the upper bound")
        if self.passed("*"):
            self.expect(")", ") after *")
            return Interval(low, None)
        high = self._bound()
        if not self.sees(")", "]"):
            raise self.unexpected("] or )")
        high -= self.take().text == ")"
        if low > high:
            raise self.error("interval without any distance in it", opening, "[low, high]")
        return Interval(low, high)

    def _sees_interval(self) -> bool:
        """Tell ``ONCE (0, 2 s] f`` from ``ONCE (f)``: its lower bound ends in a comma."""
        if not self.sees("("):
            return self.sees("[")
        number, *after = self._tokens[self._at + 1 : self._at + 4]
        return number.kind == "number" and any(token.text == "," for token in after)

    def _bound(self) -> int:
        number = self.expect("number", f"0, or {_DURATION}")
        if number.text == "0" and self.token.kind != "name":
            return 0
        return self.duration(number)
