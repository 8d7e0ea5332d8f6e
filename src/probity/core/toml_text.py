"""TOML from a stranger: text, length of lines and depth are checked before anybody reads it."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from probity.core.errors import InputError, printable
from probity.core.nesting import deeper_than

MAX_LINE_CHARACTERS = 4_000
MAX_LINE_DOTS = 400
"""Long dotted keys take a time that grows with the square of their length."""
MAX_DEPTH = 12


def read_toml(content: bytes, *, file: Path | str) -> dict[str, Any]:
    """The tables of a TOML document.

    Raises
    ------
    InputError
        Not UTF-8, not TOML, a line of more than ``MAX_LINE_CHARACTERS`` or with more than
        ``MAX_LINE_DOTS`` dots, or more than ``MAX_DEPTH`` levels of tables and arrays.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise InputError("not UTF-8 text", file=file, row=row, allowed="UTF-8") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE_CHARACTERS:
            raise InputError(
                "line too long",
                file=file,
                row=number,
                got=line,
                allowed=f"at most {MAX_LINE_CHARACTERS} characters",
            )
        if line.count(".") > MAX_LINE_DOTS:
            allowed = f"at most {MAX_LINE_DOTS}"
            raise InputError("too many dots in a line", file=file, row=number, allowed=allowed)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise _too_deep(file) from None
    except ValueError as error:  # TOMLDecodeError, and whole numbers of thousands of digits
        raise InputError(f"not TOML: {printable(str(error), limit=200)}", file=file) from None
    if deeper_than(MAX_DEPTH, data):
        raise _too_deep(file)
    return data


def as_json(data: Mapping[str, Any]) -> str:
    """Tables as JSON, for a model that reads JSON strictly: TOML's own dates become text.

    Raises
    ------
    TypeError, ValueError
        A time, a date or a number that JSON cannot hold.
    """
    return json.dumps(data, allow_nan=False, default=_date)


def _date(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    if isoformat is None:
        raise TypeError(f"{type(value).__name__} cannot stand in such a file")
    return str(isoformat())


def _too_deep(file: Path | str) -> InputError:
    return InputError("nested too deeply", file=file, allowed=f"at most {MAX_DEPTH} levels")
