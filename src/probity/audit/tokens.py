"""The words of the rule language, and the one form of its errors."""

import re
from dataclasses import dataclass
from typing import Literal

from probity.core import InputError

MAX_CHARACTERS = 10_000
MAX_TEXT_CHARACTERS = 200

KEYWORDS = (
    "NOT", "AND", "OR", "IMPLIES", "EXISTS", "FORALL", "ONCE", "HISTORICALLY", "EVENTUALLY",
    "ALWAYS", "SINCE", "UNTIL", "COUNT", "PRESENT", "IN",
)  # fmt: skip

TokenKind = Literal["keyword", "name", "number", "text", "symbol", "end"]

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<keyword>[A-Z][A-Z]*(?![A-Za-z0-9_]))
    | (?P<name>[a-z][a-z0-9_]*(?![A-Z]))
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)
    | (?P<text>"(?:[^"\\]|\\["\\])*")
    | (?P<symbol>!=|<=|>=|[=<>+\-*(),.:\[\]])
    """,
    re.VERBOSE,
)
_KINDS: dict[str, TokenKind] = {
    "keyword": "keyword",
    "name": "name",
    "number": "number",
    "text": "text",
    "symbol": "symbol",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a rule and where it stands; ``start`` counts characters from 0."""

    kind: TokenKind
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Text:
    """A formula as written, and what to call the place it came from."""

    content: str
    place: str

    def error(
        self, problem: str, start: int, *, got: str | None = None, allowed: str | None = None
    ) -> InputError:
        """What is wrong at a character of the text."""
        before = self.content[:start]
        line = before.count("\n") + 1
        character = start - (before.rfind("\n") + 1) + 1
        where = f"line {line}, " if "\n" in self.content else ""
        where += f"character {character}"
        return InputError(problem, column=f"{self.place}, {where}", got=got, allowed=allowed)


def tokens(text: Text) -> list[Token]:
    """The words of a text, and an ``end`` after the last.

    Raises
    ------
    InputError
        More than ``MAX_CHARACTERS``, or a character that no word begins with.
    """
    content = text.content
    if len(content) > MAX_CHARACTERS:
        raise InputError(
            "rule too long",
            column=text.place,
            got=f"{len(content)} characters",
            allowed=f"at most {MAX_CHARACTERS}",
        )
    found: list[Token] = []
    position = 0
    while position < len(content):
        match = _TOKEN.match(content, position)
        if match is None:
            raise _unreadable(text, position)
        word = match.group()
        if match.lastgroup == "keyword" and word not in KEYWORDS:
            raise text.error("no such keyword", position, got=word, allowed=", ".join(KEYWORDS))
        if match.lastgroup != "space":
            found.append(Token(_KINDS[match.lastgroup or ""], word, position))
        position = match.end()
    return [*found, Token("end", "", len(content))]


def unquoted(token: Token, text: Text) -> str:
    """The text between the quotes of a ``text`` token.

    Raises
    ------
    InputError
        Control characters, or more than ``MAX_TEXT_CHARACTERS``.
    """
    value = re.sub(r"\\(.)", r"\1", token.text[1:-1])
    if len(value) > MAX_TEXT_CHARACTERS or not value.isprintable():
        raise text.error(
            "no text that a log can hold",
            token.start,
            got=token.text,
            allowed=f"at most {MAX_TEXT_CHARACTERS} printable characters",
        )
    return value


def quoted(value: str) -> str:
    """A text as written in a rule."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unreadable(text: Text, position: int) -> InputError:
    got = text.content[position : position + 20].split("\n")[0]
    if got.startswith('"'):
        return text.error("text without its closing quote", position, got=got, allowed='"text"')
    if got[0].isalpha():
        return text.error(
            "no such word",
            position,
            got=got.split(" ")[0],
            allowed="keywords in capitals, names in small letters, digits and _",
        )
    return text.error("no such sign in the rule language", position, got=got[0])
