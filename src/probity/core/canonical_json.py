"""Canonical JSON (RFC 8785): a document has one sequence of bytes, so that a digest means it.

Reading is strict, because two readers must not see two documents in the same bytes: no key
twice, no NaN, no number beyond what every reader holds exactly, bounded depth.
"""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import rfc8785

from probity.core.errors import printable
from probity.core.nesting import deeper_than

MAX_DEPTH = 64


class JsonError(ValueError):
    """Bytes that are no document every reader reads alike.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence without a full stop.
    place : str, optional
        The byte it was found at, where one can be named.
    """

    def __init__(self, problem: str, *, place: str | None = None) -> None:
        self.problem = problem
        self.place = place
        super().__init__(f"{place}: {problem}" if place else problem)


def canonical(document: Any) -> bytes:
    """The one form of a document: keys in order, no space, numbers as ECMAScript writes them.

    Raises
    ------
    JsonError
        NaN, an infinite number, a whole number beyond 2**53, or half a surrogate pair.
    """
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError as error:
        raise JsonError(f"cannot be canonical JSON: {error}") from None
    except RecursionError:
        raise JsonError(f"nested more than {MAX_DEPTH} levels deep") from None


def read_json(content: bytes) -> Any:
    """The document in ``content``, in whatever form it is written.

    Raises
    ------
    JsonError
        Not UTF-8, not JSON, a key twice in one object, NaN, or more than ``MAX_DEPTH`` levels.
    """
    try:
        text = content.decode("utf-8")
        document = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole
        )
    except UnicodeDecodeError as error:
        raise JsonError("not UTF-8 text", place=f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode("utf-8"))
        raise JsonError(f"not JSON: {error.msg}", place=f"byte {at}") from None
    except RecursionError:
        raise JsonError(f"nested more than {MAX_DEPTH} levels deep") from None
    if deeper_than(MAX_DEPTH, document):
        raise JsonError(f"nested more than {MAX_DEPTH} levels deep")
    return document


def read_canonical(content: bytes) -> Any:
    """The document in ``content``, which must be its canonical form.

    Raises
    ------
    JsonError
        As ``read_json`` and ``canonical``, or another form; the place is the first byte that
        differs from the canonical one.
    """
    document = read_json(content)
    expected = canonical(document)
    if content != expected:
        at = first_difference(content, expected)
        raise JsonError("not in canonical form (RFC 8785)", place=f"byte {at}")
    return document


def first_difference(found: bytes, expected: bytes) -> int:
    """The first byte, counting from 0, at which two different contents differ."""
    shared = min(len(found), len(expected))
    if found[:shared] == expected[:shared]:
        return shared
    low, high = 0, shared
    while high - low > 1:
        middle = (low + high) // 2
        if found[low:middle] == expected[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise JsonError(f"the key '{printable(twice)}' stands twice in one object")
    return found


def _whole(digits: str) -> int | float:
    """A number as every reader holds it: beyond 2**53 that is the nearest double."""
    number = float(digits)
    return int(digits) if abs(number) < 2**53 else number


def _no_constant(name: str) -> NoReturn:
    raise JsonError(f"{name} is no JSON number")
