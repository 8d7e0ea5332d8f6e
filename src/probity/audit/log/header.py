"""What a log says about itself: JSON or TOML from a stranger, checked before it is believed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.audit.log import limits
from probity.core import InputError
from probity.core.event import EVENT_SCHEMA
from probity.core.event_columns import LogHeader

_KEYS = ("schema", "system", "kinds", "from_us", "to_us")
_MOST_KINDS = 1_000


@dataclass(frozen=True, slots=True)
class Statement:
    """As much of a ``LogHeader`` as a log states; kinds may be names that nobody knows."""

    system: str | None = None
    kinds: tuple[str, ...] | None = None
    from_us: int | None = None
    to_us: int | None = None

    @classmethod
    def of(cls, header: LogHeader) -> "Statement":
        """A whole header."""
        return cls(header.system, header.kinds, header.from_us, header.to_us)


def parse_header(text: str, *, file: Path) -> Statement:
    """Check a log's header.

    Raises
    ------
    InputError
        Not JSON, of another schema, a key missing or unknown, or a value of another type.
    """
    if len(text) > limits.MAX_HEADER_BYTES:
        raise InputError(
            "the log's header is too long",
            file=file,
            allowed=f"at most {limits.MAX_HEADER_BYTES} characters",
        )
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("the log's header is not JSON", file=file, got=text) from None
    return header_of(values, file=file)


def header_of(values: Any, *, file: Path) -> Statement:
    """Check a header that was parsed already; raises as ``parse_header`` does."""
    if not isinstance(values, Mapping):
        raise InputError("the log's header is no table of keys", file=file, got=values)
    if values.get("schema") != EVENT_SCHEMA:
        raise InputError(
            "a log of another schema", file=file, got=values.get("schema"), allowed=EVENT_SCHEMA
        )
    for key in values:
        if key not in _KEYS:
            raise InputError(
                "unknown key in the log's header", file=file, got=key, allowed=", ".join(_KEYS)
            )
    start, end = _time(values, "from_us", file), _time(values, "to_us", file)
    if end < start:
        raise InputError("the log ends before it begins", file=file, got=f"{start} to {end}")
    kinds = values.get("kinds")
    if not isinstance(kinds, list) or len(kinds) > _MOST_KINDS:
        raise _wrong("kinds", kinds, f"a list of at most {_MOST_KINDS} names", file)
    for kind in kinds:
        _text("kinds", kind, file)
    return Statement(_text("system", values.get("system"), file), tuple(kinds), start, end)


def _time(values: Mapping[str, Any], key: str, file: Path) -> int:
    value = values.get(key)
    if type(value) is not int or not limits.FIRST_TIME_US <= value < limits.END_TIME_US:
        raise _wrong(key, value, f"microseconds since 1970; {limits.SPAN}", file)
    return value


def _text(key: str, value: Any, file: Path) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= limits.MAX_TEXT_CHARACTERS:
        raise _wrong(key, value, f"text of 1 to {limits.MAX_TEXT_CHARACTERS} characters", file)
    return value


def _wrong(key: str, value: Any, allowed: str, file: Path) -> InputError:
    got = "nothing" if value is None else value
    return InputError(f"the log's header: {key}", file=file, got=got, allowed=allowed)
