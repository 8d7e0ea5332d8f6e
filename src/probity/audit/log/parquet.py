"""Parquet as a stranger writes it: opened within limits, read batch by batch."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from probity.audit.log import limits
from probity.audit.log.header import Statement, parse_header
from probity.core import InputError
from probity.core.event import FIELDS
from probity.core.event_columns import ARROW_TYPES, header_text

BATCH_ROWS = 1 << 18
_GLOB = frozenset("*?[]{}")


@contextmanager
def arrow_errors(file: Path, *, allowed: str | None = None) -> Iterator[None]:
    """Turn what Arrow and the file system raise on bad files into ``InputError``."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            "the file cannot be read", file=file, got=reason, allowed=allowed
        ) from None


def regular_file(path: Path) -> int:
    """Size of a regular file that is not empty, in bytes."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be opened: {reason}", file=path) from None
    if not stat.S_ISREG(status.st_mode):
        raise InputError("not a regular file", file=path, allowed="a file on disk")
    if not status.st_size:
        raise InputError("the file is empty", file=path)
    return status.st_size


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """A ``ParquetFile`` whose texts come dictionary-encoded.

    Raises
    ------
    InputError
        Not Parquet, cut off, or past a limit.
    """
    size = regular_file(path)
    with arrow_errors(path):
        probe = pq.ParquetFile(path)
        with probe:
            schema, metadata = probe.schema_arrow, probe.metadata
            check_names(schema.names, file=path)
            _check_extent(metadata, size, path)
            texts = [field.name for field in schema if pa.types.is_string(field.type)]
    with arrow_errors(path), pq.ParquetFile(path, read_dictionary=texts) as file:
        yield file


def check_names(names: Sequence[str], *, file: Path) -> None:
    """Refuse too many columns, columns of one name, and names without end."""
    if len(names) > limits.MAX_COLUMNS:
        raise InputError(
            "too many columns",
            file=file,
            got=len(names),
            allowed=f"at most {limits.MAX_COLUMNS}",
        )
    seen = set()
    for name in names:
        if len(name) > limits.MAX_NAME_CHARACTERS:
            raise InputError(
                "the name of a column is too long",
                file=file,
                got=name,
                allowed=f"at most {limits.MAX_NAME_CHARACTERS} characters",
            )
        if name in seen:
            raise InputError("two columns have one name", file=file, column=name)
        seen.add(name)


def _check_extent(metadata: Any, size: int, path: Path) -> None:
    most = limits.MAX_ROWS_PER_BYTE * size
    if not 0 <= metadata.num_rows <= most:
        raise InputError(
            "the file claims more rows than its size can hold",
            file=path,
            got=metadata.num_rows,
            allowed=f"at most {limits.MAX_ROWS_PER_BYTE} for each byte",
        )
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        if not 0 <= group.total_byte_size <= limits.MAX_ROW_GROUP_BYTES:
            raise InputError(
                "a row group is too large",
                file=path,
                got=f"{group.total_byte_size} bytes unpacked",
                allowed=f"at most {limits.MAX_ROW_GROUP_BYTES}",
            )


def fits_as_it_is(schema: Any, path: Path) -> bool:
    """Every field that the file has is in the type that engines read, and its path is plain."""
    return not _GLOB & set(str(path.resolve())) and all(
        _fits(schema.field(name).type, ARROW_TYPES[FIELDS[name].type])
        for name in schema.names
        if name in FIELDS
    )


def schema_of(columns: Sequence[str]) -> Any:
    """Exactly these fields, in the types that engines read."""
    return pa.schema([pa.field(name, ARROW_TYPES[FIELDS[name].type]) for name in columns])


def _fits(got: Any, wanted: Any) -> bool:
    if pa.types.is_dictionary(wanted):
        words = got.value_type if pa.types.is_dictionary(got) else got
        return bool(pa.types.is_string(words))
    return bool(got.equals(wanted))


class ParquetParts:
    """One log in one or more Parquet files of the same columns, in the order of their names."""

    def __init__(self, path: Path, paths: tuple[Path, ...]) -> None:
        self.path, self.paths = path, paths
        self.fits = True
        statements: list[Statement | None] = []
        schemas: list[dict[str, Any]] = []
        for part in paths:
            with open_parquet(part) as file:
                schema = file.schema_arrow
            text = header_text(schema)
            statements.append(None if text is None else parse_header(text, file=part))
            schemas.append(dict(zip(schema.names, schema.types, strict=True)))
            self.fits = self.fits and fits_as_it_is(schema, part)
            if schemas[-1].keys() != schemas[0].keys():
                differing = sorted(schemas[-1].keys() ^ schemas[0].keys())
                raise InputError("the parts have different columns", file=part, column=differing[0])
        self.names = tuple(schemas[0])
        self.statement = _joined(statements, path)

    @classmethod
    def of_directory(cls, path: Path) -> "ParquetParts":
        """All ``*.parquet`` files of a directory, and nothing below it."""
        with arrow_errors(path):
            parts = sorted(part for part in path.iterdir() if part.name.endswith(".parquet"))
        if not parts:
            raise InputError("no parts in the directory", file=path, allowed="*.parquet files")
        if len(parts) > limits.MAX_PARTS:
            raise InputError(
                "too many parts", file=path, got=len(parts), allowed=f"at most {limits.MAX_PARTS}"
            )
        return cls(path, tuple(parts))

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row, counted through all parts, and record batch."""
        first = 1
        for _, _, batch in self.located(self.names):
            yield first, batch
            first += len(batch)

    def located(self, columns: Sequence[str]) -> Iterator[tuple[Path, int, Any]]:
        """The part, the first row in it, and a record batch of ``columns``."""
        return located_batches(self.paths, columns)


def located_batches(
    paths: Sequence[Path], columns: Sequence[str]
) -> Iterator[tuple[Path, int, Any]]:
    """Batches of Parquet files in order: the file, the first row in it, the batch."""
    for path in paths:
        first = 1
        with open_parquet(path) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
                yield path, first, batch
                first += len(batch)


def _joined(statements: list[Statement | None], path: Path) -> Statement | None:
    """What all parts state: kinds that every part records, the span from first to last."""
    stated = [one for one in statements if one is not None and one.kinds is not None]
    if not stated:
        return None
    if len(stated) < len(statements):
        raise InputError("some parts have a header and some have none", file=path)
    kinds = [kind for kind in stated[0].kinds or () if all(kind in (s.kinds or ()) for s in stated)]
    starts = [one.from_us for one in stated if one.from_us is not None]
    ends = [one.to_us for one in stated if one.to_us is not None]
    return Statement(stated[0].system, tuple(kinds), min(starts), max(ends))
