"""JSON Lines: one event a line, a flat object; the first line may be the log's header."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from probity.audit.log import limits
from probity.audit.log.header import Statement, header_of
from probity.audit.log.parquet import arrow_errors
from probity.core import InputError

_ROWS_AT_A_TIME = 1 << 15


class JsonLines:
    """A JSON Lines file: ``names`` are the keys that any line uses, ``statement`` its header.

    Opening it reads it once, to find the keys.

    Raises
    ------
    InputError
        A line that is too long, is no object, has a key twice, or has a nested value.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.statement: Statement | None = None
        self.names: tuple[str, ...] = ()
        names: dict[str, None] = {}
        for row, record in self._records():
            names.update(dict.fromkeys(record))
            if len(names) > limits.MAX_COLUMNS:
                raise InputError(
                    "too many columns",
                    file=path,
                    row=row,
                    allowed=f"at most {limits.MAX_COLUMNS}",
                )
        self.names = tuple(names)

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row and record batch, in the order of the file."""
        held: list[dict[str, Any]] = []
        first = 1
        for row, record in self._records():
            if not held:
                first = row
            held.append(record)
            if len(held) == _ROWS_AT_A_TIME:
                yield first, self._batch(held, first)
                held = []
        if held:
            yield first, self._batch(held, first)

    def _records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        row, first_line = 0, True
        with arrow_errors(self.path), self.path.open("rb") as file:
            while line := file.readline(limits.MAX_LINE_BYTES + 1):
                row += 1
                if len(line) > limits.MAX_LINE_BYTES:
                    raise InputError(
                        "the line is too long",
                        file=self.path,
                        row=row,
                        allowed=f"at most {limits.MAX_LINE_BYTES} bytes",
                    )
                record = self._record(line, row)
                if first_line and "schema" in record:
                    self.statement = header_of(record, file=self.path)
                    # Row 1 is the first event, whether or not a header stands above it.
                    row, first_line = 0, False
                    continue
                first_line = False
                yield row, flat(record, file=self.path, row=row)

    def _record(self, line: bytes, row: int) -> dict[str, Any]:
        record = parse_json(line, file=self.path, row=row)
        if not isinstance(record, dict):
            raise InputError(
                "the line is no JSON object", file=self.path, row=row, got=type(record).__name__
            )
        return record

    def _batch(self, records: list[dict[str, Any]], first: int) -> Any:
        arrays = [arrow_array([record.get(name) for record in records]) for name in self.names]
        with arrow_errors(self.path, allowed=f"rows from {first}"):
            return pa.RecordBatch.from_arrays(arrays, names=list(self.names))


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
