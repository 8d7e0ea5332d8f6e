"""The process as a log shows it: which kind of event follows which, for each type of object.

All events with one id of a type (an alert, a template) are that object's life, in the order of
time, then of their numbers. Each pair of neighbours in it is a *step*. Steps are counted by the
kinds they lead from and to, with the median of the time between; nothing else of an event is
read. DuckDB does it within its memory, spilling to disk, whatever the size of the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from probity.audit.duckdb_session import open_session, paths_of
from probity.audit.log.event_log import EventLog
from probity.core.event import KINDS

OBJECT_TYPES = ("authority", "watchlist", "template", "alert", "engagement", "search")
"""Types of objects whose lives are drawn; the names of the fields that hold their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A kind of event in the lives of objects.

    Parameters
    ----------
    kind : str
    events : int
        Events of this kind with an id of the type.
    first, last : int
        Objects whose first, and whose last, event is of this kind.
    """

    kind: str
    events: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStep:
    """Of all steps from one kind to another: how many, and their median length.

    ``median_us`` is the lower median: the least time within which half of the steps were made.
    """

    from_kind: str
    to_kind: str
    count: int
    median_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """The lives of all objects of one type: stages in the order of ``KINDS``, steps by count."""

    object_type: str
    objects: int
    stages: tuple[Stage, ...]
    steps: tuple[ProcessStep, ...]


def processes(log: EventLog, object_types: Sequence[str] = OBJECT_TYPES) -> tuple[Process, ...]:
    """Count the steps of a log, up to the end of its span.

    Parameters
    ----------
    log : EventLog
    object_types : sequence of str
        Fields of type id; those that no event of the log has are left out.
    """
    here = [
        name
        for name in object_types
        if name in log.columns and any(filled.get(name) for filled in log.filled.values())
    ]
    if log.to_us is None or not here:
        return ()
    with open_session(log.paths) as session:
        found = [_process(session, log, name) for name in here]
    return tuple(process for process in found if process.objects)


def _process(session: duckdb.DuckDBPyConnection, log: EventLog, name: str) -> Process:
    kinds = [kind for kind in KINDS if log.filled.get(kind, {}).get(name)]
    parameters = {"files": paths_of(log.paths), "kinds": kinds, "until": log.to_us}
    # A step is a row with a neighbour; the first row of an object has none before it, its last
    # none after. Counting by length first keeps the median in memory that can be spilled.
    rows = session.execute(
        f"""
        WITH life AS (
            SELECT kind,
                lag(kind) OVER own AS before,
                lead(kind) OVER own AS after,
                lead(epoch_us(time)) OVER own - epoch_us(time) AS length
            FROM read_parquet($files)
            WHERE "{name}" IS NOT NULL AND kind IN (SELECT unnest($kinds))
                AND epoch_us(time) <= $until
            WINDOW own AS (PARTITION BY "{name}" ORDER BY time, event)
        ),
        lengths AS (
            SELECT kind, after, length, count(*) AS steps,
                count(*) FILTER (before IS NULL) AS first
            FROM life GROUP BY ALL
        ),
        shares AS (
            SELECT *, sum(steps) OVER upto AS upto,
                sum(steps) OVER (PARTITION BY kind, after) AS whole
            FROM lengths
            WINDOW upto AS (PARTITION BY kind, after ORDER BY length)
        )
        SELECT kind, after, sum(steps)::BIGINT, sum(first)::BIGINT,
            min(length) FILTER (2 * upto >= whole)
        FROM shares GROUP BY kind, after
        """,  # noqa: S608 - the name is a field of ours
        parameters,
    ).fetchall()
    stages = [
        Stage(
            kind=kind,
            events=sum(row[2] for row in rows if row[0] == kind),
            first=sum(row[3] for row in rows if row[0] == kind),
            last=sum(row[2] for row in rows if row[0] == kind and row[1] is None),
        )
        for kind in KINDS
        if any(row[0] == kind for row in rows)
    ]
    steps = [
        ProcessStep(from_kind=kind, to_kind=after, count=count, median_us=median)
        for kind, after, count, _, median in rows
        if after is not None
    ]
    return Process(
        object_type=name,
        objects=sum(stage.first for stage in stages),
        stages=tuple(stages),
        steps=tuple(sorted(steps, key=lambda s: (-s.count, s.from_kind, s.to_kind))),
    )
