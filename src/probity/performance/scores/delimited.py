"""Score sets in CSV files with a heading line, read in blocks."""

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from probity.core import InputError
from probity.performance.scores.batch import NameTable, ScoreBatch
from probity.performance.scores.columns import TableBatches, arrow_errors, layout_of

BLOCK_BYTES = 1 << 22
"""Bytes read at a time; no row may be longer."""

_LONGEST_HEADING_BYTES = 1 << 16
_DELIMITERS = ",;\t"


class CsvScores:
    """A CSV file of comparisons; commas, semicolons or tabs, as its first line has them.

    Raises
    ------
    InputError
        Empty, not text, or without a score or mated column.
    """

    comparisons: int | None = None

    def __init__(self, path: Path, *, block_bytes: int = BLOCK_BYTES) -> None:
        self.source = str(path)
        self._path, self._block = path, block_bytes
        headings, self._delimiter = _headings(path)
        self._layout = layout_of(headings, file=path)
        self.columns = self._layout.labels
        self._tables = {column: NameTable(column) for column in self.columns}

    def batches(self, labels: Collection[str] = ()) -> Iterator[ScoreBatch]:
        """Read the file from the start."""
        wanted = sorted(labels)
        make = TableBatches(self._path, self._layout, self._tables)
        columns = self._layout.columns(wanted)
        ragged: list[Any] = []

        def refuse(row: Any) -> str:
            ragged.append(row)
            return "error"

        try:
            with arrow_errors(self._path, allowed=f"rows of at most {self._block} bytes of UTF-8"):
                reader = pa_csv.open_csv(
                    self._path,
                    read_options=pa_csv.ReadOptions(use_threads=False, block_size=self._block),
                    parse_options=pa_csv.ParseOptions(
                        delimiter=self._delimiter, invalid_row_handler=refuse
                    ),
                    convert_options=pa_csv.ConvertOptions(
                        include_columns=columns,
                        column_types=dict.fromkeys(columns, pa.string()),
                        strings_can_be_null=False,
                    ),
                )
                for batch in reader:
                    yield make.make(batch, wanted)
        except InputError as error:
            if ragged:
                raise InputError(
                    "a row has another number of fields than the heading line",
                    file=self._path,
                    row=None if ragged[0].number is None else ragged[0].number - 1,
                    got=f"{ragged[0].actual_columns} fields",
                    allowed=f"{ragged[0].expected_columns} fields",
                ) from error
            raise

    def names(self, column: str) -> Sequence[str]:
        """The names behind the codes of a label column, as far as read."""
        return self._tables[column].names


def _headings(path: Path) -> tuple[list[str], str]:
    with arrow_errors(path), path.open("rb") as file:
        line = file.readline(_LONGEST_HEADING_BYTES + 1)
    if not line.strip():
        raise InputError("the file is empty", file=path, allowed="a heading line, then rows")
    if len(line) > _LONGEST_HEADING_BYTES:
        raise InputError(
            "the heading line is too long",
            file=path,
            got=f"more than {_LONGEST_HEADING_BYTES} bytes",
            allowed=f"at most {_LONGEST_HEADING_BYTES} bytes",
        )
    try:
        text = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not text", file=path, got=repr(line[:20]), allowed="UTF-8"
        ) from error
    delimiter = max(_DELIMITERS, key=text.count)
    try:
        return next(csv.reader([text], delimiter=delimiter)), delimiter
    except csv.Error as error:
        raise InputError(
            f"the heading line cannot be read: {error}", file=path, got=text, allowed="CSV"
        ) from None
