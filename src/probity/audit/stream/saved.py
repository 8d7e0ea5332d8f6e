"""The state of a monitor as bytes, and back: Arrow tables and plain numbers, checked on return."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from probity.audit.stream.codes import MISSING, Table, Words
from probity.audit.stream.monitor import StreamMonitor
from probity.audit.stream.reorder import KIND
from probity.core.event import FIELDS

_COUNTS = ("too_late", "repeats", "conflicts", "after_end")
_RULE_COUNTS = ("checked", "breached", "unknown")
_MOST_EXAMPLES = 5


class DamagedError(ValueError):
    """Bytes that are not the state of this monitor."""


def tables_of(monitor: StreamMonitor) -> dict[str, bytes]:
    """Every table of the state, as Arrow streams."""
    monitor.compact_words()
    parts = {
        "held": _bytes(monitor.reorder.held),
        "words": _stream(pa.table({"text": pa.array(monitor.words.texts, pa.string())})),
    }
    parts |= {f"store {kind}": _bytes(store.table) for kind, store in monitor.stores.items()}
    return parts | {f"open {one.rule.rule_id}": _bytes(one.open) for one in monitor.rules}


def numbers_of(monitor: StreamMonitor) -> dict[str, Any]:
    """Every number of the state, for JSON."""
    return {
        "events": monitor.events,
        "newest_us": monitor.reorder.newest_us,
        "judged_to_us": monitor.judged_to_us,
        "reorder": {name: getattr(monitor.reorder, name) for name in _COUNTS},
        "examples": monitor.reorder.examples,
        "rules": {
            one.rule.rule_id: [getattr(one, name) for name in _RULE_COUNTS] for one in monitor.rules
        },
    }


def restore(monitor: StreamMonitor, numbers: Any, parts: Mapping[str, bytes]) -> None:
    """Give a new monitor a state that was saved.

    Raises
    ------
    DamagedError
        Anything that is not as ``tables_of`` and ``numbers_of`` make it for this monitor.
    """
    try:
        _restore_numbers(monitor, numbers)
        _restore_tables(monitor, parts)
    except (KeyError, TypeError, AttributeError, IndexError, pa.ArrowException) as error:
        raise DamagedError(str(error)) from None


def _restore_numbers(monitor: StreamMonitor, numbers: Any) -> None:
    monitor.events = _whole(numbers["events"])
    monitor.reorder.newest_us = _time(numbers["newest_us"])
    monitor.judged_to_us = _time(numbers["judged_to_us"])
    for name in _COUNTS:
        setattr(monitor.reorder, name, _whole(numbers["reorder"][name]))
    monitor.reorder.examples = [_whole(one) for one in numbers["examples"][:_MOST_EXAMPLES]]
    _same_names(numbers["rules"], [one.rule.rule_id for one in monitor.rules])
    for one in monitor.rules:
        for name, value in zip(_RULE_COUNTS, numbers["rules"][one.rule.rule_id], strict=True):
            setattr(one, name, _whole(value))


def _restore_tables(monitor: StreamMonitor, parts: Mapping[str, bytes]) -> None:
    expected = {"held", "words"} | {f"store {kind}" for kind in monitor.stores}
    _same_names(parts, expected | {f"open {one.rule.rule_id}" for one in monitor.rules})
    texts = _opened(parts["words"], {"text": pa.string()}).column("text")
    if texts.null_count:
        raise DamagedError("a word is missing")
    monitor.words = Words(texts.to_pylist())
    if len(monitor.words) != len(texts):
        raise DamagedError("a word stands twice")
    monitor.restate_words()
    words = len(texts)
    held = _table(parts["held"], monitor.reorder.held, words, in_order=False)
    if len(held[KIND]) and not 0 <= held[KIND].min() <= held[KIND].max() < len(monitor.kinds):
        raise DamagedError("no such kind")
    monitor.reorder.held = held
    for kind, store in monitor.stores.items():
        store.table = _table(parts[f"store {kind}"], store.table, words)
    for one in monitor.rules:
        one.open = _table(parts[f"open {one.rule.rule_id}"], one.open, words)


def _table(content: bytes, like: Table, words: int, *, in_order: bool = True) -> Table:
    found = _opened(content, dict.fromkeys(like, pa.int64()))
    table = {name: found.column(name).combine_chunks().to_numpy().copy() for name in like}
    for name, column in table.items():
        kind = "kind" if name == KIND else FIELDS[name].type
        low, high = {
            "id": (0, None), "flag": (0, 1), "text": (0, words - 1), "kind": (0, None),
        }.get(kind, (None, None))  # fmt: skip
        some = column if name in ("event", "time", KIND) else column[column != MISSING]
        if (low is not None and (some < low).any()) or (high is not None and (some > high).any()):
            raise DamagedError(f"a value of {name}")
        if kind == "number" and not np.isfinite(some.view(np.float64)).all():
            raise DamagedError(f"a value of {name}")
        if kind == "time" and (np.abs(some) > 1 << 60).any():
            raise DamagedError(f"a value of {name}")
    if in_order and (table["time"][1:] < table["time"][:-1]).any():
        raise DamagedError("events out of order")
    return table


def _opened(content: bytes, types: Mapping[str, pa.DataType]) -> Any:
    with ipc.open_stream(pa.BufferReader(content)) as reader:
        if dict(zip(reader.schema.names, reader.schema.types, strict=True)) != dict(types):
            raise DamagedError("other columns")
        table = reader.read_all()
    table.validate(full=True)
    if any(column.null_count for column in table.columns):
        raise DamagedError("a value is missing")
    return table


def _bytes(table: Table) -> bytes:
    return _stream(pa.table({name: pa.array(column) for name, column in table.items()}))


def _stream(table: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise DamagedError("not a count")
    return value


def _time(value: Any) -> int | None:
    if value is not None and (type(value) is not int or abs(value) > 1 << 60):
        raise DamagedError("not a time")
    return value


def _same_names(got: Any, wanted: Any) -> None:
    if set(got) != set(wanted):
        raise DamagedError("other parts")
