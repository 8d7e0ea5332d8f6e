"""Where two contents of one file differ, in the terms of that file: row, pointer, line or byte."""

import csv
import io
import json
import math
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from probity.core.canonical_json import JsonError, first_difference, read_json


def place_of_change(path: str, *, found: bytes, expected: bytes) -> str:
    """Where ``found`` differs from ``expected``, as exactly as the kind of file allows."""
    at = first_difference(found, expected)
    byte = f"byte {at}"
    if path.endswith(".csv"):
        cell = _cell(found, expected)
        return f"{cell} ({byte})" if cell else byte
    if path.endswith(".json"):
        pointer = _pointer(found, expected)
        return f"{pointer} ({byte})" if pointer is not None else byte
    if path.endswith((".toml", ".md", ".html")):
        line = found[:at].count(b"\n") + 1
        return f"line {line} ({byte})"
    return byte


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs, by its JSON pointer (RFC 6901), as JSON text; "nothing" if missing."""

    pointer: str
    found: str
    expected: str


def json_difference(found: Any, expected: Any, *, relative: float = 0.0) -> Difference | None:
    """The first value in which two documents differ, None where there is none.

    Parameters
    ----------
    relative : float
        Numbers that are no whole ones may differ by this share of the larger one.
    """
    return _difference(found, expected, "", relative)


_NOTHING = object()


def _difference(found: Any, expected: Any, pointer: str, relative: float) -> Difference | None:
    children = _children(found, expected)
    if children is None:
        if _alike(found, expected, relative):
            return None
        return Difference(pointer, _shown(found), _shown(expected))
    for key, one, other in children:
        at = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        difference = _difference(one, other, at, relative)
        if difference:
            return difference
    return None


def _children(found: Any, expected: Any) -> list[tuple[str, Any, Any]] | None:
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = sorted({*found, *expected})
        return [(key, found.get(key, _NOTHING), expected.get(key, _NOTHING)) for key in keys]
    if isinstance(found, list) and isinstance(expected, list):
        pairs = zip_longest(found, expected, fillvalue=_NOTHING)
        return [(str(number), one, other) for number, (one, other) in enumerate(pairs)]
    return None


def _alike(found: Any, expected: Any, relative: float) -> bool:
    if isinstance(found, bool) or isinstance(expected, bool):
        return found is expected
    if isinstance(found, float) or isinstance(expected, float):
        numbers = isinstance(found, int | float) and isinstance(expected, int | float)
        return numbers and math.isclose(found, expected, rel_tol=relative, abs_tol=0.0)
    return bool(found == expected)


def _shown(value: Any) -> str:
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False)


def _pointer(found: bytes, expected: bytes) -> str | None:
    try:
        difference = json_difference(read_json(found), read_json(expected))
    except JsonError as error:
        return error.place
    return f"pointer {difference.pointer or '(the whole)'}" if difference else None


def _cell(found: bytes, expected: bytes) -> str | None:
    try:
        ours, theirs = _rows(found), _rows(expected)
        heading = theirs[0] if theirs else []
        for number, (one, other) in enumerate(zip_longest(ours, theirs)):
            if one == other:
                continue
            if one is None or other is None or len(one) != len(other):
                return f"row {number}" if number else "the headings"
            column = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
            name = heading[column] if column < len(heading) else str(column + 1)
            return f"row {number}, column {name}" if number else f"heading {column + 1}"
    except (UnicodeDecodeError, csv.Error):
        pass
    return None


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
