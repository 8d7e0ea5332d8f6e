"""Every limit on input, in one place; each refusal states the limit it met.

The largest published record known has some 200 rows on ten pages. The limits are far above
that, and low enough that a hostile file can neither fill the memory nor hold the machine.
"""

from pathlib import Path

from probity.core.files import read_regular_file

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
    return read_regular_file(path, limit=limit)
