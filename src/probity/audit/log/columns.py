"""Columns as they come, turned into the types of ``core.event``, under a mapping.

Every format ends here. A value counts by what it says, not by how its format spells it: an id
may be the number 12 or the text "12", a number 0.5 or "0.5", a flag true or "true", a time ISO
8601 text, a timestamp, or (where the mapping states the unit) a number since 1970. Texts are
texts: the number 12 is no reason code, unless a mapping's ``values`` names it. Times are kept
to the microsecond; finer digits are cut off.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from probity.audit.log import limits
from probity.audit.log.mapping_file import IGNORED, LogMapping
from probity.audit.log.parquet import check_names
from probity.audit.log.values import ALLOWED, NEVER_MISSING, check_values
from probity.core import InputError
from probity.core.event import FIELDS, FieldType
from probity.core.event_columns import ARROW_TYPES

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_NUMBER = 40


class UnreadableError(Exception):
    """A value that is not what its field says: which one, and what is allowed."""

    def __init__(self, at: int, got: object, allowed: str) -> None:
        self.at, self.got, self.allowed = at, got, allowed
        super().__init__(allowed)


class Layout:
    """Which column of a log holds which field.

    ``source`` maps fields to the names of columns, in the order of ``FIELDS``; ``unknown`` are
    columns that no field and no mapping names.

    Raises
    ------
    InputError
        Two columns for one field, or none for one that every event needs.
    """

    def __init__(self, names: Sequence[str], mapping: LogMapping, *, file: Path) -> None:
        check_names(names, file=file)
        found: dict[str, str] = {}
        unknown = []
        for name in names:
            target = mapping.columns.get(name, name)
            if target == IGNORED:
                continue
            if target not in FIELDS:
                unknown.append(name)
            elif target in found or target in mapping.constant:
                raise InputError(f"two columns for the field {target}", file=file, column=name)
            else:
                found[target] = name
        by_row = mapping.event_numbers == "rows"
        if by_row and "event" in found:
            raise InputError(
                "the log numbers its events, the mapping numbers them by row",
                file=file,
                column=found["event"],
            )
        for name in NEVER_MISSING:
            if name not in found and not (by_row and name == "event"):
                raise InputError(
                    f"no column for the field {name}",
                    file=file,
                    got=", ".join(names[: limits.MAX_NAMES_SHOWN]),
                    allowed="a column of this name, or a mapping that names it",
                )
        self.source = {name: found[name] for name in FIELDS if name in found}
        self.unknown = tuple(unknown)
        present = {*found, *mapping.constant, *NEVER_MISSING}
        self.columns = tuple(name for name in FIELDS if name in present)


def converted(
    table: Any, layout: Layout, mapping: LogMapping, *, file: Path, first_row: int
) -> Any:
    """A batch in our columns and types, its values checked.

    Parameters
    ----------
    table : pyarrow.RecordBatch
        Columns by the names of the log.

    Raises
    ------
    InputError
        A value that its field does not allow, with its row and column.
    """
    arrays, rows = [], table.num_rows
    for name in layout.columns:
        if name in layout.source:
            array = _column(table.column(layout.source[name]), name, mapping, file, first_row)
        elif name in mapping.constant:
            array = pa.array([mapping.constant[name]] * rows, pa.string())
        else:
            array = pa.array(range(first_row, first_row + rows), pa.int64())
        arrays.append(pc.cast(array, ARROW_TYPES[FIELDS[name].type]))
    batch = pa.RecordBatch.from_arrays(arrays, names=list(layout.columns))
    check_values(batch, file=file, first_row=first_row)
    return batch


def _column(array: Any, name: str, mapping: LogMapping, file: Path, first_row: int) -> Any:
    field = FIELDS[name]
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if mapping.missing and _is_text(array):
        words = pa.array(mapping.missing, pa.string())
        array = pc.if_else(pc.is_in(array, value_set=words), None, array)
    words_of = mapping.kinds if name == "kind" else mapping.values.get(name, {})
    if array.null_count == len(array):
        return pa.nulls(len(array), ARROW_TYPES[field.type])
    try:
        if words_of:
            array = _translated(array, words_of)
        return _READ[field.type](array, mapping)
    except UnreadableError as error:
        at, got, allowed = error.at, error.got, error.allowed
    except (pa.ArrowException, OverflowError, ValueError):
        at = _first_failing(array, lambda part: _READ[field.type](part, mapping))
        got, allowed = array[at], ALLOWED[field.type]
    raise InputError(
        f"not a value of a field of type {field.type}",
        file=file,
        row=first_row + at,
        column=name,
        got=got,
        allowed=allowed,
    )


def _first_failing(array: Any, read: Callable[[Any], Any]) -> int:
    """Where the first value stands that ``read`` cannot read, by halving."""
    low, high = 0, len(array)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            read(array[low:middle])
        except (pa.ArrowException, OverflowError, ValueError):
            high = middle
        else:
            low = middle
    return low


def _is_text(array: Any) -> bool:
    return bool(pa.types.is_string(array.type) or pa.types.is_large_string(array.type))


def _translated(array: Any, words: Mapping[str, str]) -> Any:
    texts = pc.cast(array, pa.string())
    at = pc.index_in(texts, value_set=pa.array(list(words), pa.string()))
    return pc.coalesce(pc.take(pa.array(list(words.values()), pa.string()), at), texts)


def _ids(array: Any, mapping: LogMapping) -> Any:
    if _is_text(array):
        array = pc.cast(array, pa.string())
        if mapping.ids == "text":
            return _each(array, id_of_text, pa.int64(), ALLOWED["text"])
        return _each_or_all(array, r"^[0-9]{1,18}$", pa.int64(), _id)
    if pa.types.is_integer(array.type):
        return pc.cast(array, pa.int64())
    raise _wrong_type(array, ALLOWED["id"])


def _id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise ValueError(text)
    value = int(text)
    if value > limits.MAX_ID:
        raise ValueError(text)
    return value


def id_of_text(text: str) -> int:
    """The number that stands for an id which is a text (see ``mapping_file``)."""
    if not 0 < len(text) <= limits.MAX_TEXT_CHARACTERS:
        raise ValueError(text)
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _numbers(array: Any, mapping: LogMapping) -> Any:  # noqa: ARG001 - one shape for all types
    if _is_text(array):
        return _each_or_all(
            pc.cast(array, pa.string()),
            r"^[-+]?([0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})([eE][-+]?[0-9]{1,3})?$",
            pa.float64(),
            _number,
        )
    if pa.types.is_boolean(array.type) or not _is_number(array.type):
        raise _wrong_type(array, ALLOWED["number"])
    return pc.cast(array, pa.float64(), safe=False)


def _number(text: str) -> float:
    if len(text) > _LONGEST_NUMBER or not text.isascii() or set(text) & set("_ \t\r\n"):
        raise ValueError(text)
    return float(text)


def _is_number(kind: Any) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _flags(array: Any, mapping: LogMapping) -> Any:  # noqa: ARG001 - one shape for all types
    if pa.types.is_boolean(array.type):
        return array
    if _is_text(array):
        return _each(pc.cast(array, pa.string()), _flag, pa.bool_(), ALLOWED["flag"])
    raise _wrong_type(array, ALLOWED["flag"])


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _texts(array: Any, mapping: LogMapping) -> Any:  # noqa: ARG001 - one shape for all types
    if _is_text(array):
        return array
    raise _wrong_type(array, ALLOWED["text"])


def _times(array: Any, mapping: LogMapping) -> Any:
    if pa.types.is_timestamp(array.type):
        micros = pc.cast(array, pa.timestamp("us", array.type.tz), safe=False)
        return (
            pc.cast(micros, pa.timestamp("us", "UTC")) if array.type.tz else _zoned(micros, mapping)
        )
    if _is_number(array.type):
        if mapping.time_unit is None:
            raise _wrong_type(array, "ISO 8601 with an offset, or a mapping with time_unit")
        if pa.types.is_integer(array.type):
            unit = pa.timestamp(mapping.time_unit, "UTC")
            return pc.cast(
                pc.cast(pc.cast(array, pa.int64()), unit),
                pa.timestamp("us", "UTC"),
                safe=mapping.time_unit != "ns",
            )
        per_unit = _NANOSECONDS[mapping.time_unit] / 1_000
        micros = pc.round(pc.multiply(pc.cast(array, pa.float64()), per_unit))
        return pc.cast(pc.cast(micros, pa.int64()), pa.timestamp("us", "UTC"))
    if not _is_text(array):
        raise _wrong_type(array, limits.SPAN)
    texts = pc.cast(array, pa.string())
    if mapping.time_format is None and mapping.time_unit is None:
        try:
            return pc.cast(texts, pa.timestamp("us", "UTC"))
        except pa.ArrowInvalid:
            pass
    read = _time_reader(mapping)
    allowed = mapping.time_format or "ISO 8601 with an offset (or a mapping with time_zone)"
    micros = _each(texts, read, pa.int64(), f"{allowed}; {limits.SPAN}")
    return pc.cast(micros, pa.timestamp("us", "UTC"))


def _time_reader(mapping: LogMapping) -> Callable[[str], int]:
    zone = None if mapping.time_zone is None else ZoneInfo(mapping.time_zone)

    def read(text: str) -> int:
        if len(text) > limits.MAX_TEXT_CHARACTERS:
            raise ValueError(text)
        if mapping.time_unit is not None and text.isascii() and text.lstrip("-").isdigit():
            return int(text) * _NANOSECONDS[mapping.time_unit] // 1_000
        if mapping.time_format is not None:
            moment = datetime.strptime(text, mapping.time_format)  # noqa: DTZ007 - zoned below
        else:
            moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            if zone is None:
                raise ValueError(text)
            moment = _in_zone(moment, zone, mapping)
        return (moment - _EPOCH) // timedelta(microseconds=1)

    return read


def _in_zone(moment: datetime, zone: ZoneInfo, mapping: LogMapping) -> datetime:
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        # Skipped when clocks go forward (the round trip does not come back), or there twice.
        skipped = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment
        if skipped or mapping.ambiguous == "refused":
            raise ValueError(moment)
    return second if mapping.ambiguous == "latest" else first


def _zoned(micros: Any, mapping: LogMapping) -> Any:
    if mapping.time_zone is None:
        raise UnreadableError(0, "a time without an offset", "a mapping with time_zone")
    ambiguous = "raise" if mapping.ambiguous == "refused" else mapping.ambiguous
    zoned = pc.assume_timezone(micros, mapping.time_zone, ambiguous=ambiguous)
    return pc.cast(zoned, pa.timestamp("us", "UTC"))


def _each_or_all(array: Any, pattern: str, wanted: Any, one: Callable[[str], Any]) -> Any:
    """All at once where every text has the plain form; else one by one, to name the first."""
    if pc.all(pc.match_substring_regex(array, pattern)).as_py():
        return pc.cast(array, wanted)
    kind: FieldType = "id" if wanted == pa.int64() else "number"
    return _each(array, one, wanted, ALLOWED[kind])


def _each(array: Any, one: Callable[[str], Any], wanted: Any, allowed: str) -> Any:
    known: dict[str, Any] = {}
    values: list[Any] = []
    for at, text in enumerate(array.to_pylist()):
        if text is not None and text not in known:
            try:
                known[text] = one(text)
            except (ValueError, OverflowError):
                raise UnreadableError(at, text, allowed) from None
        values.append(None if text is None else known[text])
    return pa.array(values, wanted)


def _wrong_type(array: Any, allowed: str) -> UnreadableError:
    at = int(pc.index(pc.is_valid(array), True).as_py())
    got = "a nested value" if pa.types.is_nested(array.type) else array[at].as_py()
    return UnreadableError(at, got, allowed)


_READ: dict[FieldType, Callable[[Any, LogMapping], Any]] = {
    "id": _ids,
    "number": _numbers,
    "flag": _flags,
    "text": _texts,
    "time": _times,
}
