"""Whether the values of a batch are what their fields allow: one rule for every format.

A value is refused, and the whole log with it, when it cannot mean what its field says: a number
that is no id, a text of 300 characters, a time in the year 10,000, a kind that is missing. Where
every value can be read, what they say *together* (a kind nobody knows, two events of one
number, a deletion before its creation) is a problem, reported beside the verdicts.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from probity.audit.log import limits
from probity.core import InputError
from probity.core.event import FIELDS, FieldType

NEVER_MISSING = ("event", "time", "kind")

ALLOWED: dict[FieldType, str] = {
    "id": "whole numbers from 0 to 2^63 - 1",
    "text": f"1 to {limits.MAX_TEXT_CHARACTERS} characters, none of them a control character",
    "number": "finite numbers",
    "flag": "true or false",
    "time": limits.SPAN,
}

_CONTROL = r"[\x00-\x1f\x7f]"


def check_values(batch: Any, *, file: Path, first_row: int) -> None:
    """Refuse a batch that has a value its field does not allow.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Columns named as fields, in the types of ``ARROW_TYPES``; texts plain or
        dictionary-encoded.
    first_row : int
        Row of the file that the batch begins with, counting from 1.

    Raises
    ------
    InputError
        Names the first row that has such a value, in the first column that has any.
    """
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name in NEVER_MISSING and column.null_count:
            row = first_row + _first(pc.is_null(column))
            raise InputError("a value is missing", file=file, row=row, column=name)
        if column.null_count == len(column):
            continue
        wrong = _WRONG[FIELDS[name].type](column)
        if wrong is not None:
            at = _first(wrong)
            raise refusal(column[at], name, file=file, row=first_row + at)


def refusal(value: Any, name: str, *, file: Path, row: int) -> InputError:
    """The error for one value of field ``name``."""
    field = FIELDS[name]
    got = value.as_py() if field.type != "time" else _shown_time(value)
    return InputError(
        f"not a value of a field of type {field.type}",
        file=file,
        row=row,
        column=name,
        got=got,
        allowed=ALLOWED[field.type],
    )


def _shown_time(value: Any) -> str:
    try:
        return str(datetime.fromtimestamp(value.value / 1e6, tz=UTC).isoformat())
    except (OverflowError, ValueError):
        return f"{value.value} microseconds after 1970"


def _first(mask: Any) -> int:
    return int(pc.index(mask, True).as_py())


def _wrong_ids(column: Any) -> Any | None:
    return pc.less(column, 0) if pc.min(column).as_py() < 0 else None


def _wrong_numbers(column: Any) -> Any | None:
    # A sum is finite only if every term is: one cheap pass settles nearly every batch.
    if np.isfinite(pc.sum(column).as_py()):
        return None
    finite = pc.is_finite(column)
    return None if pc.all(finite).as_py() else pc.invert(finite)


def _wrong_texts(column: Any) -> Any | None:
    words = column.dictionary if pa.types.is_dictionary(column.type) else column
    lengths = pc.min_max(pc.utf8_length(words)).as_py()
    within = lengths["min"] is None or (
        lengths["min"] > 0 and lengths["max"] <= limits.MAX_TEXT_CHARACTERS
    )
    if within and not pc.any(pc.match_substring_regex(words, _CONTROL)).as_py():
        return None
    texts = pc.cast(column, pa.string())
    length = pc.utf8_length(texts)
    wrong = pc.or_(
        pc.or_(pc.equal(length, 0), pc.greater(length, limits.MAX_TEXT_CHARACTERS)),
        pc.match_substring_regex(texts, _CONTROL),
    )
    # A word of the dictionary that no row uses is no value.
    return wrong if pc.any(wrong).as_py() else None


def _wrong_times(column: Any) -> Any | None:
    micros = column.cast(pa.int64())
    ends = pc.min_max(micros).as_py()
    if ends["min"] >= limits.FIRST_TIME_US and ends["max"] < limits.END_TIME_US:
        return None
    return pc.or_(
        pc.less(micros, limits.FIRST_TIME_US), pc.greater_equal(micros, limits.END_TIME_US)
    )


_WRONG: dict[FieldType, Callable[[Any], Any | None]] = {
    "id": _wrong_ids,
    "number": _wrong_numbers,
    "text": _wrong_texts,
    "time": _wrong_times,
    "flag": lambda _: None,
}
