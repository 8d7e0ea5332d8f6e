"""Text files with delimiters (CSV and its relatives) as a grid of cells.

The encoding is what a byte order mark says, else UTF-8, else Windows-1252; the last is a guess
and remarked on. The delimiter is the one under which most headings are recognised.
"""

import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path

from probity.core import InputError
from probity.records import limits
from probity.records.grid import Grid, limited
from probity.records.headings import Column, Vocabulary, known

DELIMITERS = ",;\t|"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAMPLE_ROWS = 20


def grid(content: bytes, vocabulary: Vocabulary, *, file: Path) -> tuple[Grid, tuple[str, ...]]:
    """The cells, and remarks on how the text was decoded.

    Raises
    ------
    InputError
        Not text in a known encoding, quotes that do not close, or above a limit.
    """
    encoding, remarks = _encoding(content, file=file)
    delimiter = _delimiter(content, encoding, vocabulary, file=file)
    rows: list[list[str]] = []
    widest = 0
    for row in _records(content, encoding, delimiter, file=file):
        rows.append(row)
        widest = max(widest, len(row))
        limited(len(rows), widest, file=file)
    return Grid(rows), remarks


def _encoding(content: bytes, *, file: Path) -> tuple[str, tuple[str, ...]]:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    remarks: tuple[str, ...] = ()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise InputError(
                f"not {encoding} text, though it begins as such", file=file, got=str(error)
            ) from None
        encoding = "cp1252"
        text = content.decode(encoding, errors="replace")
        remarks = ("neither UTF-8 nor marked otherwise; read as Windows-1252",)
    if "\0" in text:
        raise InputError(
            "holds NUL characters: a binary file, or UTF-16 without its byte order mark",
            file=file,
            row=text.count("\n", 0, text.index("\0")) + 1,
            allowed="PDF, XLSX, ODS, or text in UTF-8, UTF-16 with a mark, or Windows-1252",
        )
    return encoding, remarks


def _records(content: bytes, encoding: str, delimiter: str, *, file: Path) -> Iterator[list[str]]:
    """Rows of cells. A record is cut off before it can fill the memory."""
    taken = 0

    def bounded() -> Iterator[str]:
        nonlocal taken
        for line in TextIOWrapper(BytesIO(content), encoding, errors="replace", newline=""):
            taken += len(line)
            if taken > limits.MAX_ROW_CHARACTERS:
                raise InputError(
                    "a row does not end: a quote is not closed, or line ends are missing",
                    file=file,
                    row=max(reader.line_num, 1),
                    allowed=f"at most {limits.MAX_ROW_CHARACTERS:,} characters in a row",
                )
            yield line

    reader = csv.reader(bounded(), delimiter=delimiter, strict=True)
    while True:
        taken = 0
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"not a {_NAMES[delimiter]}-separated table: {error}",
                file=file,
                row=max(reader.line_num, 1),
            ) from None
        yield row


_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def _delimiter(content: bytes, encoding: str, vocabulary: Vocabulary, *, file: Path) -> str:
    def recognised(delimiter: str) -> int:
        try:
            rows = list(islice(_records(content, encoding, delimiter, file=file), _SAMPLE_ROWS))
        except InputError:
            return 0
        return max((known(Column(c, vocabulary.field(c)) for c in row) for row in rows), default=0)

    return max(DELIMITERS, key=recognised)
