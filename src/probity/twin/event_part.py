"""Events of one kind as columns, and such parts put together as rows of a log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from probity.core.event import FIELDS, KINDS
from probity.core.event_columns import ARROW_TYPES
from probity.twin.stages import Flags, Floats, Ints

_KIND_NAMES = tuple(KINDS)
_KIND_CODES = {name: code for code, name in enumerate(_KIND_NAMES)}
_STORED = {"id": np.int64, "time": np.int64, "number": np.float64, "flag": np.bool_}


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text for each event: ``vocabulary[code]``."""

    codes: NDArray[np.integer]
    vocabulary: tuple[str, ...]


Value = Ints | Floats | Flags | Words | int | float | bool | str
"""One value for each event, or one for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Events of one kind, stamped by one clock.

    Parameters
    ----------
    kind : str
        One of ``core.event.KINDS``.
    time_us : int64, (n,)
        When each happened. Parts in the order of time are put together fastest.
    clock : str
        System whose clock stamped them.
    fields : mapping of str to Value
        Exactly fields of the kind; a field that is missing from some of the events makes two
        parts of them.

    Raises
    ------
    ValueError
        The kind does not have a field, or misses a required one.
    """

    kind: str
    time_us: Ints
    clock: str
    fields: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = KINDS[self.kind]
        wrong = set(self.fields) - set(kind.fields)
        missing = set(kind.required) - set(self.fields)
        if wrong or missing:
            raise ValueError(f"{self.kind}: not its fields {sorted(wrong)}, without {missing}")

    def __len__(self) -> int:
        return len(self.time_us)

    def until(self, last_us: int) -> "Part":
        """The events that happened by ``last_us``."""
        kept = self.time_us <= last_us
        return self if kept.all() else self.chosen(kept)

    def chosen(self, kept: Flags) -> "Part":
        """The events for which ``kept``, (n,), is true."""
        return Part(
            self.kind,
            self.time_us[kept],
            self.clock,
            {name: _chosen(value, kept) for name, value in self.fields.items()},
        )


def single(kind: str, time_us: int, clock: str, **fields: Value) -> Part:
    """One event."""
    return Part(kind, np.array([time_us], np.int64), clock, fields)


def rows(parts: Iterable[Part], *, schema: pa.Schema, first_event: int) -> pa.Table:
    """The events of all parts in the order of time, numbered from ``first_event``.

    Events of one instant keep the order of their parts.
    """
    kept = [part for part in parts if len(part)]
    time_us = np.concatenate([np.empty(0, np.int64), *(part.time_us for part in kept)])
    total = len(time_us)
    # Parts are runs that ascend already: a stable merge takes a fraction of what sorting does.
    order = np.argsort(time_us, kind="stable")
    place = np.empty(total, np.int64)
    place[order] = np.arange(total)
    placed = list(
        zip(np.split(place, np.cumsum([len(part) for part in kept[:-1]])), kept, strict=False)
    )

    kinds, _ = _filled(np.int32, total, [(at, _KIND_CODES[part.kind]) for at, part in placed])
    columns: dict[str, pa.Array] = {
        "event": _array("event", np.arange(first_event, first_event + total), None),
        "time": _array("time", time_us[order], None),
        "kind": _coded(kinds, None, _KIND_NAMES),
        "clock": _texts([(at, part.clock) for at, part in placed], total),
    }
    nothing = pa.py_buffer(np.zeros(total + 8, np.int64))
    for name in schema.names[len(columns) :]:
        given = [(at, part.fields[name]) for at, part in placed if name in part.fields]
        columns[name] = _column(name, given, total) if given else _missing(name, total, nothing)
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def _chosen(value: Value, kept: Flags) -> Value:
    if isinstance(value, Words):
        return Words(value.codes[kept], value.vocabulary)
    return value[kept] if isinstance(value, np.ndarray) else value


def _column(name: str, given: Sequence[tuple[Ints, Value]], total: int) -> pa.Array:
    if FIELDS[name].type == "text":
        return _texts([(at, v) for at, v in given if isinstance(v, Words | str)], total)
    values, known = _filled(_STORED[FIELDS[name].type], total, given)
    return _array(name, values, known)


def _filled(
    dtype: type, total: int, given: Sequence[tuple[Ints, Value]]
) -> tuple[NDArray[Any], Flags | None]:
    """Values at their rows, and which rows have one; None where all have."""
    values: NDArray[Any] = np.zeros(total, dtype)
    full = sum(len(at) for at, _ in given) == total
    known = None if full else np.zeros(total, np.bool_)
    for at, value in given:
        values[at] = value
        if known is not None:
            known[at] = True
    return values, known


def _texts(given: Sequence[tuple[Ints, Words | str]], total: int) -> pa.Array:
    vocabulary: dict[str, int] = {}
    coded: list[tuple[Ints, Value]] = []
    for at, value in given:
        if isinstance(value, str):
            coded.append((at, vocabulary.setdefault(value, len(vocabulary))))
            continue
        codes = np.array([vocabulary.setdefault(w, len(vocabulary)) for w in value.vocabulary])
        coded.append((at, codes[value.codes]))
    codes, known = _filled(np.int32, total, coded)
    return _coded(codes, known, tuple(vocabulary))


def _coded(codes: NDArray[Any], known: Flags | None, words: tuple[str, ...]) -> pa.Array:
    indices = pa.Array.from_buffers(
        pa.int32(), len(codes), [_bits(known), pa.py_buffer(codes)], null_count=_unknown(known)
    )
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _array(name: str, values: NDArray[Any], known: Flags | None) -> pa.Array:
    stored = np.packbits(values, bitorder="little") if values.dtype == np.bool_ else values
    return pa.Array.from_buffers(
        ARROW_TYPES[FIELDS[name].type],
        len(values),
        [_bits(known), pa.py_buffer(np.ascontiguousarray(stored))],
        null_count=_unknown(known),
    )


def _missing(name: str, total: int, nothing: pa.Buffer) -> pa.Array:
    """A column without a single value, on memory that all such columns share."""
    kind = ARROW_TYPES[FIELDS[name].type]
    if pa.types.is_dictionary(kind):
        indices = pa.Array.from_buffers(pa.int32(), total, [nothing, nothing], null_count=total)
        return pa.DictionaryArray.from_arrays(indices, pa.array([], pa.string()))
    return pa.Array.from_buffers(kind, total, [nothing, nothing], null_count=total)


def _bits(known: Flags | None) -> pa.Buffer | None:
    return None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))


def _unknown(known: Flags | None) -> int:
    return 0 if known is None else int(len(known) - np.count_nonzero(known))
