"""A log that is ready for rules: where its rows are, what it holds, and what is wrong with it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from probity.core.event import FIELDS, KINDS

_ROWS_AT_A_TIME = 1 << 16


class ProblemKind(StrEnum):
    """What can be wrong with a log whose every value can be read."""

    UNKNOWN_KIND = "unknown kind"
    UNKNOWN_COLUMN = "unknown column"
    MISSING_FIELD = "missing field"
    UNDECLARED_KIND = "undeclared kind"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    OUT_OF_ORDER = "out of order"
    CLOCK_SKEW = "clock skew"
    LOST_EVENTS = "lost events"
    OUTSIDE_SPAN = "outside span"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProblem:
    """Something wrong with a log, found before any rule runs.

    Parameters
    ----------
    kind : ProblemKind
    count : int
        Events concerned; columns for ``UNKNOWN_COLUMN``.
    examples : tuple of int
        Numbers of the first events concerned, at most five; for ``LOST_EVENTS`` the first
        numbers that are missing.
    sentence : str
        The problem, for a person.
    """

    kind: ProblemKind
    count: int
    examples: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventLog:
    """A log as every engine reads it: each event number once, in the types of ``core.event``.

    Parameters
    ----------
    path : Path or tuple of Path
        Parquet with columns as ``core.event_columns.arrow_schema`` has them (texts may be plain
        or dictionary-encoded). There may be columns that are not ``columns``, and rows whose
        kind is not in ``KINDS``: neither takes part in any rule.
    columns : tuple of str
        Fields that the log has, in the order of ``FIELDS``.
    counts : mapping of kind to int
        Events of each kind that happened; known kinds only.
    filled : mapping of kind to mapping of field to int
        How many events of the kind have a value in the field; a field without any is left out.
    recorded : tuple of str
        Kinds that the system records: those it declares, or, where it declares none, those that
        are there.
    from_us, to_us : int or None
        The span the log is complete for, microseconds since 1970-01-01 UTC: as declared, else
        the first and the last event's time. None: no events and nothing declared.
    declared : bool
        The log says which kinds it records.
    system : str or None
        What wrote it, as declared.
    problems : tuple of LogProblem
    first_event : int or None
        Number of the first row, where each further row has the number after the one before.
    """

    path: Path | tuple[Path, ...]
    columns: tuple[str, ...]
    counts: Mapping[str, int]
    filled: Mapping[str, Mapping[str, int]]
    recorded: tuple[str, ...]
    from_us: int | None
    to_us: int | None
    declared: bool
    system: str | None = None
    problems: tuple[LogProblem, ...] = ()
    first_event: int | None = None

    @property
    def events(self) -> int:
        """Events of known kinds, each number once."""
        return sum(self.counts.values())

    @property
    def paths(self) -> tuple[Path, ...]:
        """The Parquet files, in order."""
        return self.path if isinstance(self.path, tuple) else (self.path,)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Events of known kinds, in the order of the log.

        Times are int microseconds, ids int, numbers float, flags bool, texts str; a field
        without a value is left out.
        """
        known = pa.array(list(KINDS))
        for path in self.paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(_ROWS_AT_A_TIME, columns=list(self.columns)):
                    table = pa.table(
                        [_plain(batch.column(name), name) for name in self.columns],
                        names=list(self.columns),
                    )
                    kinds = table.column("kind").combine_chunks()
                    of_known_kind = pc.is_in(kinds, value_set=known)
                    for row in table.filter(of_known_kind).to_pylist():
                        yield {name: value for name, value in row.items() if value is not None}

    def observable(
        self, kinds: Collection[str], fields_by_kind: Mapping[str, Collection[str]]
    ) -> tuple[str, ...]:
        """What this log lacks of what a rule needs, each named in words; empty: nothing.

        A kind is lacking when the system does not record it, a field when events of its kind
        happened and none of them has a value in it. Of a kind that is recorded and never happened
        nothing is lacking: what no event says no rule can miss, and whether there is a column for
        it depends on the form of the log. An event that is about one thing of several states the
        field of that thing alone, so such a field is lacking only when none of them is ever stated.
        """
        lacking = [f"{kind} is not recorded" for kind in kinds if kind not in self.recorded]
        for kind, fields in fields_by_kind.items():
            if kind not in self.recorded or not self.counts.get(kind, 0):
                continue
            filled = self.filled.get(kind, {})
            for name in fields:
                if name not in self.columns:
                    lacking.append(f"{kind} has no field {name}")
                elif not any(map(filled.get, _alternatives(kind, name))):
                    lacking.append(f"{kind} never states its {name}")
        return tuple(lacking)


def _alternatives(kind: str, name: str) -> tuple[str, ...]:
    one_of = KINDS[kind].one_of
    return one_of if name in one_of else (name,)


def _plain(column: Any, name: str) -> Any:
    kind = FIELDS[name].type
    if kind == "time":
        return column.cast(pa.int64())
    return column.cast(pa.string()) if kind == "text" else column
