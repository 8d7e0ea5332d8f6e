"""The manifest of a template set: whose each vector is, and what part it plays."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError

COLUMNS = ("row", "sample_id", "subject_id", "role", "group")
MOST_ROWS = 20_000_000

_LONGEST_ID = 1_000
_ROLES = ("probe", "gallery")
_QUALITY = "quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One entry per template, in the order of the rows of the vectors: all shapes are (n,).

    ``subject`` and ``group`` are codes into ``subjects`` and ``groups``. ``in_gallery`` is true
    for gallery samples, false for probes. ``quality`` is None where the file has no such column.
    """

    sample_id: tuple[str, ...]
    subject: NDArray[np.int32]
    subjects: tuple[str, ...]
    in_gallery: NDArray[np.bool_]
    group: NDArray[np.int32]
    groups: tuple[str, ...]
    quality: NDArray[np.float64] | None

    def __len__(self) -> int:
        return len(self.sample_id)


def read_manifest(path: Path, *, templates: int) -> Manifest:
    """Read ``row,sample_id,subject_id,role,group[,quality]``; role is probe or gallery.

    Parameters
    ----------
    path : Path
        A CSV file with a heading line, in UTF-8. Other columns are ignored.
    templates : int
        Number of vectors; ``row`` counts them from 0 and names each exactly once.

    Raises
    ------
    InputError
        A missing column or value, a row out of range, named twice or not at all, a sample named
        twice, ids that differ only in case, spaces or Unicode form, an unknown role, a quality
        that is no number.
    """
    reader = _Reader(path, templates)
    for line, fields in _lines(path):
        reader.take(line, fields)
    return reader.finish()


class _Reader:
    """Collects the entries, checking each against those before it."""

    def __init__(self, path: Path, templates: int) -> None:
        self._path, self._templates = path, templates
        self._at = np.full(templates, -1, dtype=np.int64)
        self._sample: list[str] = []
        self._subject: list[int] = []
        self._gallery: list[bool] = []
        self._group: list[int] = []
        self._quality: list[float] = []
        self._samples = _Names("sample_id")
        self._subjects = _Names("subject_id")
        self._groups = _Names("group")

    def take(self, line: int, fields: dict[str, str]) -> None:
        """Add the entry on this line of the file."""
        row = self._row(line, fields["row"])
        self._at[row] = len(self._sample)
        known = len(self._samples.names)
        sample = self._samples.code(self._path, line, fields["sample_id"])
        if sample != known:
            raise self._error(
                "a sample is named twice", line, "sample_id", fields["sample_id"], "each once"
            )
        role = fields["role"].strip().lower()
        if role not in _ROLES:
            raise self._error("a role is unknown", line, "role", role, " or ".join(_ROLES))
        self._sample.append(fields["sample_id"])
        self._subject.append(self._subjects.code(self._path, line, fields["subject_id"]))
        self._gallery.append(role == "gallery")
        self._group.append(self._groups.code(self._path, line, fields["group"]))
        if _QUALITY in fields:
            self._quality.append(self._number(line, fields[_QUALITY]))

    def finish(self) -> Manifest:
        """The manifest in the order of the vectors."""
        missing = np.flatnonzero(self._at < 0)
        if missing.size:
            raise InputError(
                "vectors and manifest differ in length",
                file=self._path,
                got=f"{len(self._sample)} entries; row {missing[0]} is not among them",
                allowed=f"rows 0 to {self._templates - 1}, each once",
            )
        order = self._at
        return Manifest(
            sample_id=tuple(self._sample[i] for i in order),
            subject=np.array(self._subject, dtype=np.int32)[order],
            subjects=tuple(self._subjects.names),
            in_gallery=np.array(self._gallery, dtype=np.bool_)[order],
            group=np.array(self._group, dtype=np.int32)[order],
            groups=tuple(self._groups.names),
            quality=np.array(self._quality)[order] if self._quality else None,
        )

    def _row(self, line: int, text: str) -> int:
        allowed = f"0 to {self._templates - 1}"
        if not re.fullmatch(r"[0-9]{1,12}", text.strip()) or int(text) >= self._templates:
            raise self._error("a row is not one of the vectors", line, "row", text, allowed)
        if self._at[int(text)] >= 0:
            raise self._error("a row is named twice", line, "row", text, "each once")
        return int(text)

    def _number(self, line: int, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise self._error("a quality is not a number", line, _QUALITY, text, "a finite number")
        return value

    def _error(self, problem: str, line: int, column: str, got: str, allowed: str) -> InputError:
        return InputError(
            problem, file=self._path, row=line, column=column, got=got, allowed=allowed
        )


class _Names:
    """Codes of names, refusing two names that a reader would take for one."""

    def __init__(self, column: str) -> None:
        self._column = column
        self.names: list[str] = []
        self._code: dict[str, int] = {}
        self._folded: dict[str, str] = {}

    def code(self, file: Path, line: int, name: str) -> int:
        known = self._code.get(name)
        if known is not None:
            return known
        folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        if not folded or len(name) > _LONGEST_ID or not name.isprintable():
            raise InputError(
                "an id is empty, too long or not printable",
                file=file,
                row=line,
                column=self._column,
                got=name,
                allowed=f"1 to {_LONGEST_ID} printable characters",
            )
        other = self._folded.setdefault(folded, name)
        if other != name:
            raise InputError(
                "two ids differ only in case, spaces or Unicode form",
                file=file,
                row=line,
                column=self._column,
                got=f"{name!a} and {other!a}",
                allowed="ids that cannot be taken for each other",
            )
        self._code[name] = len(self.names)
        self.names.append(name)
        return len(self.names) - 1


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The entries with the number of the line they end on."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            headings = [heading.strip() for heading in next(reader, [])]
            _require_columns(path, headings)
            for entry, fields in enumerate(reader):
                if not fields:
                    continue
                if len(fields) != len(headings) or entry >= MOST_ROWS:
                    raise InputError(
                        "an entry has another number of fields than the heading line, "
                        "or there are too many entries",
                        file=path,
                        row=reader.line_num,
                        got=f"{len(fields)} fields, entry {entry + 1}",
                        allowed=f"{len(headings)} fields, at most {MOST_ROWS} entries",
                    )
                yield reader.line_num, dict(zip(headings, fields, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("the manifest cannot be read", file=path, got=str(error)) from error


def _require_columns(path: Path, headings: list[str]) -> None:
    missing = [column for column in COLUMNS if column not in headings]
    if missing or len(set(headings)) != len(headings):
        raise InputError(
            f"the manifest lacks {', '.join(missing)}" if missing else "a heading stands twice",
            file=path,
            row=1,
            got=", ".join(headings),
            allowed=f"{','.join(COLUMNS)}[,{_QUALITY}]",
        )
