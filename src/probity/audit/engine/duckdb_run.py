"""Running rules over a log in Parquet, in DuckDB: one scan serves all rules on rare events."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np

from probity.audit.duckdb_session import MEMORY_LIMIT, engine_errors, open_session
from probity.audit.engine.duckdb_log import Check, LogTables, Stored
from probity.audit.engine.verdicts import CHECKED, outcome_of, verdict_query
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule


def run(
    rules: Sequence[Rule],
    *,
    parquet: Path | Sequence[Path],
    columns: Sequence[str],
    to_us: int,
    counts: Mapping[str, int] | None = None,
    filled: Mapping[str, Mapping[str, int]] | None = None,
    first_event: int | None = None,
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
    temporary: Path | None = None,
) -> tuple[Outcome | RateCount, ...]:
    """Run rules over a log.

    Parameters
    ----------
    rules : sequence of Rule
        Guarded. Those that no log can decide (``check`` None) are passed over.
    parquet : Path or sequence of Path
        Columns as ``core.event_columns`` has them, each event number once.
    columns : sequence of str
        Fields that the files have.
    to_us : int
        The log is complete until then, microseconds since 1970-01-01 UTC. Later events are left
        out.
    counts : mapping of kind to int, optional
        Events of each kind, exactly, where they are known; counted otherwise. They decide which
        kinds are copied once, and are not counted again.
    filled : mapping of kind to mapping of field to int, optional
        Events of each kind that have a value in the field, where that is known.
    first_event : int, optional
        Number of the first event, where each row of the files has the number after the one
        before; then no numbers are read.
    memory_limit : str
        Of DuckDB's buffers, such as "3GB".
    threads : int, optional
        All processors by default. Results do not depend on it.
    temporary : Path, optional
        Directory for what memory does not hold.

    Returns
    -------
    tuple of Outcome or RateCount
        As ``probity.audit.reference.judge`` gives, in the order of the rules.

    Raises
    ------
    InputError
        A file states wrong limits for its ids, or is damaged where only a query shows it.
    """
    checks = [(rule.rule_id, rule.check) for rule in rules if rule.check is not None]
    files = [parquet] if isinstance(parquet, Path) else list(parquet)
    stored = Stored(files, columns, to_us, counts, filled or {}, first_event)
    with (
        engine_errors(files[0]),
        open_session(files, work=temporary, memory_limit=memory_limit, threads=threads) as session,
    ):
        log = LogTables(session, [check for _, check in checks], stored)
        return tuple(_outcome(session, name, check, log) for name, check in checks)


def _outcome(
    session: duckdb.DuckDBPyConnection, name: str, check: Check, log: LogTables
) -> Outcome | RateCount:
    with log.of(check) as tables:
        found = session.execute(verdict_query(check, tables).sql("duckdb")).fetchnumpy()
    events = np.ma.getdata(found["event"])
    instances, status = found["instances"], found["status"]
    if not isinstance(check, RateRule):
        told = status != CHECKED
        events[told] = log.events_at(events[told])
    return outcome_of(name, check, status=status, event=events, instances=instances)
