"""Running rules over a log in Parquet, in DuckDB: one scan serves all rules on rare events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
from sqlglot import exp

from probity.audit.duckdb_session import MEMORY_LIMIT, open_session, paths_of
from probity.audit.engine.compile import Tables
from probity.audit.engine.scans import BULK_SHARE, bulk_kinds, counted_by_kind, fields_read, scan
from probity.audit.engine.sql import column, literal, select, source
from probity.audit.engine.verdicts import outcome_of, verdict_query
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule, TemporalRule

_RARE = "rare"


@dataclass(frozen=True, slots=True)
class _Log:
    files: list[str]
    columns: Sequence[str]
    counts: Mapping[str, int]
    to_us: int


def run(
    rules: Sequence[Rule],
    *,
    parquet: Path | Sequence[Path],
    columns: Sequence[str],
    to_us: int,
    counts: Mapping[str, int] | None = None,
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
    """
    checks = [(rule.rule_id, rule.check) for rule in rules if rule.check is not None]
    files = [parquet] if isinstance(parquet, Path) else list(parquet)
    with open_session(files, work=temporary, memory_limit=memory_limit, threads=threads) as session:
        log = _Log(paths_of(files), columns, counts or {}, to_us)
        if counts is None:
            log = replace(log, counts=_counted(session, log))
        tables = _tables(session, [check for _, check in checks], log)
        return tuple(_outcome(session, name, check, tables) for name, check in checks)


def _counted(session: duckdb.DuckDBPyConnection, log: _Log) -> dict[str, int]:
    found = session.execute(counted_by_kind(_files(log)).sql("duckdb")).fetchall()
    return {kind: number for kind, number in found if kind is not None}


def _outcome(
    session: duckdb.DuckDBPyConnection, name: str, check: TemporalRule | RateRule, tables: Tables
) -> Outcome | RateCount:
    found = session.execute(verdict_query(check, tables).sql("duckdb")).fetchnumpy()
    events = np.ma.getdata(found["event"])
    return outcome_of(
        name, check, status=found["status"], event=events, instances=found["instances"]
    )


def _tables(
    session: duckdb.DuckDBPyConnection, checks: Sequence[TemporalRule | RateRule], log: _Log
) -> Tables:
    """A table for every kind that a rule names: of its own where it is rare, else a view."""
    fields = fields_read(checks)
    bulk = bulk_kinds(list(fields), log.counts, share=BULK_SHARE)
    rare = sorted(fields.keys() - bulk)
    of_kind = {kind: f"events_{index}" for index, kind in enumerate(sorted(fields))}
    if rare:
        wanted = sorted({"kind", *(name for kind in rare for name in fields[kind])})
        _create(session, "TABLE", _RARE, _scan(log, wanted, rare))
    for kind in rare:
        named_kind = exp.EQ(this=column("kind", "e"), expression=literal(kind))
        columns: list[exp.Expr] = [column(name, "e") for name in fields[kind]]
        query = select(columns, of=source(_RARE, "e"), where=[named_kind])
        _create(session, "TABLE", of_kind[kind], query)
    for kind in bulk:
        _create(session, "VIEW", of_kind[kind], _scan(log, fields[kind], [kind]))
    known = {kind: log.counts[kind] for kind in bulk} if _complete(session, log) else {}
    return Tables(of_kind, log.to_us, known)


def _complete(session: duckdb.DuckDBPyConnection, log: _Log) -> bool:
    """Whether no event is later than the end; read from the statistics of the files."""
    last = exp.Anonymous(this="epoch_us", expressions=[exp.Max(this=column("time", "e"))])
    ((last_us,),) = session.execute(select([last], of=_files(log)).sql("duckdb")).fetchall()
    return last_us is None or int(last_us) <= log.to_us


def _create(session: duckdb.DuckDBPyConnection, what: str, name: str, query: exp.Query) -> None:
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    create = exp.Create(this=table, kind=what, expression=query, properties=properties)
    session.execute(create.sql("duckdb"))


def _files(log: _Log) -> exp.Expr:
    paths = exp.Array(expressions=[exp.Literal.string(path) for path in log.files])
    alias = exp.TableAlias(this=exp.to_identifier("e", quoted=True))
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[paths]), alias=alias)


def _scan(log: _Log, fields: Sequence[str], kinds: Sequence[str]) -> exp.Select:
    return scan(
        _files(log),
        columns=log.columns,
        to_us=log.to_us,
        fields=fields,
        kinds=kinds,
        micros="epoch_us",
    )
