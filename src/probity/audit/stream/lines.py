"""Lines of JSON as record batches: all at once where they are in order, else one by one.

A line that cannot be an event is counted and left out, with the first few told: a live log must
not stop being audited because of one line.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.json as pj

from probity.audit.log import limits
from probity.audit.log.columns import Layout, converted
from probity.audit.log.json_lines import arrow_array, flat, parse_json
from probity.audit.log.mapping_file import LogMapping
from probity.core import InputError
from probity.core.event import FIELDS

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
        schema = pa.schema([(name, _JSON_TYPES[FIELDS[name].type]) for name in fields])
        self._options = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")

    def batch(self, block: bytes) -> Any | None:
        """The events of whole lines; None where there is none."""
        try:
            return self._all(block)
        except (pa.ArrowException, InputError):
            return self._one_by_one(block)

    def refuse(self, problem: str, line: bytes) -> None:
        """Count a line that cannot be read."""
        self.unreadable += 1
        if len(self.examples) < limits.MAX_EXAMPLES:
            start = line[:60].decode("utf-8", "replace")
            self.examples.append(str(InputError(problem, got=start)))

    def _all(self, block: bytes) -> Any | None:
        if not block.strip():
            return None
        options = pj.ReadOptions(use_threads=False, block_size=len(block) + 1)
        table = pj.read_json(io.BytesIO(block), options, self._options)
        batch = table.combine_chunks().to_batches()[0] if len(table) else None
        return None if batch is None else self._converted(batch)

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
        record = parse_json(line, file=self.file)
        if not isinstance(record, dict):
            raise InputError("the line is no JSON object")
        flat(record, file=self.file, row=1)
        names = self._layout.columns
        arrays = [arrow_array([record.get(name)]) for name in names]
        return self._converted(pa.RecordBatch.from_arrays(arrays, names=list(names)))

    def _converted(self, batch: Any) -> Any:
        return converted(batch, self._layout, LogMapping(), file=self.file, first_row=1)


def _problem(error: InputError) -> str:
    return error.problem if error.column is None else f"{error.column}: {error.problem}"
