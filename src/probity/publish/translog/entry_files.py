"""Entries as people write them: JSON, one document to a file, or JSON Lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from probity.core import InputError
from probity.core.canonical_json import JsonError, read_json
from probity.core.files import read_regular_file
from probity.publish.translog.append import Appended, append_locked
from probity.publish.translog.entries import (
    Correction,
    Entry,
    EntryName,
    KeyRotation,
    Segment,
    entry_from,
    moment,
    parse_entry,
)
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.log_files import read_bundle, read_checkpoint, read_entry
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.publishing import finish_interrupted, locked
from probity.publish.translog.segment import segment_entry
from probity.publish.translog.tiles import tiles_of_level

PARQUET = ".parquet"
_SEGMENT_MARK = b"probity/log-entry/segment/"
MAX_FILE_BYTES = 1 << 30


def read_entries(paths: Sequence[Path], *, now: datetime | None = None) -> list[Entry]:
    """The entries in some files, in order; ``now`` stands in for a missing ``recorded_at``.

    Raises
    ------
    InputError
        Not an entry; names the file, the line and the field.
    """
    recorded = moment(now or datetime.now(UTC))
    entries = []
    for path in paths:
        for row, document in _documents(path):
            dated = {"recorded_at": recorded} | document if isinstance(document, dict) else document
            try:
                entries.append(entry_from(dated))
            except InputError as error:
                raise InputError(
                    error.problem,
                    file=path,
                    row=row,
                    column=error.column,
                    got=error.got,
                    allowed=error.allowed,
                ) from None
    return entries


@dataclass(frozen=True, slots=True)
class Instead:
    """That an entry is to stand for the one at ``index``, and why."""

    index: int
    reason: str


def append_files(
    log: Path, paths: Sequence[Path], *, keys: KeyDirectory, instead: Instead | None = None
) -> Appended:
    """Add the entries in some files to a log, or one of them in the place of another entry.

    Entries name others that are in the log: what an append that was cut short had signed has to
    be there first, and nobody else may add any in between.

    Raises
    ------
    InputError
        As ``entries_of_files``, ``as_correction`` and ``append``.
    VerificationError
        The log is not what its key signed last.
    """
    with locked(log, keys.path):
        finish_interrupted(log, keys=keys)
        entries = entries_of_files(paths, log=log, keys=keys)
        if instead is not None:
            entries = [as_correction(entries, log=log, instead=instead)]
        return append_locked(log, [one.to_bytes() for one in entries], keys=keys)


def entries_of_files(paths: Sequence[Path], *, log: Path, keys: KeyDirectory) -> list[Entry]:
    """The entries in some files; an event log in Parquet gives the manifest of a segment.

    A segment names the one before it, in the log or among the files.

    Raises
    ------
    InputError
        As ``read_entries`` and ``segment_entry``.
    """
    recorded, entries = moment(datetime.now(UTC)), list[Entry]()
    previous: str | None = None
    if any(path.suffix == PARQUET for path in paths):
        previous = last_segment(log)
    for path in paths:
        if path.suffix == PARQUET:
            entry = segment_entry(
                path,
                name=path.stem,
                secret=keys.salt_secret(),
                recorded_at=recorded,
                previous=previous,
            )
            previous = leaf_hash(entry.to_bytes()).hex()
            entries.append(entry)
        else:
            entries += read_entries([path])
    return entries


def as_correction(entries: Sequence[Entry], *, log: Path, instead: Instead) -> Correction:
    """The entry that puts another one, already in the log, right.

    Raises
    ------
    InputError
        Not one entry, one that corrects nothing, or no such entry in the log.
    """
    if len(entries) != 1 or isinstance(entries[0], Correction | KeyRotation):
        raise InputError(
            "a correction needs one entry to stand for the old one", got=f"{len(entries)} entries"
        )
    size, index = read_checkpoint(log).checkpoint.size, instead.index
    if not 0 <= index < size:
        raise InputError("no such entry", file=log, got=index, allowed=f"0 to {size - 1}")
    old = leaf_hash(read_entry(log, index, size=size)).hex()
    return Correction(
        recorded_at=entries[0].recorded_at,
        corrects=EntryName(index=index, leaf_hash=old),
        reason=instead.reason,
        replacement=entries[0],
    )


def last_segment(log: Path) -> str | None:
    """Leaf hash of the last entry of a segment in a log, None before the first."""
    size = read_checkpoint(log).checkpoint.size
    for bundle in reversed(list(tiles_of_level(None, size))):
        for entry in reversed(read_bundle(log, bundle)):
            if _SEGMENT_MARK in entry and isinstance(parse_entry(entry), Segment):
                return leaf_hash(entry).hex()
    return None


def _documents(path: Path) -> Iterator[tuple[int | None, Any]]:
    content = read_regular_file(path, limit=MAX_FILE_BYTES)
    lines = content.splitlines() if path.suffix == ".jsonl" else [content]
    for number, line in enumerate(lines, start=1):
        row = number if path.suffix == ".jsonl" else None
        if not line.strip() and row is not None:
            continue
        try:
            yield row, read_json(line)
        except JsonError as error:
            raise InputError(str(error), file=path, row=row) from None
