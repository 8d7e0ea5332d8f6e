"""Every limit on an event log, in one place; each refusal states the limit it met.

Lengths of lines and cells bound memory, counts bound time, and both are far above what a log
of a recognition system needs.
"""

MEBIBYTE = 1 << 20

MAX_TEXT_CHARACTERS = 200
MAX_ID = (1 << 63) - 1
MAX_COLUMNS = 1_000
MAX_NAME_CHARACTERS = 200
"""Of a column."""
MAX_LINE_BYTES = 1 << 16
"""Of JSON Lines and CSV."""
MAX_PARTS = 10_000
"""Files in a directory of Parquet parts."""
MAX_ROWS_PER_BYTE = 1_000
"""A file that claims more rows than this for each of its bytes was made to hold the machine."""
MAX_ROW_GROUP_BYTES = 4 << 30
"""Of one Parquet row group, unpacked, as its footer states."""
MAX_HEADER_BYTES = 1 << 16
MAX_MAPPING_BYTES = MEBIBYTE
MAX_OCEL_JSON_BYTES = 64 * MEBIBYTE
"""OCEL's JSON form is one document and is read whole; its SQLite form is not."""

FIRST_TIME_US = -2_208_988_800_000_000
"""1900-01-01T00:00:00Z, the first time that is accepted."""
END_TIME_US = 7_258_118_400_000_000
"""2200-01-01T00:00:00Z, the first time that is not accepted any more."""
SPAN = "times from 1900 up to but not including 2200, UTC"

CHECK_MEMORY = "1500MB"
"""Of DuckDB while a log is checked; more is spilled to disk."""

MAX_EXAMPLES = 5
MAX_NAMES_SHOWN = 8
