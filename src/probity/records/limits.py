"""Every limit on input, in one place; each refusal states the limit it met.

The largest published record known has some 200 rows on ten pages. The limits are far above
that, and low enough that a hostile file can neither fill the memory nor hold the machine.
"""

import os
import stat
from pathlib import Path

from probity.core import InputError

MEBIBYTE = 1 << 20

MAX_FILE_BYTES = 64 * MEBIBYTE
MAX_MAPPING_BYTES = MEBIBYTE
MAX_UNPACKED_BYTES = 128 * MEBIBYTE
"""All parts of a spreadsheet file, unpacked."""

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 1_000_000
MAX_CELL_CHARACTERS = 10_000
MAX_ROW_CHARACTERS = 400_000
"""Of a text file, before its cells are known."""

MAX_XML_DEPTH = 100

MAX_PAGES = 200
MAX_PAGE_MARKS = 50_000
"""Characters and ruling lines on one page."""
MAX_PAGE_LINES = 4_000
"""Ruling lines on one page, once the pieces of each are put together."""
MAX_MARKS = 1_000_000
"""Characters and ruling lines in one document."""

MAX_COUNT = 1_000_000_000
"""Largest number believed of any count; the world has some 8e9 people."""
MAX_DURATION_MINUTES = 31 * 24 * 60
"""Longest single deployment believed: a month."""

CHILD_MEMORY_BYTES = 512 * MEBIBYTE
CHILD_CPU_SECONDS = 120
CHILD_WALL_SECONDS = 300
"""What the process that opens PDF and spreadsheet files may use (see ``isolated``)."""


def read_bytes(path: Path, *, limit: int = MAX_FILE_BYTES) -> bytes:
    """The content of a regular file of at most ``limit`` bytes, read once.

    Raises
    ------
    InputError
        No such file, not readable, not a regular file (directory, pipe, device), empty, or
        larger than ``limit``.
    """
    try:
        # Opening a pipe must not wait for somebody to write into it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be opened: {reason}", file=path) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError("not a regular file", file=path, allowed="a file on disk")
    with os.fdopen(handle, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise InputError("file too large", file=path, allowed=f"at most {limit // MEBIBYTE} MiB")
    if not content:
        raise InputError("the file is empty", file=path)
    return content
