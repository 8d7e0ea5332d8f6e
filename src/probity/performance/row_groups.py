"""What a row group of a Parquet file may unpack to.

Asked of the row group as a whole: pyarrow 26 ends the process, with no exception to catch, when it
is asked for a column whose size statistics contradict its type.
"""

from pathlib import Path
from typing import Any

from probity.core import InputError


def refuse_large_groups(metadata: Any, *, largest: int, file: Path) -> None:
    """Refuse a file with a row group that states more than ``largest`` bytes.

    Raises
    ------
    InputError
        There is one; names it.
    """
    for number in range(metadata.num_row_groups):
        size = metadata.row_group(number).total_byte_size
        if not 0 <= size <= largest:
            raise InputError(
                f"row group {number + 1} unpacks to too much",
                file=file,
                got=f"{size} bytes",
                allowed=f"0 to {largest} bytes; write smaller row groups",
            )
