"""Running rules over a log in Parquet, in DuckDB: one scan serves all rules on rare events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
from sqlglot import exp

from probity.audit.duckdb_session import MEMORY_LIMIT, open_session, paths_of
from probity.audit.engine.compile import Tables
from probity.audit.engine.sql import SQL_TYPES, column, every, literal, named, select, source
from probity.audit.engine.verdicts import (
    BREACHED,
    CHECKED,
    UNDECIDED,
    UNKNOWN_VALUE,
    verdict_query,
)
from probity.audit.guarded import event_of, events_in, formulas_of
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule, TemporalRule
from probity.core.event import FIELDS

BULK_SHARE = 0.02
"""A kind with a larger share of the events is read where it lies, again for every rule."""

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
        Events of each kind, where they are known; counted otherwise. They decide which kinds are
        copied once and which are read where they lie, and change no result.
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
    query = select([column("kind", "e"), exp.Count(this=exp.Star())], of=_files(log))
    found = session.execute(query.group_by(column("kind", "e")).sql("duckdb")).fetchall()
    return {kind: number for kind, number in found if kind is not None}


def _outcome(
    session: duckdb.DuckDBPyConnection, name: str, check: TemporalRule | RateRule, tables: Tables
) -> Outcome | RateCount:
    query = verdict_query(check, tables).sql("duckdb")
    found = session.execute(query).fetchnumpy()
    status, instances = found["status"], found["instances"]
    if isinstance(check, RateRule):
        doubtful = (status == UNDECIDED) | (status == UNKNOWN_VALUE)
        return RateCount(
            rule_id=name,
            of=int(instances[status == CHECKED].sum()),
            cases=int(instances[status == BREACHED].sum()),
            unknown=int(instances[doubtful].sum()),
        )
    events = np.ma.getdata(found["event"])
    return Outcome(
        rule_id=name,
        checked=int(instances[status == CHECKED].sum()),
        breached=np.sort(events[status == BREACHED]),
        undecided=np.sort(events[status == UNDECIDED]),
        unknown=np.sort(events[status == UNKNOWN_VALUE]),
    )


def _tables(
    session: duckdb.DuckDBPyConnection, checks: Sequence[TemporalRule | RateRule], log: _Log
) -> Tables:
    """A table for every kind that a rule names: of its own where it is rare, else a view."""
    fields = _fields_read(checks)
    total = sum(log.counts.values())
    bulk = {kind for kind in fields if log.counts.get(kind, 0) > BULK_SHARE * total}
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
    return Tables(of_kind, log.to_us)


def _create(session: duckdb.DuckDBPyConnection, what: str, name: str, query: exp.Query) -> None:
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    create = exp.Create(this=table, kind=what, expression=query, properties=properties)
    session.execute(create.sql("duckdb"))


def _fields_read(checks: Sequence[TemporalRule | RateRule]) -> dict[str, list[str]]:
    """Fields that the rules read, of each kind that they name."""
    found: dict[str, set[str]] = {}
    for check in checks:
        patterns = [event_of(check)]
        patterns += [event for formula in formulas_of(check) for event in events_in(formula)]
        for pattern in patterns:
            read = found.setdefault(pattern.kind, {"event", "time"})
            read.update(name for name, _ in pattern.fields)
    return {kind: sorted(names) for kind, names in found.items()}


def _files(log: _Log) -> exp.Expr:
    paths = exp.Array(expressions=[exp.Literal.string(path) for path in log.files])
    alias = exp.TableAlias(this=exp.to_identifier("e", quoted=True))
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[paths]), alias=alias)


def _scan(log: _Log, fields: Sequence[str], kinds: Sequence[str]) -> exp.Select:
    conditions: list[exp.Expr] = [
        exp.In(this=column("kind", "e"), expressions=[literal(kind) for kind in kinds]),
        exp.LTE(this=_plain("time"), expression=literal(log.to_us)),
    ]
    columns = [named(_stored(name, log.columns), name) for name in fields]
    return select(columns, of=_files(log), where=[every(conditions)])


def _stored(name: str, columns: Sequence[str]) -> exp.Expr:
    if name not in columns:
        return exp.cast(exp.Null(), SQL_TYPES[FIELDS[name].type])
    return _plain(name)


def _plain(name: str) -> exp.Expr:
    """A column as rules see it: times as microseconds."""
    stored = column(name, "e")
    if FIELDS[name].type == "time":
        return exp.Anonymous(this="epoch_us", expressions=[stored])
    return stored
