"""Problems of a log whose every value can be read, found before any rule runs.

Most come from the tally of one pass. Two need events to be brought together, in SQL that spills
to disk: event numbers that occur twice (only looked for where the numbers do not ascend), and
effects stamped before their causes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from probity.audit.duckdb_session import open_session, paths_of
from probity.audit.log.event_log import LogProblem, ProblemKind
from probity.audit.log.header import Statement
from probity.audit.log.limits import CHECK_MEMORY, MAX_EXAMPLES, MAX_NAMES_SHOWN
from probity.audit.log.repeats import Repeats
from probity.audit.log.tally import Seen, Tally
from probity.audit.plain_times import plain_length
from probity.core.errors import printable
from probity.core.event import KINDS

CAUSE_AND_EFFECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("authority", "authority.applied",
     ("authority.granted", "authority.refused", "authority.ratified", "authority.cancelled")),
    ("deployment", "deployment.start", ("deployment.end",)),
    ("watchlist", "watchlist.compiled", ("watchlist.imported", "watchlist.deleted")),
    ("medium", "media.written", ("media.deleted",)),
    ("template", "template.created",
     ("template.compared", "template.deleted", "alert.raised")),
    ("footage", "footage.written", ("footage.deleted",)),
    ("alert", "alert.raised", ("alert.adjudicated", "alert.deleted", "outcome.recorded")),
    ("engagement", "engagement.start", ("engagement.end",)),
    ("search", "search.submitted",
     ("search.returned", "search.reviewed", "search.acted", "search.deleted")),
)  # fmt: skip
"""Field, cause, effects: for one value of the field, the effect cannot come before the cause.

Only what physics forbids stands here. What a policy forbids (a search acted on before it was
authorised) is for its rules to find.
"""

_SEQUENCE_DENSITY = 0.5
"""Event numbers of which at least this share is there count as a sequence that lost some."""


def find_problems(
    paths: Sequence[Path],
    tally: Tally,
    statement: Statement,
    *,
    unknown_columns: Sequence[str] = (),
    repeats: Repeats,
    work: Path | None = None,
) -> tuple[LogProblem, ...]:
    """All problems of a log, in a fixed order.

    Parameters
    ----------
    paths : sequence of Path
        The log as Parquet, each event number once.
    tally : Tally
        Of the log as it came, repeated events included.
    repeats : Repeats
        What was left out because its number had occurred before.
    """
    distinct = tally.rows - repeats.duplicates.count - repeats.conflicts.count
    with open_session(paths, work=work, memory_limit=CHECK_MEMORY) as session:
        return (
            *_schema_problems(tally, statement, unknown_columns),
            *_repeat_problems(repeats),
            *_order_problems(tally),
            *_clock_problems(tally),
            *_effects_first(session, paths, tally),
            *_lost_events(session, paths, tally, distinct=distinct),
            *_outside_span(session, paths, tally, statement),
        )


def _schema_problems(
    tally: Tally, statement: Statement, unknown_columns: Sequence[str]
) -> Iterator[LogProblem]:
    if unknown_columns:
        yield LogProblem(
            kind=ProblemKind.UNKNOWN_COLUMN,
            count=len(unknown_columns),
            examples=(),
            sentence=f"No field is called {_named(unknown_columns)}: not read.",
        )
    if tally.unknown.count:
        yield _problem(
            ProblemKind.UNKNOWN_KIND,
            tally.unknown,
            f"{_events(tally.unknown.count)} of kinds that no rule knows, such as "
            f"{_named(tally.unknown.names)}: no rule sees them.",
        )
    for (kind, name), seen in sorted(tally.missing.items()):
        yield _problem(
            ProblemKind.MISSING_FIELD,
            seen,
            f"{seen.count} of {tally.counts[kind]} {kind} do not state their {name}.",
        )
    if statement.kinds is None:
        return
    for kind in sorted(set(tally.counts) - set(statement.kinds)):
        yield LogProblem(
            kind=ProblemKind.UNDECLARED_KIND,
            count=tally.counts[kind],
            examples=(),
            sentence=f"{kind} happened, but the log does not declare that it records it.",
        )
    if unheard := [kind for kind in statement.kinds if kind not in KINDS]:
        yield LogProblem(
            kind=ProblemKind.UNKNOWN_KIND,
            count=0,
            examples=(),
            sentence=f"The log declares kinds that no rule knows: {_named(unheard)}.",
        )


def _repeat_problems(repeats: Repeats) -> Iterator[LogProblem]:
    if repeats.duplicates.count:
        yield _problem(
            ProblemKind.DUPLICATE,
            repeats.duplicates,
            f"{_events(repeats.duplicates.count)} repeated word for word: each number counts once.",
        )
    if repeats.conflicts.count:
        yield _problem(
            ProblemKind.CONFLICT,
            repeats.conflicts,
            f"{_events(repeats.conflicts.count)} with the number of an earlier event that says "
            "something else: the first of each number counts.",
        )


def _order_problems(tally: Tally) -> Iterator[LogProblem]:
    if tally.late.count:
        yield _problem(
            ProblemKind.OUT_OF_ORDER,
            tally.late,
            f"Not in the order of time: {_events(tally.late.count)} below one of a later time, by "
            f"up to {plain_length(tally.late.furthest_us)}. No rule depends on the order.",
        )


def _clock_problems(tally: Tally) -> Iterator[LogProblem]:
    for clock, seen in sorted(tally.ahead.items()):
        yield _problem(
            ProblemKind.CLOCK_SKEW,
            seen,
            f"Clock {printable(clock)}: {_events(seen.count)} received before they happened, "
            f"by up to {plain_length(seen.furthest_us)}: it runs at least so far ahead.",
        )


def _effects_first(
    session: duckdb.DuckDBPyConnection, paths: Sequence[Path], tally: Tally
) -> Iterator[LogProblem]:
    for name, cause, effects in CAUSE_AND_EFFECTS:
        there = [kind for kind in effects if tally.filled[kind][name]]
        if there and tally.filled[cause][name]:
            yield from _early(session, paths, name, cause, there)


def _early(
    session: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    name: str,
    cause: str,
    effects: Sequence[str],
) -> Iterator[LogProblem]:
    parameters = {"paths": paths_of(paths), "kinds": [cause, *effects], "cause": cause}
    parameters |= {f"effect{i}": kind for i, kind in enumerate(effects)}
    firsts = "".join(
        f", min(time) FILTER (kind = $effect{i}) AS effect{i}" for i in range(len(effects))
    )
    # Names in the text are those of core.event; values go in as parameters.
    field = f'"{name}"'
    by_key = (
        f"SELECT {field} AS key, min(time) FILTER (kind = $cause) AS cause{firsts} "  # noqa: S608
        f"FROM read_parquet($paths) WHERE {field} IS NOT NULL AND kind IN $kinds GROUP BY {field}"
    )
    columns = ", ".join(
        f"count(*) FILTER (effect{i} < cause), "
        f"max(epoch_us(cause) - epoch_us(effect{i})) FILTER (effect{i} < cause)"
        for i in range(len(effects))
    )
    found = session.execute(f"SELECT {columns} FROM ({by_key})", parameters)  # noqa: S608
    row = found.fetchone() or ()
    for i, effect in enumerate(effects):
        count, furthest_us = row[2 * i : 2 * i + 2]
        if not count:
            continue
        examples = session.execute(
            f"SELECT event FROM read_parquet($paths) AS log "  # noqa: S608
            f"JOIN ({by_key}) AS first ON log.{field} = first.key "
            f"WHERE log.kind = $effect{i} AND log.time < first.cause "
            f"ORDER BY event LIMIT {MAX_EXAMPLES}",
            parameters,
        ).fetchall()
        yield LogProblem(
            kind=ProblemKind.CLOCK_SKEW,
            count=count,
            examples=tuple(event for (event,) in examples),
            sentence=f"{effect} stamped before {cause} for {count} of the values of {name}, by up "
            f"to {plain_length(furthest_us)}: clocks that disagree, or a wrong {name}.",
        )


def _lost_events(
    session: duckdb.DuckDBPyConnection, paths: Sequence[Path], tally: Tally, *, distinct: int
) -> Iterator[LogProblem]:
    if tally.lowest_event is None or tally.highest_event is None:
        return
    span = tally.highest_event - tally.lowest_event + 1
    lost = span - distinct
    if not lost or distinct < _SEQUENCE_DENSITY * span:
        return
    examples = tuple(tally.gaps.examples)
    if not tally.ascending:
        found = session.execute(
            "SELECT event + 1 FROM (SELECT event, lead(event) OVER (ORDER BY event) AS next "  # noqa: S608
            f"FROM read_parquet($paths)) WHERE next > event + 1 ORDER BY 1 LIMIT {MAX_EXAMPLES}",
            {"paths": paths_of(paths)},
        )
        examples = tuple(event for (event,) in found.fetchall())
    yield LogProblem(
        kind=ProblemKind.LOST_EVENTS,
        count=lost,
        examples=examples,
        sentence=f"Event numbers run from {tally.lowest_event} to {tally.highest_event}; missing "
        f"of them: {lost}.",
    )


def _outside_span(
    session: duckdb.DuckDBPyConnection, paths: Sequence[Path], tally: Tally, statement: Statement
) -> Iterator[LogProblem]:
    start, end = statement.from_us, statement.to_us
    if tally.first_us is None or tally.last_us is None or start is None or end is None:
        return
    if start <= tally.first_us and tally.last_us <= end:
        return
    outside = "epoch_us(time) NOT BETWEEN $start AND $end"
    parameters = {"paths": paths_of(paths), "start": start, "end": end}
    found = session.execute(
        "SELECT event, count(*) OVER () FROM read_parquet($paths) "  # noqa: S608
        f"WHERE {outside} ORDER BY event LIMIT {MAX_EXAMPLES}",
        parameters,
    ).fetchall()
    count = found[0][1]
    yield LogProblem(
        kind=ProblemKind.OUTSIDE_SPAN,
        count=count,
        examples=tuple(event for event, _ in found),
        sentence=f"{_events(count)} outside the span that the log says it is complete for.",
    )


def _problem(kind: ProblemKind, seen: Seen, sentence: str) -> LogProblem:
    return LogProblem(kind=kind, count=seen.count, examples=tuple(seen.examples), sentence=sentence)


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(printable(name) for name in names[:MAX_NAMES_SHOWN])
    return shown if len(names) <= MAX_NAMES_SHOWN else f"{shown}, …"
