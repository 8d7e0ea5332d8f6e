"""What a data model refused in a stranger's file, as one message: key, got, allowed.

The errors are those that pydantic lists; nothing of pydantic is needed to read them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from probity.core.errors import InputError, printable

_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_LONGEST_NAME = 60


def refused(
    error: Mapping[str, Any],
    *,
    column: str | None,
    file: Path | str | None = None,
    what: str = "",
    fields: Iterable[str] = (),
) -> InputError:
    """The error to raise for the first thing that a model refused.

    Parameters
    ----------
    error : mapping
        An item of ``ValidationError.errors()``.
    column : str or None
        Where in the file: the key, as ``key_of`` writes it.
    what : str
        Put before what the model says.
    fields : iterable of str
        Names that are allowed, for a name that is not.
    """
    got = error["input"]
    is_table = isinstance(got, Mapping | list) or hasattr(type(got), "model_fields")
    return InputError(
        what + str(error["msg"]).removeprefix("Value error, "),
        file=file,
        column=column,
        got=None if is_table else got,
        allowed=_allowed(error, fields),
    )


def _allowed(error: Mapping[str, Any], fields: Iterable[str]) -> str | None:
    if error["type"] == "extra_forbidden":
        return ", ".join(fields) or None
    context: Mapping[str, Any] = error.get("ctx", {})
    for name, words in _BOUNDS.items():
        if name in context:
            return f"{words} {_plain(context[name])}"
    allowed = context.get("expected") or context.get("pattern") or context.get("expected_tags")
    return str(allowed) if allowed else None


def _plain(bound: object) -> str:
    return f"{bound:g}" if isinstance(bound, int | float) else str(bound)


def key_of(
    location: Sequence[int | str],
    *,
    skipped: Collection[str] = (),
    named: tuple[str, Mapping[str, Any]] | None = None,
) -> str:
    """The key of a place in a file, "claims[C1-at-worst].test.limit".

    Parameters
    ----------
    location : sequence of int or str
        As pydantic gives it.
    skipped : collection of str
        Parts that the model adds and the file does not have: tags of unions.
    named : (str, mapping), optional
        A list of the file whose members have ids, and the file's data: a member is named by its
        id where it has one, and by its number where not.
    """
    key = ""
    for place, part in enumerate(location):
        if part in skipped:
            continue
        if isinstance(part, int):
            within = place == 1 and named is not None and location[0] == named[0]
            key += f"[{_id(part, *named) if within and named else part}]"
        else:
            key += f".{printable(part)}" if key else printable(part)
    return key or "the file as a whole"


def _id(number: int, members: str, data: Mapping[str, Any]) -> str:
    try:
        return printable(str(data[members][number]["id"]), limit=_LONGEST_NAME)
    except (KeyError, IndexError, TypeError):
        return str(number)
