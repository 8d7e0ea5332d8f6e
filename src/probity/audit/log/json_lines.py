"""JSON Lines: one event a line, a flat object; the first line may be the log's header."""

import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from probity.audit.log import limits
from probity.audit.log.header import Statement, header_of
from probity.audit.log.json_block import line_ends, one_object_a_line, read_block
from probity.audit.log.mapping_file import LogMapping
from probity.audit.log.parquet import arrow_errors
from probity.core import InputError
from probity.core.event import FIELDS

_BLOCK_BYTES = 1 << 20
_ROWS_AT_A_TIME = 1 << 15
_MOST_VALUES = 1 << 22
"""Of a block that is read at once, values that lines do not have counted too."""
_BEYOND_IDS = float(1 << 63)
_TYPES = {
    frozenset({str}): pa.string(),
    frozenset({int}): pa.int64(),
    frozenset({float}): pa.float64(),
    frozenset({bool}): pa.bool_(),
}


class JsonLines:
    """A JSON Lines file: ``statement`` its header, ``names`` the keys of the lines so far.

    A block of lines is read at once where it is like those before it: no new key, and every
    value of the type that its key had. Any other block is read line by line, so that whatever
    is unusual is judged, and told of, there alone. Either way gives the same columns.

    Raises
    ------
    InputError
        A line that is too long, is no object, has a key twice, or has a nested value.
    """

    def __init__(self, path: Path, mapping: LogMapping) -> None:
        self.path, self._mapping = path, mapping
        self._types: dict[str, pa.DataType] = {}
        self.statement, self._start = self._header()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them once ``batches`` came to its end."""
        return tuple(self._types)

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row and record batch, with a column for each of ``names``, in order."""
        for first, block in self._blocks():
            batch = self._at_once(block)
            if batch is None:
                yield from self._line_by_line(first, block)
            else:
                yield first, batch

    def _header(self) -> tuple[Statement | None, int]:
        with arrow_errors(self.path), self.path.open("rb") as file:
            line = file.readline(limits.MAX_LINE_BYTES + 1)
            record = self._record(line, 1)
            if "schema" not in record:
                return None, 0
            # Row 1 is the first event, whether or not a header stands above it.
            return header_of(record, file=self.path), file.tell()

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        """Whole lines, and the row of the first of them."""
        row, rest = 1, b""
        with arrow_errors(self.path), self.path.open("rb") as file:
            file.seek(self._start)
            while read := file.read(_BLOCK_BYTES):
                block = rest + read
                end = block.rfind(b"\n") + 1
                if end:
                    yield row, block[:end]
                    row += block.count(b"\n")
                rest = block[end:]
                self._check_length(len(rest), row)
            if rest:
                yield row, rest

    def _at_once(self, block: bytes) -> Any | None:
        ends = line_ends(block)
        longest = np.diff(ends, prepend=-1, append=len(block) - 1).max()
        values = (len(ends) + 1) * len(self._types)
        if not self._types or longest > limits.MAX_LINE_BYTES or values > _MOST_VALUES:
            return None
        doubles = [name for name, kind in self._types.items() if kind == pa.float64()]
        if not all(self._takes_numbers(name) for name in doubles):
            return None
        try:
            table = read_block(block, pa.schema(list(self._types.items())), further="error")
        except (pa.ArrowException, UnicodeDecodeError):
            return None
        if not one_object_a_line(block, ends, len(table)):
            return None
        for name in doubles:
            column = table.column(name).fill_null(0.0).to_numpy()
            # Such a number may be none that is allowed; and NaN is below nothing.
            if not np.abs(column).max() < _BEYOND_IDS:
                return None
        return table.combine_chunks().to_batches()[0]

    def _line_by_line(self, first: int, block: bytes) -> Iterator[tuple[int, Any]]:
        lines = io.BytesIO(block)
        while records := [*self._records(first, islice(lines, _ROWS_AT_A_TIME))]:
            arrays = [
                self._array(name, [record.get(name) for record in records]) for name in self.names
            ]
            with arrow_errors(self.path, allowed=f"rows from {first}"):
                yield first, pa.RecordBatch.from_arrays(arrays, names=list(self.names))
            first += len(records)

    def _records(self, first: int, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        for row, line in enumerate(lines, first):
            record = flat(self._record(line, row), file=self.path, row=row)
            for name in record:
                self._types.setdefault(name, pa.string())
            if len(self._types) > limits.MAX_COLUMNS:
                raise InputError(
                    "too many columns",
                    file=self.path,
                    row=row,
                    allowed=f"at most {limits.MAX_COLUMNS}",
                )
            yield record

    def _check_length(self, length: int, row: int) -> None:
        if length > limits.MAX_LINE_BYTES:
            raise InputError(
                "the line is too long",
                file=self.path,
                row=row,
                allowed=f"at most {limits.MAX_LINE_BYTES} bytes",
            )

    def _record(self, line: bytes, row: int) -> dict[str, Any]:
        self._check_length(len(line), row)
        record = parse_json(line, file=self.path, row=row)
        if not isinstance(record, dict):
            raise InputError(
                "the line is no JSON object", file=self.path, row=row, got=type(record).__name__
            )
        return record

    def _array(self, name: str, values: list[Any]) -> Any:
        kinds = frozenset(type(value) for value in values if value is not None)
        if kinds == {int, float} and self._takes_numbers(name):
            known = [value for value in values if value is not None]
            if all(abs(value) < _BEYOND_IDS for value in known):
                values = [None if value is None else float(value) for value in values]
                kinds = frozenset({float})
        self._types[name] = _TYPES.get(kinds, self._types[name])
        return arrow_array(values)

    def _takes_numbers(self, name: str) -> bool:
        """Whether whole numbers and others mean the same here, or nothing at all."""
        field = self._mapping.columns.get(name, name)
        return field not in FIELDS or FIELDS[field].type == "number"


def parse_json(content: bytes, *, file: Path, row: int | None = None) -> Any:
    """The value of a JSON text, in which no object has a key twice.

    Raises
    ------
    InputError
        Not UTF-8, not JSON, nested without end, or a key that stands twice.
    """
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except _TwiceError as error:
        raise InputError("a key stands twice", file=file, row=row, got=error) from None
    except (ValueError, RecursionError) as error:
        raise InputError("not JSON in UTF-8", file=file, row=row, got=error) from None


def flat(record: dict[str, Any], *, file: Path, row: int) -> dict[str, Any]:
    """The record itself, if none of its values is nested.

    Raises
    ------
    InputError
        Names the column that holds a nested value.
    """
    for name, value in record.items():
        if isinstance(value, dict | list):
            raise InputError(
                "a nested value",
                file=file,
                row=row,
                column=name,
                allowed="texts, numbers, true, false and null",
            )
    return record


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return record


def arrow_array(values: list[Any]) -> Any:
    """Numbers and flags as they are where all are of one type, else texts that say the same."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 and kinds != {int}:
        try:
            return pa.array(values)
        except (pa.ArrowException, UnicodeEncodeError):
            return pa.array([_said(value) for value in values], pa.string())
    if kinds == {int} and all(v is None or -(1 << 63) <= v < 1 << 63 for v in values):
        return pa.array(values, pa.int64())
    return pa.array([_said(value) for value in values], pa.string())


def _said(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        # Half of a surrogate pair is no character, and cannot stand in a column of texts.
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return json.dumps(value)
