"""Many lines of JSON at once, by Arrow's reader, where nothing about them is unusual.

Whoever reads a block this way reads it again line by line when this refuses: messages, and
whatever is accepted beyond the usual, are the slow reader's alone.
"""

import io

import numpy as np
import pyarrow as pa
import pyarrow.json as pj
from numpy.typing import NDArray

_LINE_FEED, _RETURN, _OPEN, _CLOSE = b"\n\r{}"


def read_block(block: bytes, schema: pa.Schema, *, further: str) -> pa.Table:
    """The objects of a block as rows, wherever its lines end.

    Refused are text that is not UTF-8 and, in the keys of ``schema``, a key that stands twice,
    a nested value, and a value of another type than the column's.

    Parameters
    ----------
    further : "ignore" or "error"
        What to do about keys that are not in the schema.

    Raises
    ------
    pyarrow.ArrowException, UnicodeDecodeError
    """
    if not block:
        return schema.empty_table()
    if not block.isascii():
        block.decode()  # Arrow takes whatever bytes stand between quotes.
    options = pj.ReadOptions(use_threads=False, block_size=len(block) + 1)
    parse = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior=further)
    return pj.read_json(io.BytesIO(block), options, parse)


def line_ends(block: bytes) -> NDArray[np.int64]:
    """Where the line feeds stand."""
    return np.flatnonzero(np.frombuffer(block, np.uint8) == _LINE_FEED)


def one_object_a_line(block: bytes, ends: NDArray[np.int64], rows: int) -> bool:
    """Whether each line is one of the ``rows`` objects of a block, and none is empty.

    Arrow takes several on one line, and one on several. Between two objects alone can a line
    feed stand behind ``}`` and before ``{``.
    """
    between = ends[:-1] if block.endswith(b"\n") else ends
    if len(between) != rows - 1:
        return False
    text = np.frombuffer(block, np.uint8)
    before = text[between - 1]
    before = np.where(before == _RETURN, text[between - 2], before)
    return bool((before == _CLOSE).all() and (text[between + 1] == _OPEN).all())
