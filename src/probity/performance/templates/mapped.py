"""Checks that every form of vectors shares, and mapping them from disk.

A header is believed only where the file's own size bears it out.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError

Vectors = NDArray[np.floating[Any]]
"""Templates as stored: float16, float32 or float64, shape (samples, dimension)."""

WIDEST = 65_536
MOST_TEMPLATES = 20_000_000

_FLOAT_BYTES = (2, 4, 8)


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn what reading a bad file raises into ``InputError``."""
    try:
        yield
    except (OSError, ValueError, OverflowError, MemoryError, EOFError, struct.error) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError("the vectors cannot be read", file=path, got=reason) from error


def require_shape(path: Path, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> None:
    """Refuse anything but a two-dimensional array of floats of a sane size.

    Raises
    ------
    InputError
        Objects (pickled Python), another type than float16, float32 or float64, another number
        of dimensions, no sample, or a size beyond the limits.
    """
    if dtype.hasobject:
        raise InputError(
            "pickled objects are refused: reading them runs code",
            file=path,
            got=dtype,
            allowed="float32 vectors",
        )
    if dtype.kind != "f" or dtype.itemsize not in _FLOAT_BYTES:
        raise InputError(
            "vectors have the wrong type",
            file=path,
            got=dtype,
            allowed="float16, float32 or float64",
        )
    sane = len(shape) == 2 and 1 <= shape[0] <= MOST_TEMPLATES and 1 <= shape[1] <= WIDEST  # noqa: PLR2004 - samples, dimension
    if not sane:
        raise InputError(
            "vectors have the wrong shape",
            file=path,
            got=shape,
            allowed=f"(samples, dimension), 1 to {MOST_TEMPLATES} and 1 to {WIDEST}",
        )


def require_size(path: Path, shape: tuple[int, ...], itemsize: int, *, held: int) -> None:
    """Refuse a header that promises more or fewer bytes than are there."""
    if shape[0] * shape[1] * itemsize != held:
        raise InputError(
            "the file's size is not what its header says",
            file=path,
            got=f"{held} bytes of vectors",
            allowed=f"{shape[0]} x {shape[1]} x {itemsize} bytes",
        )


def map_vectors(
    path: Path | IO[bytes],
    shape: tuple[int, ...],
    dtype: np.dtype[np.generic],
    *,
    offset: int,
    order: str = "C",
) -> Vectors:
    """Map an array that was checked with the functions above."""
    mapped: Vectors = np.memmap(
        path,
        dtype=dtype,
        mode="r",
        offset=offset,
        shape=shape,
        order="F" if order == "F" else "C",
    )
    return mapped
