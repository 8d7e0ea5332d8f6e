"""A template set: vectors and manifest together, checked, and normalised on reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.templates.list_column import map_list_column
from probity.performance.templates.manifest import Manifest, read_manifest
from probity.performance.templates.mapped import Vectors, file_errors
from probity.performance.templates.npy import map_npy, map_npz
from probity.performance.templates.safetensors import map_safetensors

BLOCK_VALUES = 1 << 22
"""Values normalised at a time."""

_READERS = {
    ".npy": map_npy,
    ".npz": map_npz,
    ".parquet": map_list_column,
    ".safetensors": map_safetensors,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSet:
    """Vectors as stored, shape (samples, dimension), mapped from disk, and their manifest."""

    source: str
    vectors: Vectors
    manifest: Manifest

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def unit_vectors(self, rows: slice | NDArray[np.integer]) -> NDArray[np.float32]:
        """The vectors of some rows scaled to length 1, shape (rows, dimension).

        Lengths are taken in float64, so equal vectors give equal bytes whatever rows are read
        with them.
        """
        return unit_length(self.vectors[rows])

    def blocks(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """All unit vectors in order: first row and block, some at a time."""
        step = max(1, BLOCK_VALUES // self.dimension)
        for start in range(0, len(self.vectors), step):
            yield start, self.unit_vectors(slice(start, start + step))


def read_templates(path: Path, manifest: Path, *, allow_duplicates: bool = False) -> TemplateSet:
    """Open a template set and check every vector once.

    Parameters
    ----------
    path : Path
        .npy, .npz, .parquet (a list column) or .safetensors.
    manifest : Path
        CSV: see ``read_manifest``.
    allow_duplicates : bool
        Accept two samples with one and the same vector. They are refused unless asked for: a
        sample compared with itself scores 1 and says nothing about the system.

    Raises
    ------
    InputError
        An unknown or malformed file, a manifest that does not fit, a vector that is not finite
        or has no length, or two samples with the same vector.
    """
    with file_errors(path):
        empty = path.stat().st_size == 0
    reader = _READERS.get(path.suffix.lower())
    if empty or reader is None:
        raise InputError(
            "the file is empty" if empty else "unknown form of vectors",
            file=path,
            got="0 bytes" if empty else path.suffix or "no ending",
            allowed=", ".join(_READERS),
        )
    vectors = reader(path)
    read = TemplateSet(
        source=str(path),
        vectors=vectors,
        manifest=read_manifest(manifest, templates=len(vectors)),
    )
    marks = np.concatenate([_checked(read, start) for start in _starts(read)])
    if not allow_duplicates:
        _refuse_duplicates(read, marks)
    return read


def unit_length(vectors: Vectors) -> NDArray[np.float32]:
    """Vectors scaled to length 1 in float64, then rounded; rows must be finite and not zero."""
    wide = np.asarray(vectors, dtype=np.float64)
    # Scaling by the largest value first keeps squares from overflowing or vanishing.
    wide = wide / np.abs(wide).max(axis=1, keepdims=True)
    length = np.sqrt(np.add.reduce(wide * wide, axis=1, keepdims=True))
    # Adding 0 turns -0 into 0, so that equal vectors have equal bytes.
    unit: NDArray[np.float32] = (wide / length).astype(np.float32) + np.float32(0)
    return unit


def _starts(read: TemplateSet) -> range:
    return range(0, len(read.vectors), max(1, BLOCK_VALUES // read.dimension))


def _checked(read: TemplateSet, start: int) -> NDArray[np.uint64]:
    """Check a block of vectors; a mark for each, equal for equal vectors."""
    block: Vectors = np.asarray(read.vectors[start : start + _starts(read).step])
    finite: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(block), axis=1)
    usable: NDArray[np.bool_] = finite & np.logical_or.reduce(block != 0, axis=1)
    if not usable.all():
        place = int(np.argmin(usable))
        problem = "has no length" if finite[place] else "is not finite"
        raise InputError(
            f"a vector {problem}",
            file=read.source,
            row=start + place,
            got=f"sample {read.manifest.sample_id[start + place]}",
            allowed="finite values, not all zero",
        )
    unit = unit_length(block).view(np.uint32).astype(np.uint64)
    weights = np.random.default_rng(0).integers(
        1, 2**64, size=unit.shape[1], dtype=np.uint64, endpoint=False
    )
    marks: NDArray[np.uint64] = (unit * weights).sum(axis=1, dtype=np.uint64)
    return marks


def _refuse_duplicates(read: TemplateSet, marks: NDArray[np.uint64]) -> None:
    order = np.argsort(marks, kind="stable")
    for place in np.flatnonzero(marks[order][1:] == marks[order][:-1]):
        first, second = int(order[place]), int(order[place + 1])
        # Equal marks are a hint; the vectors themselves decide.
        if np.array_equal(
            read.unit_vectors(slice(first, first + 1)), read.unit_vectors(slice(second, second + 1))
        ):
            names = read.manifest.sample_id
            raise InputError(
                "two samples have the same vector",
                file=read.source,
                row=second,
                got=f"samples {names[first]} (row {first}) and {names[second]} (row {second})",
                allowed="a vector of its own for every sample, unless duplicates are allowed",
            )
