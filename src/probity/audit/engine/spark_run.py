"""Running rules over a log in Parquet, on Spark: the queries of DuckDB in another dialect."""

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from probity.audit.engine.compile import Tables
from probity.audit.engine.scans import BULK_SHARE, bulk_kinds, counted_by_kind, fields_read, scan
from probity.audit.engine.spark_plan import in_parts
from probity.audit.engine.spark_session import open_spark
from probity.audit.engine.sql import column, literal, select, source
from probity.audit.engine.verdicts import outcome_of, verdict_query
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule, TemporalRule
from probity.core import InputError
from probity.core.event import FIELDS, FieldType

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LOG, _RARE = "log", "rare"
_STORED: dict[FieldType, str] = {
    "id": "BIGINT",
    "text": "STRING",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
}
_MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
}
"""Numbers that do not fit are errors, names are as they are written, and years before 1900 are
those of the calendar that the log was written in."""


def run(
    rules: Sequence[Rule],
    *,
    parquet: Path | Sequence[Path],
    columns: Sequence[str],
    to_us: int,
    counts: Mapping[str, int] | None = None,
    session: "SparkSession | None" = None,
) -> tuple[Outcome | RateCount, ...]:
    """Run rules over a log.

    Parameters are those of ``duckdb_run.run``, except for ``session``: one to use, which is left
    open; otherwise ``open_spark`` opens one. On a cluster every machine must see the files under
    the same paths.

    Raises
    ------
    MissingPartError
        PySpark or Java is not installed.
    InputError
        A file whose name Spark passes over.
    """
    checks = [(rule.rule_id, rule.check) for rule in rules if rule.check is not None]
    files = [parquet] if isinstance(parquet, Path) else list(parquet)
    paths = [_path(file) for file in files]
    opened = open_spark() if session is None else nullcontext(session)
    with opened as spark:
        # Views and settings of its own; what is computed is shared.
        own = spark.newSession()
        for name, value in _MEANING.items():
            own.conf.set(name, value)
        stored = ", ".join(f"`{name}` {_STORED[FIELDS[name].type]}" for name in columns)
        own.read.schema(stored).parquet(*paths).createTempView(_LOG)
        if counts is None:
            found = own.sql(counted_by_kind(source(_LOG, "e")).sql("spark")).collect()
            counts = {kind: number for kind, number in found if kind is not None}
        log = _Log(own, columns, counts, to_us)
        tables = log.tables([check for _, check in checks])
        try:
            return tuple(_outcome(own, name, check, tables) for name, check in checks)
        finally:
            log.forget()


def _outcome(
    spark: "SparkSession", name: str, check: TemporalRule | RateRule, tables: Tables
) -> Outcome | RateCount:
    plan = in_parts(verdict_query(check, tables))
    try:
        for step in plan.first:
            computed = spark.sql(step.query.sql("spark")).localCheckpoint()
            computed.createTempView(step.name)
        found = spark.sql(plan.query.sql("spark")).toArrow()
    finally:
        for step in plan.first:
            spark.catalog.dropTempView(step.name)
    return outcome_of(
        name,
        check,
        status=found["status"].to_numpy(),
        event=found["event"].fill_null(-1).to_numpy(),
        instances=found["instances"].to_numpy(),
    )


class _Log:
    """The views of one log in one session, and what is kept in memory for them."""

    def __init__(
        self, spark: "SparkSession", columns: Sequence[str], counts: Mapping[str, int], to_us: int
    ) -> None:
        self._spark, self._columns, self._counts, self._to_us = spark, columns, counts, to_us
        self._kept = False

    def tables(self, checks: Sequence[TemporalRule | RateRule]) -> Tables:
        """A view for every kind that a rule names; the rare ones share one scan of the log."""
        fields = fields_read(checks)
        bulk = bulk_kinds(list(fields), self._counts, share=BULK_SHARE)
        rare = sorted(fields.keys() - bulk)
        of_kind = {kind: f"events_{index}" for index, kind in enumerate(sorted(fields))}
        if rare:
            wanted = sorted({"kind", *(name for kind in rare for name in fields[kind])})
            self._view(_RARE, self._scan(wanted, rare))
            self._spark.catalog.cacheTable(_RARE)
            self._kept = True
        for kind in rare:
            named_kind = exp.EQ(this=column("kind", "e"), expression=literal(kind))
            shown: list[exp.Expr] = [column(name, "e") for name in fields[kind]]
            self._view(of_kind[kind], select(shown, of=source(_RARE, "e"), where=[named_kind]))
        for kind in bulk:
            self._view(of_kind[kind], self._scan(fields[kind], [kind]))
        return Tables(of_kind, self._to_us)

    def forget(self) -> None:
        """Free what was kept."""
        if self._kept:
            self._spark.catalog.uncacheTable(_RARE)

    def _view(self, name: str, query: exp.Query) -> None:
        self._spark.sql(query.sql("spark")).createTempView(name)

    def _scan(self, fields: Sequence[str], kinds: Sequence[str]) -> exp.Select:
        return scan(
            source(_LOG, "e"),
            columns=self._columns,
            to_us=self._to_us,
            fields=fields,
            kinds=kinds,
            micros="unix_micros",
        )


def _path(file: Path) -> str:
    """A file as Spark reads it: never a pattern, never on the cluster's own file system."""
    if file.name.startswith((".", "_")):
        # It would read no events, and every rule would be satisfied.
        raise InputError("Spark passes over files whose names begin with . or _", file=file)
    return "file://" + re.sub(r"([\\*?\[\]{}])", r"\\\1", str(file.resolve()))
