"""One log in one DuckDB session: a table for every kind of event, and what is known of them.

One scan copies every rare kind. A kind with many events is read where it lies; for a rule that
has a sieve, only what the sieve leaves over is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from probity.audit.duckdb_session import paths_of
from probity.audit.engine import sieve as sieves
from probity.audit.engine.compile import Tables
from probity.audit.engine.places import events_at, place
from probity.audit.engine.scans import BULK_SHARE, bulk_kinds, counted_by_kind, fields_read, scan
from probity.audit.engine.sql import column, literal, named, select, source
from probity.audit.engine.verdicts import counted_before
from probity.audit.guarded import kinds_needed
from probity.audit.rule import RateRule, TemporalRule
from probity.core import InputError

_RARE, _LEFT = "rare", "left_over"
Check = TemporalRule | RateRule


@dataclass(frozen=True, slots=True)
class Stored:
    """The files of a log, and what its reader has seen of them."""

    files: Sequence[Path]
    columns: Sequence[str]
    to_us: int
    counts: Mapping[str, int] | None = None
    filled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    first_event: int | None = None


class LogTables:
    """Tables of the kinds that some rules name; events are told by their places."""

    def __init__(
        self, session: duckdb.DuckDBPyConnection, checks: Sequence[Check], stored: Stored
    ) -> None:
        self._session = session
        if stored.counts is None:
            found = session.execute(counted_by_kind(_files(stored)).sql("duckdb")).fetchall()
            stored = replace(
                stored, counts={kind: number for kind, number in found if kind is not None}
            )
        self._stored, counts = stored, stored.counts or {}
        self._complete = self._ends_in_time()
        self._fields = fields_read(checks)
        self._bulk = bulk_kinds(list(self._fields), counts, share=BULK_SHARE)
        known = {kind: counts[kind] for kind in self._bulk} if self._complete else {}
        names = {kind: f"events_{index}" for index, kind in enumerate(sorted(self._fields))}
        self._tables = Tables(names, stored.to_us, known)
        read = frozenset[str]().union(*(self._kinds_read(check) for check in checks))
        self._copy_rare(sorted(read - self._bulk))
        for kind in self._bulk:
            self._create("VIEW", names[kind], self._scan(self._fields[kind], [kind]))

    def events_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of the events at some places."""
        return events_at(places, self._stored.files, first_event=self._stored.first_event)

    @contextmanager
    def of(self, check: Check) -> Iterator[Tables]:
        """The tables for one rule."""
        sieve = self._sieve_of(check)
        if sieve is None:
            yield self._tables
            return
        self._sift(sieve)
        names = {kind: f"{_LEFT}_{kind}" for kind in sieve.kinds}
        for kind, name in names.items():
            view = sieves.of_kind(sieve, kind, self._fields[kind], table=_LEFT)
            self._create("VIEW", name, view)
        yield replace(self._tables, of_kind={**self._tables.of_kind, **names})
        for name in names.values():
            self._drop("VIEW", name)
        self._drop("TABLE", _LEFT)

    def _sieve_of(self, check: Check) -> sieves.Sieve | None:
        if not isinstance(check, TemporalRule) or not counted_before(check.for_each, self._tables):
            return None
        sieve = sieves.sieve_of(check, self._bulk)
        return sieve if sieve is not None and sieve.key in self._stored.columns else None

    def _kinds_read(self, check: Check) -> frozenset[str]:
        """Kinds that a rule reads outside its sieve."""
        sieve = self._sieve_of(check)
        return kinds_needed(check) - (set() if sieve is None else set(sieve.kinds))

    def _sift(self, sieve: sieves.Sieve) -> None:
        """Make the table of what a sieve leaves over, a range of ids at a time."""
        key = column(sieve.key, "e")
        fields = {name for kind in sieve.kinds for name in self._fields[kind]}
        read = sorted(fields - {"time"})
        at = sieves.moment(sieve, _micros(column("time", "e")), column("kind", "e"))

        def events(kinds: Sequence[str], conditions: Sequence[exp.Expr]) -> exp.Select:
            scanned = self._scan(read, kinds, further=conditions)
            return scanned.select(named(at.copy(), sieves.MOMENT), copy=False)

        try:
            ranges = sieves.slices(self._session, self._stored.files, sieve.key)
            for index, ids in enumerate(ranges):
                among = events(sieve.kinds, sieves.in_slice(key, ids))
                left = sieves.left_over(sieve, among)
                if index:
                    self._insert(_LEFT, left)
                else:
                    self._create("TABLE", _LEFT, left)
        except duckdb.InvalidInputException:
            raise InputError(
                "the file states wrong limits for a column",
                file=self._stored.files[0],
                column=sieve.key,
            ) from None
        filled = self._stored.filled.get(sieve.instance, {}).get(sieve.key)
        if filled != (self._stored.counts or {})[sieve.instance]:
            without = exp.Is(this=key.copy(), expression=exp.Null())
            self._insert(_LEFT, events([sieve.instance], [without]))

    def _copy_rare(self, kinds: Sequence[str]) -> None:
        if not kinds:
            return
        wanted = sorted({"kind", *(name for kind in kinds for name in self._fields[kind])})
        self._create("TABLE", _RARE, self._scan(wanted, kinds))
        for kind in kinds:
            named_kind = exp.EQ(this=column("kind", "e"), expression=literal(kind))
            columns: list[exp.Expr] = [column(name, "e") for name in self._fields[kind]]
            query = select(columns, of=source(_RARE, "e"), where=[named_kind])
            self._create("TABLE", self._tables.of_kind[kind], query)
        self._drop("TABLE", _RARE)

    def _scan(
        self, fields: Sequence[str], kinds: Sequence[str], *, further: Sequence[exp.Expr] = ()
    ) -> exp.Select:
        return scan(
            _files(self._stored),
            columns=self._stored.columns,
            to_us=None if self._complete else self._stored.to_us,
            fields=fields,
            kinds=kinds,
            micros="epoch_us",
            number=place(self._stored.files),
            further=further,
        )

    def _ends_in_time(self) -> bool:
        """Whether no event is later than the end; read from the statistics of the files."""
        last = _micros(exp.Max(this=column("time", "e")))
        query = select([last], of=_files(self._stored)).sql("duckdb")
        ((last_us,),) = self._session.execute(query).fetchall()
        return last_us is None or int(last_us) <= self._stored.to_us

    def _create(self, what: str, name: str, query: exp.Query) -> None:
        properties = exp.Properties(expressions=[exp.TemporaryProperty()])
        create = exp.Create(this=_table(name), kind=what, expression=query, properties=properties)
        self._session.execute(create.sql("duckdb"))

    def _insert(self, name: str, query: exp.Query) -> None:
        self._session.execute(exp.Insert(this=_table(name), expression=query).sql("duckdb"))

    def _drop(self, what: str, name: str) -> None:
        self._session.execute(exp.Drop(tables=[_table(name)], kind=what).sql("duckdb"))


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _micros(time: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="epoch_us", expressions=[time])


def _files(stored: Stored) -> exp.Expr:
    paths = exp.Array(expressions=[exp.Literal.string(path) for path in paths_of(stored.files)])
    alias = exp.TableAlias(this=exp.to_identifier("e", quoted=True))
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[paths]), alias=alias)
