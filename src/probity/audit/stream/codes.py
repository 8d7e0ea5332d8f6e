"""Events as tables of 64-bit integers: one representation for ids, texts, numbers and times.

Equal values have equal codes, which is all that looking an event up needs. ``MISSING`` stands
for no value. A number is the bits of its float64, a text its place in a list of words.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from probity.audit.formula import Constant, Event, Value
from probity.core.event import FIELDS

MISSING = int(np.iinfo(np.int64).min)
Codes = NDArray[np.int64]
Table = dict[str, Codes]
"""Columns of one length, by field; always with ``event`` and ``time``."""


class Words:
    """Texts that were seen, each with its number."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: list[str] = []
        self._codes: dict[str, int] = {}
        for text in texts:
            self.code(text)

    def __len__(self) -> int:
        return len(self.texts)

    def code(self, text: str) -> int:
        """The number of a text, a new one for a new text."""
        code = self._codes.setdefault(text, len(self.texts))
        if code == len(self.texts):
            self.texts.append(text)
        return code

    def only(self, used: Codes) -> tuple["Words", Codes]:
        """The words in ``used``, and the new number of each old one (``MISSING``: gone)."""
        kept = np.unique(used[used != MISSING])
        moved = np.full(len(self.texts), MISSING, dtype=np.int64)
        moved[kept] = np.arange(len(kept))
        return Words(self.texts[code] for code in kept.tolist()), moved


def encoded(
    batch: Any, fields: Collection[str], kinds: Mapping[str, int], words: Words
) -> tuple[Table, Codes]:
    """Columns ``fields`` of a record batch that was checked, and the code of each row's kind.

    A field that the batch lacks is missing in every row; a kind that ``kinds`` lacks is -1.
    """
    names = set(batch.schema.names)
    rows = len(batch)
    table = {
        name: _column(batch.column(name), name, words)
        if name in names
        else np.full(rows, MISSING, dtype=np.int64)
        for name in fields
    }
    column = batch.column("kind")
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    of_word = [kinds.get(word, -1) for word in column.dictionary.to_pylist()]
    codes = np.array(of_word, dtype=np.int64)[column.indices.to_numpy()]
    return table, codes


def _column(column: Any, name: str, words: Words) -> Codes:
    kind = FIELDS[name].type
    if column.null_count == len(column):
        return np.full(len(column), MISSING, dtype=np.int64)
    if kind == "text":
        if not pa.types.is_dictionary(column.type):
            column = pc.dictionary_encode(column)
        of_word = np.array(
            [MISSING if w is None else words.code(w) for w in column.dictionary.to_pylist()]
            + [MISSING],
            dtype=np.int64,
        )
        codes: Codes = of_word[pc.fill_null(column.indices, len(of_word) - 1).to_numpy()]
        return codes
    if kind == "number":
        # Adding 0 makes minus zero zero: its bits would be those of MISSING.
        bits = (pc.fill_null(column, 0.0).to_numpy() + 0.0).view(np.int64)
        return _with_gaps(bits, column)
    plain = column.cast(pa.int64())
    whole: Codes = pc.fill_null(plain, MISSING).to_numpy()
    return whole


def _with_gaps(codes: Codes, column: Any) -> Codes:
    if column.null_count:
        codes[column.is_null().to_numpy(zero_copy_only=False)] = MISSING
    return codes


def code_of(field: str, value: float | str | bool, words: Words) -> int:
    """The code of a value written in a rule."""
    if isinstance(value, str):
        return words.code(value)
    if FIELDS[field].type == "number":
        return int(np.float64(value + 0.0).view(np.int64))
    return int(value)


def value_of(field: str, code: int, words: Words) -> Value:
    """The value that a code stands for."""
    if code == MISSING:
        return None
    match FIELDS[field].type:
        case "text":
            return words.texts[code]
        case "number":
            return float(np.int64(code).view(np.float64))
        case "flag":
            return bool(code)
        case _:
            return code


def matching(table: Table, pattern: Event, words: Words) -> NDArray[np.bool_]:
    """Rows that have the constants of a pattern."""
    found = np.ones(len(table["event"]), dtype=bool)
    for field, term in pattern.fields:
        if isinstance(term, Constant):
            found &= table[field] == code_of(field, term.value, words)
    return found


def taken(table: Table, rows: NDArray[Any]) -> Table:
    """Some rows, by place or by mask."""
    return {name: column[rows] for name, column in table.items()}


def joined(first: Table, second: Table) -> Table:
    """Two tables of the same columns, one below the other."""
    if not len(second["event"]):
        return first
    if not len(first["event"]):
        return second
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def empty(fields: Collection[str]) -> Table:
    """No rows."""
    return {name: np.empty(0, dtype=np.int64) for name in fields}


def grouped(columns: Sequence[Codes], rows: int) -> tuple[Codes, Codes]:
    """Number the different rows: the number of each row, and one row of each number."""
    group = np.zeros(rows, dtype=np.int64)
    one = np.zeros(min(rows, 1), dtype=np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        _, one, group = np.unique(
            group * len(values) + place, return_index=True, return_inverse=True
        )
    return group, one
