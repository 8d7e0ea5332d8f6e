"""Similarity and mask matrices of NIST's Biometric Evaluation Environment, as OpenBR writes them.

A file is four header lines, then the cells, row by row:

    S2                          similarity; D2 = distance, read with its sign turned; M2 = mask
    target set                  any text: names the references, one per column
    query set                   any text: names the probes, one per row
    MF rows columns EEEE        MF = float32 cells, MB = one byte each; EEEE = the four bytes of
                                0x12345678 as the writing machine stores them

Older writers put S2 on masks too, so MB is what tells a mask. Its cells say which comparisons
count: 0xff genuine (mated), 0x7f impostor (non-mated), 0x00 left out.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.scores.batch import BATCH_ROWS, ScoreBatch
from probity.performance.scores.columns import arrow_errors

GENUINE, IMPOSTOR, LEFT_OUT = 0xFF, 0x7F, 0x00

_LONGEST_LINE_BYTES = 4096
_MAGIC = {b"\x78\x56\x34\x12": "<", b"\x12\x34\x56\x78": ">"}
_CELL = {b"MF": ("f4", 4), b"MB": ("u1", 1)}


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix file's header: kind of file (S2, D2 or M2), shape, cell type, where cells start."""

    path: Path
    kind: str
    rows: int
    columns: int
    dtype: str
    start: int

    @property
    def holds_floats(self) -> bool:
        return self.dtype.endswith("f4")

    def cells(self) -> NDArray[np.float32] | NDArray[np.uint8]:
        """The cells row after row, shape (rows * columns,), mapped from the file."""
        with arrow_errors(self.path):
            mapped: NDArray[np.float32] = np.memmap(
                self.path, self.dtype, mode="r", offset=self.start, shape=self.rows * self.columns
            )
        return mapped


def read_header(path: Path) -> Matrix:
    """Read and check the header of a matrix file against the file's size.

    Raises
    ------
    InputError
        Not such a file, an unknown byte order, or a size that differs from what it says.
    """
    with arrow_errors(path), path.open("rb") as file:
        lines = [file.readline(_LONGEST_LINE_BYTES) for _ in range(4)]
        start = file.tell()
        size = path.stat().st_size
    kind = lines[0].rstrip(b"\r\n")
    if kind not in (b"S2", b"D2", b"M2") or not all(line.endswith(b"\n") for line in lines):
        raise InputError(
            "not a similarity or mask matrix",
            file=path,
            row=1,
            got=repr(lines[0][:20]),
            allowed="S2, D2 or M2, then target set, query set and size, a line each",
        )
    words = lines[3][:-1].split(b" ", 3)
    if len(words) != 4 or words[0] not in _CELL or words[3] not in _MAGIC:  # noqa: PLR2004 - type, rows, columns, byte order
        raise _size_line(path, lines[3])
    if not (words[1].isdigit() and words[2].isdigit()):
        raise _size_line(path, lines[3])
    rows, columns = int(words[1][:18]), int(words[2][:18])
    code, width = _CELL[words[0]]
    if rows < 1 or columns < 1 or start + rows * columns * width != size:
        raise InputError(
            "the file's size is not what its header says",
            file=path,
            got=f"{size - start} bytes of cells",
            allowed=f"{rows} x {columns} x {width} bytes, at least one cell",
        )
    return Matrix(path, kind.decode(), rows, columns, _MAGIC[words[3]] + code, start)


def _size_line(path: Path, line: bytes) -> InputError:
    return InputError(
        "the size line cannot be read",
        file=path,
        row=4,
        got=repr(line[:40]),
        allowed="MF or MB, rows, columns and the four bytes of 0x12345678, parted by one space",
    )


class BeeScores:
    """A similarity (or distance) matrix with its mask.

    Raises
    ------
    InputError
        Either file is not what it should be, or their shapes differ.
    """

    columns: frozenset[str] = frozenset()
    comparisons: int | None = None

    def __init__(self, similarity: Path, mask: Path, *, batch_rows: int = BATCH_ROWS) -> None:
        self.source = str(similarity)
        self._scores, self._mask, self._batch = (
            read_header(similarity),
            read_header(mask),
            batch_rows,
        )
        if not self._scores.holds_floats or self._scores.kind == "M2":
            raise InputError(
                "a mask was given for the scores", file=similarity, allowed="S2 or D2 with MF"
            )
        if self._mask.holds_floats:
            raise InputError(
                "scores were given for the mask", file=mask, allowed="M2 or S2 with MB"
            )
        shape = (self._scores.rows, self._scores.columns)
        if (self._mask.rows, self._mask.columns) != shape:
            raise InputError(
                "mask and similarity matrix differ in shape",
                file=mask,
                got=f"{self._mask.rows} x {self._mask.columns}",
                allowed=f"{shape[0]} x {shape[1]}",
            )

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read the matrices from the start, some cells at a time, without those left out."""
        if labels:
            raise InputError(
                "a matrix has no label columns", file=self.source, got=", ".join(labels)
            )
        scores, mask = self._scores.cells(), self._mask.cells()
        first_row = 1
        for start in range(0, len(mask), self._batch):
            flags = np.asarray(mask[start : start + self._batch], dtype=np.uint8)
            self._require_known(flags, start)
            kept = flags != LEFT_OUT
            cells = scores[start : start + self._batch].astype(np.float32)
            self._require_finite(cells, kept, start)
            cells = -cells[kept] if self._scores.kind == "D2" else cells[kept]
            if cells.size:
                yield ScoreBatch(first_row=first_row, score=cells, mated=flags[kept] == GENUINE)
            first_row += len(cells)

    def names(self, column: str) -> Sequence[str]:
        """A matrix has no label columns."""
        raise InputError("a matrix has no label columns", file=self.source, got=column)

    def _require_known(self, flags: NDArray[np.uint8], start: int) -> None:
        known = (flags == GENUINE) | (flags == IMPOSTOR) | (flags == LEFT_OUT)
        if not known.all():
            place = int(np.argmin(known))
            raise self._bad_cell(
                "a mask cell has no meaning",
                self._mask.path,
                start + place,
                f"0x{int(flags[place]):02x}",
                "0xff genuine, 0x7f impostor, 0x00 left out",
            )

    def _require_finite(
        self, cells: NDArray[np.float32], kept: NDArray[np.bool_], start: int
    ) -> None:
        bad = kept & ~np.isfinite(cells)
        if bad.any():
            place = int(np.argmax(bad))
            raise self._bad_cell(
                "a score is not a finite number",
                self._scores.path,
                start + place,
                float(cells[place]),
                "finite numbers in every cell that the mask does not leave out",
            )

    def _bad_cell(
        self, problem: str, path: Path, place: int, got: object, allowed: str
    ) -> InputError:
        row, column = divmod(place, self._scores.columns)
        return InputError(
            problem, file=path, row=row + 1, column=column + 1, got=got, allowed=allowed
        )
