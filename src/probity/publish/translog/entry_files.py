"""Entries as people write them: JSON, one document to a file, or JSON Lines."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from probity.core import InputError
from probity.core.canonical_json import JsonError, read_json
from probity.core.files import read_regular_file
from probity.publish.translog.entries import Entry, entry_from, moment

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
