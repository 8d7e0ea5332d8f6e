"""CSV with a heading line: commas, semicolons or tabs; an empty cell is no value."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from probity.audit.log import limits
from probity.audit.log.header import Statement
from probity.audit.log.parquet import arrow_errors, check_names
from probity.core import InputError

_DELIMITERS = ",;\t"
_BLOCK_BYTES = 1 << 22
_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")
"""What Arrow says of such a row; its own handler of them breaks off at text that is not UTF-8."""


class Delimited:
    """A CSV file; a log in this form states nothing about itself, a mapping can."""

    statement: Statement | None = None

    def __init__(self, path: Path) -> None:
        self.path = path
        with arrow_errors(path), path.open("rb") as file:
            line = file.readline(limits.MAX_LINE_BYTES + 1)
        if len(line) > limits.MAX_LINE_BYTES:
            raise InputError(
                "the heading line is too long",
                file=path,
                allowed=f"at most {limits.MAX_LINE_BYTES} bytes",
            )
        try:
            heading = line.decode("utf-8-sig").rstrip("\r\n")
            self._delimiter = max(_DELIMITERS, key=heading.count)
            self.names = tuple(next(csv.reader([heading], delimiter=self._delimiter), ()))
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError("the file is not CSV in UTF-8", file=path, got=error) from None
        check_names(self.names, file=path)

    def batches(self) -> Iterator[tuple[int, Any]]:
        """First row and record batch, all of texts, in the order of the file."""
        first = 1
        try:
            with arrow_errors(self.path, allowed=f"CSV rows of at most {_BLOCK_BYTES} bytes"):
                reader = pa_csv.open_csv(
                    self.path,
                    read_options=pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
                    parse_options=pa_csv.ParseOptions(
                        delimiter=self._delimiter, newlines_in_values=True
                    ),
                    convert_options=pa_csv.ConvertOptions(
                        column_types=dict.fromkeys(self.names, pa.string()),
                        null_values=[""],
                        strings_can_be_null=True,
                    ),
                )
                for batch in reader:
                    yield first, batch
                    first += batch.num_rows
        except InputError as error:
            ragged = _RAGGED.search(str(error.got))
            if ragged is None:
                raise
            row, expected, got = ragged.groups()
            raise InputError(
                "a row has another number of fields than the heading line",
                file=self.path,
                row=int(row) - 1,
                got=f"{got} fields",
                allowed=f"{expected} fields",
            ) from error
