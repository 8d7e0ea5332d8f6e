"""Lines of JSON as record batches: all at once where they are in order, else one by one.

A line that cannot be an event is counted and left out, with the first few told: a live log must
not stop being audited because of one line. Only what a rule may read is looked at: fields that
are asked for, on kinds of event that have them.

A reader of JSON pays for each field that a line does not have. So a block is read for the fields
of the kinds that most of its lines are of, and the other lines alone for all fields.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from probity.audit.language import ON_EVERY_EVENT
from probity.audit.log import limits
from probity.audit.log.columns import Layout, converted
from probity.audit.log.json_block import line_ends, one_object_a_line, read_block
from probity.audit.log.json_lines import arrow_array, flat
from probity.audit.log.mapping_file import LogMapping
from probity.core import InputError
from probity.core.event import FIELDS, KINDS

_USUAL_SHARE = 0.05
"""A kind with a larger share of the lines of a block is usual in the next one."""
_FEW = 0.5
"""Up to this share of other lines in a block, reading them alone is cheaper."""

_JSON_TYPES: Final = {
    "id": pa.int64(),
    "text": pa.string(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.string(),
}


class LineReader:
    """Reads lines into batches of ``fields``; ``unreadable`` counts lines that are no event.

    Parameters
    ----------
    fields : sequence of str
        ``event``, ``time``, ``kind`` and whatever else is wanted.
    """

    def __init__(self, fields: Sequence[str], *, file: Path) -> None:
        self.file = file
        self.unreadable = 0
        self.examples: list[str] = []
        self._layout = Layout(fields, LogMapping(), file=file)
        self._usual: frozenset[str] = frozenset()

    def batch(self, block: bytes) -> Any | None:
        """The events of whole lines; None where there is none."""
        try:
            return self._all(block)
        except (pa.ArrowException, UnicodeDecodeError, InputError):
            return self._one_by_one(block)

    def refuse(self, problem: str, line: bytes) -> None:
        """Count a line that cannot be read."""
        self.unreadable += 1
        if len(self.examples) < limits.MAX_EXAMPLES:
            start = line[:60].decode("utf-8", "replace")
            self.examples.append(str(InputError(problem, got=start)))

    def _all(self, block: bytes) -> Any | None:
        if not block or block.isspace():
            return None
        ends = line_ends(block)
        if np.diff(ends, prepend=-1, append=len(block) - 1).max() > limits.MAX_LINE_BYTES:
            raise InputError("the line is too long", file=self.file)
        table = self._mostly_usual(block, ends) if self._usual else None
        if table is None:
            table = _read(block, self._layout.columns)
        if not one_object_a_line(block, ends, len(table)):
            raise InputError("not one object a line", file=self.file)
        self._usual = _kinds_of_most(table.column("kind"))
        return self._converted(table.combine_chunks().to_batches()[0])

    def _mostly_usual(self, block: bytes, ends: NDArray[np.int64]) -> Any | None:
        """A block, read in two parts; None where that is not possible or not worth it."""
        names = [name for name in self._layout.columns if name in _fields_of(self._usual)]
        if len(names) == len(self._layout.columns):
            return None
        table = _read(block, names)
        if len(ends) != len(table):
            return None
        usual = pc.is_in(table.column("kind"), value_set=pa.array(sorted(self._usual)))
        rows = np.flatnonzero(~usual.to_numpy())
        if len(rows) > _FEW * len(table):
            return None
        starts = np.concatenate([[0], ends[:-1] + 1])
        others = zip(starts[rows].tolist(), (ends[rows] + 1).tolist(), strict=True)
        rest = _read(b"".join(block[start:end] for start, end in others), self._layout.columns)
        if len(rest) != len(rows):
            return None
        place = np.full(len(table), -1)
        place[rows] = np.arange(len(rows))
        spread = pa.array(place, mask=place < 0)
        columns = [
            table.column(name) if name in names else rest.column(name).take(spread)
            for name in self._layout.columns
        ]
        return pa.table(columns, names=list(self._layout.columns))

    def _one_by_one(self, block: bytes) -> Any | None:
        good = []
        for line in block.split(b"\n"):
            if not line.strip():
                continue
            try:
                good.append(self._single(line))
            except InputError as error:
                self.refuse(_problem(error), line)
        if not good:
            return None
        return pa.Table.from_batches(good).unify_dictionaries().combine_chunks().to_batches()[0]

    def _single(self, line: bytes) -> Any:
        if len(line) >= limits.MAX_LINE_BYTES:
            raise InputError("the line is too long")
        record = _pairs_of(line, self.file)
        known = _fields_of(
            [kind for name, kind in record if name == "kind" and isinstance(kind, str)]
        )
        asked = [name for name in self._layout.columns if name in known]
        stated = [pair for pair in record if pair[0] in asked]
        values = dict(stated)
        if len(values) < len(stated):
            raise InputError("a key stands twice")
        flat(values, file=self.file, row=1)
        names = self._layout.columns
        arrays = [arrow_array([values.get(name)]) for name in names]
        return self._converted(pa.RecordBatch.from_arrays(arrays, names=list(names)))

    def _converted(self, batch: Any) -> Any:
        return converted(batch, self._layout, LogMapping(), file=self.file, first_row=1)


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON as it stands: what a key says twice is there twice."""


def _pairs_of(line: bytes, file: Path) -> _Pairs:
    try:
        record = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        raise InputError("not JSON in UTF-8", file=file, got=error) from None
    if not isinstance(record, _Pairs):
        raise InputError("the line is no JSON object")
    return record


def _read(block: bytes, fields: Sequence[str]) -> Any:
    schema = pa.schema([(name, _JSON_TYPES[FIELDS[name].type]) for name in fields])
    return read_block(block, schema, further="ignore")


def _kinds_of_most(kinds: Any) -> frozenset[str]:
    counts = pc.value_counts(kinds).to_pylist()
    least = _USUAL_SHARE * len(kinds)
    return frozenset(
        one["values"] for one in counts if one["counts"] > least and one["values"] in KINDS
    )


def _fields_of(kinds: Collection[str]) -> frozenset[str]:
    """What an event of any of the kinds can state."""
    own = (KINDS[kind].fields for kind in kinds if kind in KINDS)
    return frozenset(("kind", *ON_EVERY_EVENT)).union(*own)


def _problem(error: InputError) -> str:
    return error.problem if error.column is None else f"{error.column}: {error.problem}"
