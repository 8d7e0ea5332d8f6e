"""The score files of the Bob toolbox: four or five columns, parted by white space.

    claimed_id real_id test_label score
    claimed_id model_label real_id test_label score

A comparison is mated where the claimed identity, whose reference was used, is the real
identity of the probe. Empty lines and lines that start with # are skipped.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from probity.core import InputError
from probity.performance.scores.batch import NameTable, ScoreBatch, require_finite
from probity.performance.scores.columns import arrow_errors

BLOCK_BYTES = 1 << 22
"""Bytes read at a time; no line may be longer."""

_PLACES = {
    4: {"reference_subject": 0, "probe_subject": 1, "probe_id": 2},
    5: {"reference_subject": 0, "reference_id": 1, "probe_subject": 2, "probe_id": 3},
}


class BobScores:
    """A four- or five-column score file; the first line decides which.

    Raises
    ------
    InputError
        No comparison in the file, or a first one of neither form.
    """

    comparisons: int | None = None

    def __init__(self, path: Path, *, block_bytes: int = BLOCK_BYTES) -> None:
        self.source = str(path)
        self._path, self._block = path, block_bytes
        first = next((fields for block in self._blocks() for _, fields in block), None)
        if first is None or len(first) not in _PLACES:
            raise InputError(
                "not a four- or five-column score file",
                file=path,
                got="no comparison" if first is None else f"{len(first)} columns",
                allowed="[claimed_id] [model_label] real_id test_label score, by white space",
            )
        self._width = len(first)
        self._places = _PLACES[self._width]
        self.columns = frozenset(self._places)
        self._tables = {column: NameTable(column) for column in self.columns}

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read the file from the start."""
        first_row = 1
        for block in self._blocks():
            rows = [self._checked(line, fields) for line, fields in block]
            if not rows:
                continue
            score = np.array([self._number(line, fields[-1]) for line, fields in rows])
            # Numbers are counted by comparison, lines by the file: NaN is found by line.
            for (line, fields), finite in zip(rows, np.isfinite(score), strict=True):
                if not finite:
                    require_finite(
                        np.array([float(fields[-1])]),
                        file=self._path,
                        first_row=line,
                        column="score",
                    )
            claimed, real = self._places["reference_subject"], self._places["probe_subject"]
            yield ScoreBatch(
                first_row=first_row,
                score=score,
                mated=np.array([fields[claimed] == fields[real] for _, fields in rows]),
                labels={
                    column: self._tables[column].codes(
                        [fields[self._places[column]] for _, fields in rows],
                        file=self._path,
                        row_of=[line for line, _ in rows].__getitem__,
                    )
                    for column in labels
                },
            )
            first_row += len(rows)

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column, as far as read."""
        return self._tables[column].names

    def _blocks(self) -> Iterator[list[tuple[int, list[str]]]]:
        """The comparisons' lines, numbered from 1 and split, some at a time."""
        line, rest = 0, b""
        with arrow_errors(self._path), self._path.open("rb") as file:
            while block := file.read(self._block):
                *whole, rest = (rest + block).split(b"\n")
                if len(rest) > self._block:
                    raise self._error("a line is too long", line + len(whole) + 1, rest[:80])
                yield self._split(whole, line)
                line += len(whole)
        yield self._split([rest], line)

    def _split(self, lines: list[bytes], before: int) -> list[tuple[int, list[str]]]:
        found = []
        for number, raw in enumerate(lines, start=before + 1):
            try:
                fields = raw.decode("utf-8-sig" if number == 1 else "utf-8").split()
            except UnicodeDecodeError as error:
                raise self._error("a line is not text", number, repr(raw[:20])) from error
            if fields and not fields[0].startswith("#"):
                found.append((number, fields))
        return found

    def _checked(self, line: int, fields: list[str]) -> tuple[int, list[str]]:
        if len(fields) != self._width:
            raise self._error(
                "a line has another number of columns than the first", line, " ".join(fields)
            )
        return line, fields

    def _number(self, line: int, text: str) -> float:
        try:
            # Python reads 0_5 as 0.5 and 5 in other scripts; files of scores mean neither.
            return float(text if text.isascii() and "_" not in text else "")
        except ValueError:
            raise self._error("a score is not a number", line, text) from None

    def _error(self, problem: str, line: int, got: object) -> InputError:
        allowed = f"{getattr(self, '_width', '4 or 5')} columns, the last a number"
        return InputError(problem, file=self._path, row=line, got=got, allowed=allowed)
