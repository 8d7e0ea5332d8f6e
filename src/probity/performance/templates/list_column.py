"""Vectors in a list column of a Parquet file, unpacked to a temporary file and mapped."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from probity.core import InputError
from probity.performance.row_groups import refuse_large_groups
from probity.performance.templates.mapped import (
    Vectors,
    file_errors,
    map_vectors,
    require_shape,
)

COLUMNS = ("template", "templates", "vector", "embedding", "features")
LARGEST_GROUP_BYTES = 1 << 32

_BATCH_ROWS = 1 << 13
_READ_AHEAD_BYTES = 1 << 20


def map_list_column(path: Path) -> Vectors:
    """Unpack the column named like a template, or the only list column, row by row.

    Raises
    ------
    InputError
        No such column, a missing value, lists of differing length, or elements that are not
        floats.
    """
    try:
        with (
            file_errors(path),
            pq.ParquetFile(path, buffer_size=_READ_AHEAD_BYTES, pre_buffer=False) as file,
            TemporaryFile() as unpacked,
        ):
            column = _column(path, file.schema_arrow)
            refuse_large_groups(file.metadata, largest=LARGEST_GROUP_BYTES, file=path)
            rows, width = 0, None
            dtype = np.dtype(file.schema_arrow.field(column).type.value_type.to_pandas_dtype())
            for batch in file.iter_batches(_BATCH_ROWS, columns=[column], use_threads=False):
                block, width = _block(path, batch.column(0), rows, width)
                unpacked.write(np.ascontiguousarray(block).tobytes())
                rows += len(block)
            shape = (rows, width or 0)
            require_shape(path, shape, dtype)
            unpacked.flush()
            return map_vectors(unpacked, shape, dtype, offset=0)
    except pa.ArrowException as error:
        raise InputError("the vectors cannot be read", file=path, got=str(error)) from error


def _column(path: Path, schema: Any) -> str:
    lists = [field.name for field in schema if _is_list(field.type)]
    named = [name for name in lists if name.lower() in COLUMNS]
    chosen = named or lists
    if len(chosen) != 1:
        raise InputError(
            "which column holds the templates is not clear",
            file=path,
            got=", ".join(schema.names[:10]),
            allowed=f"one list column of floats, or one named {COLUMNS[0]}",
        )
    inner = schema.field(chosen[0]).type.value_type
    if not pa.types.is_floating(inner):
        raise InputError(
            "vectors have the wrong type",
            file=path,
            column=chosen[0],
            got=inner,
            allowed="lists of float16, float32 or float64",
        )
    return str(chosen[0])


def _is_list(kind: Any) -> bool:
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _block(path: Path, lists: Any, before: int, width: int | None) -> tuple[Any, int]:
    """The lists as an array, shape (lists, width), and the width that all must have."""
    flat = lists.flatten()
    lengths = lists.value_lengths().to_numpy(zero_copy_only=False)
    width = int(lengths[0]) if width is None and len(lengths) else width or 0
    wrong = np.flatnonzero(lengths != width)
    if lists.null_count or flat.null_count or wrong.size:
        place = before + int(wrong[0]) if wrong.size else before
        raise InputError(
            "vectors differ in length or lack values",
            file=path,
            row=place + 1,
            got="a missing value" if not wrong.size else f"{lengths[wrong[0]]:g} values",
            allowed=f"{width} values in every row, as in the first",
        )
    return flat.to_numpy(zero_copy_only=False).reshape(len(lists), width), width
