"""Where a stream comes from: a file that grows, a pipe, or a log that is complete.

A source gives record batches, each with the place in the input up to which it was read, from
which it goes on after a restart; and None where nothing new is there for the moment.
"""

import hashlib
import os
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from probity.audit.log import limits
from probity.audit.log.arrow_file import FILE_MAGIC, ArrowFile
from probity.audit.log.columns import Layout, converted
from probity.audit.log.header import Statement, header_of
from probity.audit.log.json_lines import parse_json
from probity.audit.log.mapping_file import LogMapping
from probity.audit.log.parquet import ParquetParts
from probity.audit.log.values import check_values
from probity.audit.stream.lines import LineReader
from probity.core import InputError

_BLOCK_BYTES = 4 << 20
_WAIT_SECONDS = 0.2
_IDENTITY_BYTES = 4096
Step = tuple[Any | None, int]


class Source(Protocol):
    """A log, batch by batch."""

    @property
    def name(self) -> str:
        """What to call it in a message."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Fields that it has a column for, as far as it says."""

    @property
    def lines(self) -> LineReader | None:
        """What reads its lines, and counts those that are no event."""

    def statement(self) -> Statement:
        """What the log says about itself."""

    def mark(self, place: int) -> str:
        """Tells the log from others, by what it held up to ``place``."""

    def steps(self, place: int, *, stopped: Callable[[], bool]) -> Iterator[Step | None]:
        """Batches beyond a place; None where there is nothing to read for now."""


def open_source(path: str, fields: Sequence[str], *, until_end: bool) -> Source:
    """The source for a file, a pipe, or ``-`` for the standard input.

    Raises
    ------
    InputError
        No such file, or a form that cannot be followed.
    """
    if path == "-":
        return PipeSource(None, fields, until_end=until_end)
    place = Path(path)
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be opened: {reason}", file=path) from None
    if stat.S_ISFIFO(mode):
        return PipeSource(place, fields, until_end=until_end)
    if stat.S_ISDIR(mode):
        return TableSource(ParquetParts.of_directory(place), fields)
    if not stat.S_ISREG(mode):
        raise InputError("not a file that can be followed", file=path)
    with place.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PAR1"):
        return TableSource(ParquetParts(place, (place,)), fields)
    if start.startswith((FILE_MAGIC, b"\xff\xff\xff\xff")):
        return TableSource(ArrowFile(place), fields)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"", b"{"):
        raise InputError(
            "no form of log that can be followed",
            file=path,
            allowed="JSON Lines, Parquet or Arrow IPC",
        )
    return FileSource(place, fields, until_end=until_end)


class TableSource:
    """A Parquet or Arrow log, which is complete; a place is a number of rows."""

    lines = None

    def __init__(self, log: ParquetParts | ArrowFile, fields: Sequence[str]) -> None:
        self._log, self.name, self.columns = log, str(log.path), log.names
        self._wanted = [name for name in fields if name in log.names]
        Layout(log.names, LogMapping(), file=log.path)

    def statement(self) -> Statement:
        """The header in the file's metadata."""
        return self._log.statement or Statement()

    def mark(self, place: int) -> str:  # noqa: ARG002 - the file does not grow
        """Its size and its first bytes."""
        paths = self._log.paths if isinstance(self._log, ParquetParts) else (self._log.path,)
        parts = [f"{path.stat().st_size} {_digest_of(path, _IDENTITY_BYTES)}" for path in paths]
        return hashlib.blake2b(" ".join(parts).encode(), digest_size=16).hexdigest()

    def steps(self, place: int, *, stopped: Callable[[], bool]) -> Iterator[Step | None]:
        """Batches of rows beyond ``place``."""
        row = 0
        for batch in self._batches():
            if stopped():
                return
            row += len(batch)
            if row <= place:
                continue
            fresh = min(len(batch), row - place)
            yield batch.slice(len(batch) - fresh), row

    def _batches(self) -> Iterator[Any]:
        if isinstance(self._log, ParquetParts) and self._log.fits:
            for part, first, batch in self._log.located(self._wanted):
                check_values(batch, file=part, first_row=first)
                yield batch
            return
        layout = Layout(self._wanted, LogMapping(), file=self._log.path)
        for first, raw in self._log.batches():
            batch = raw.select(list(layout.source.values()))
            yield converted(batch, layout, LogMapping(), file=self._log.path, first_row=first)


class FileSource:
    """A file of JSON Lines that may grow; a place is a number of bytes."""

    columns: tuple[str, ...] = ()

    def __init__(self, path: Path, fields: Sequence[str], *, until_end: bool) -> None:
        self.path, self.name, self.until_end = path, str(path), until_end
        self.lines = LineReader(fields, file=path)

    def statement(self) -> Statement:
        """The header, if the first line is one."""
        with self.path.open("rb") as file:
            return _header_in(file.readline(limits.MAX_LINE_BYTES), self.path) or Statement()

    def mark(self, place: int) -> str:
        """The first bytes that were read."""
        return _digest_of(self.path, min(place, _IDENTITY_BYTES))

    def steps(self, place: int, *, stopped: Callable[[], bool]) -> Iterator[Step | None]:
        """Batches of whole lines beyond ``place``."""
        with self.path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < place:
                raise InputError("the log is shorter than what was read of it", file=self.path)
            file.seek(place)
            splitter = _Splitter(self.lines, place, self.path)
            while not stopped():
                block = file.read(_BLOCK_BYTES)
                if block:
                    yield splitter.step(block)
                elif self.until_end:
                    yield splitter.step(b"", last=True)
                    return
                else:
                    self._require_same(file, splitter.place)
                    yield None
                    time.sleep(_WAIT_SECONDS)

    def _require_same(self, file: BinaryIO, place: int) -> None:
        """Refuse to wait for what will never come: a log that is rotated goes on elsewhere."""
        problem = None
        try:
            now = os.stat(self.path)
        except OSError:
            problem = "the log is gone"
        else:
            if not os.path.samestat(now, os.fstat(file.fileno())):
                problem = "another file is in the place of the log"
            elif now.st_size < place:
                problem = "the log is shorter than what was read of it"
        if problem is not None:
            raise InputError(problem, file=self.path, allowed="one file that only grows")


class PipeSource:
    """A named pipe or the standard input, which cannot be read twice.

    A sender that is not sure what arrived sends it again: what is known is recognised.
    """

    columns: tuple[str, ...] = ()

    def __init__(self, path: Path | None, fields: Sequence[str], *, until_end: bool) -> None:
        self.path, self.until_end = path, until_end or path is None
        self.name = "-" if path is None else str(path)
        self.lines = LineReader(fields, file=path or Path("standard input"))
        self._statement = Statement()

    def statement(self) -> Statement:
        """The header; known once its line was read."""
        return self._statement

    def mark(self, place: int) -> str:  # noqa: ARG002 - what was read is gone
        """Its name: nothing else can be told of a pipe."""
        return self.name

    def steps(self, place: int, *, stopped: Callable[[], bool]) -> Iterator[Step | None]:
        """Batches of whole lines as they arrive."""
        splitter = _Splitter(self.lines, place, self.lines.file, first=True)
        # A named pipe is at its end before anybody writes to it, too.
        begun = self.path is None
        with self._opened() as handle:
            while not stopped():
                if not select.select([handle], [], [], _WAIT_SECONDS)[0]:
                    yield None
                    continue
                block = os.read(handle, _BLOCK_BYTES)
                if not block and self.until_end and begun:
                    yield splitter.step(b"", last=True)
                    return
                if not block:
                    yield None
                    time.sleep(_WAIT_SECONDS)
                    continue
                begun = True
                step = splitter.step(block)
                self._statement = splitter.statement or self._statement
                yield step

    @contextmanager
    def _opened(self) -> Iterator[int]:
        if self.path is None:
            yield sys.stdin.fileno()
            return
        # Not waiting for a writer, so that an interrupt is heeded.
        handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            yield handle
        finally:
            os.close(handle)


class _Splitter:
    """Cuts what arrives into whole lines, and sets aside lines without end."""

    def __init__(self, lines: LineReader, place: int, file: Path, *, first: bool = False) -> None:
        self.place = place
        self.statement: Statement | None = None
        self._lines, self._file = lines, file
        self._first = first or place == 0
        self._rest = b""
        self._skipping = False

    def step(self, block: bytes, *, last: bool = False) -> Step:
        block = self._rest + block if self._rest else block
        end = block.rfind(b"\n") + 1
        whole, rest = block[:end], block[end:]
        if last:
            whole, rest = whole + rest, b""
        self.place += len(whole)
        self._rest = rest
        if self._skipping and whole:
            whole, self._skipping = whole.partition(b"\n")[2], False
        if len(rest) > limits.MAX_LINE_BYTES:
            if not self._skipping:
                self._lines.refuse("the line is too long", rest)
            self._skipping = True
            self.place += len(rest)
            self._rest = b""
        if self._first and whole and not whole.isspace():
            whole, self._first = self._without_header(whole), False
        return (self._lines.batch(whole) if whole else None), self.place

    def _without_header(self, whole: bytes) -> bytes:
        line, _, rest = whole.partition(b"\n")
        self.statement = _header_in(line, self._file)
        return whole if self.statement is None else rest


def _header_in(line: bytes, file: Path) -> Statement | None:
    try:
        record = parse_json(line, file=file)
    except InputError:
        return None
    if not isinstance(record, dict) or "schema" not in record:
        return None
    return header_of(record, file=file)


def _digest_of(path: Path, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.blake2b(file.read(size), digest_size=16).hexdigest()
