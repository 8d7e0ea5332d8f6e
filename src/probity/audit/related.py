"""Events of a log that have to do with a breach: those that its rule speaks of, by their ids.

A batch of instances is looked up with one query for each event pattern of the rule, so that
explaining many breaches costs a few passes over a few columns, not a pass for each.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from probity.audit.duckdb_session import open_session, paths_of
from probity.audit.formula import Constant, Event, Value, Variable
from probity.audit.guarded import event_of, events_in, formulas_of
from probity.audit.log.event_log import EventLog
from probity.audit.rule import RateRule, TemporalRule
from probity.core.event import FIELDS, KINDS

MAX_RELATED = 2_000
"""Events of one pattern that are looked at for one instance: the nearest in time."""
_ROUNDS = 3

Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """One instance of a rule: its event, what it binds, and the events around it."""

    event: Row
    binding: Mapping[str, Value]
    related: dict[int, Row] = field(default_factory=dict)


def surroundings(
    log: EventLog, check: TemporalRule | RateRule, numbers: Sequence[int]
) -> list[Surroundings]:
    """Look up instances and what belongs to them, in the order of ``numbers``."""
    with open_session(log.paths) as session:
        return _Lookup(session, log, check).around(numbers)


class _Lookup:
    def __init__(
        self, session: duckdb.DuckDBPyConnection, log: EventLog, check: TemporalRule | RateRule
    ) -> None:
        self._session = session
        self._log = log
        self._check = check
        self._files = paths_of(log.paths)

    def around(self, numbers: Sequence[int]) -> list[Surroundings]:
        pattern = event_of(self._check)
        rows = self._rows(
            f"SELECT {self._columns(pattern.kind)} FROM read_parquet($files) AS log "  # noqa: S608
            "SEMI JOIN (SELECT unnest($numbers) AS event) AS asked ON log.event = asked.event",
            {"numbers": [int(number) for number in numbers]},
        )
        by_number = {row["event"]: row for row in rows}
        found = [
            Surroundings(event=by_number[int(n)], binding=bound_by(pattern, by_number[int(n)]))
            for n in numbers
        ]
        for one in found:
            one.related[int(one.event["event"] or 0)] = one.event
        self._relate(found)
        return found

    def _relate(self, found: list[Surroundings]) -> None:
        known: list[defaultdict[str, set[Value]]] = []
        for one in found:
            values: defaultdict[str, set[Value]] = defaultdict(set)
            for name, value in one.binding.items():
                values[name].add(value)
            known.append(values)
        patterns = dict.fromkeys(e for f in formulas_of(self._check) for e in events_in(f))
        for last in (False,) * (_ROUNDS - 1) + (True,):
            for pattern in list(patterns):
                link = _link(pattern, known)
                if link is None and not last:
                    continue
                del patterns[pattern]
                rows = self._near(pattern, link, found, known)
                for instance, row in rows:
                    found[instance].related[row["event"]] = row
                    for name, value in bound_by(pattern, row).items():
                        if value is not None and name not in found[instance].binding:
                            known[instance][name].add(value)

    def _near(
        self,
        pattern: Event,
        link: tuple[str, str] | None,
        found: list[Surroundings],
        known: list[defaultdict[str, set[Value]]],
    ) -> list[tuple[int, dict[str, Any]]]:
        columns = self._columns(pattern.kind)
        if link is None:
            first = self._rows(
                f"SELECT {columns} FROM read_parquet($files) AS log WHERE kind = $kind "  # noqa: S608
                f"ORDER BY time, event LIMIT {MAX_RELATED}",
                {"kind": pattern.kind},
            )
            return [(instance, row) for instance in range(len(found)) for row in first]
        column, name = link
        keys = [
            (instance, value, found[instance].event["time"])
            for instance, values in enumerate(known)
            for value in sorted(v for v in values[name] if isinstance(v, int))
        ]
        rows = self._rows(
            f"SELECT asked.instance, {columns} FROM read_parquet($files) AS log JOIN ("  # noqa: S608
            "SELECT unnest($instances) AS instance, unnest($values) AS value, unnest($times) AS at"
            f') AS asked ON log."{column}" = asked.value WHERE log.kind = $kind '
            "QUALIFY row_number() OVER (PARTITION BY asked.instance "
            f"ORDER BY abs(epoch_us(log.time) - asked.at), log.event) <= {MAX_RELATED}",
            {
                "kind": pattern.kind,
                "instances": [key[0] for key in keys],
                "values": [key[1] for key in keys],
                "times": [key[2] for key in keys],
            },
        )
        return [(row.pop("instance"), row) for row in rows]

    def _columns(self, kind: str) -> str:
        wanted = ("event", "time", "kind", *KINDS[kind].fields)
        here = [name for name in wanted if name in self._log.columns]
        return ", ".join(
            f'epoch_us(log."{name}") AS "{name}"'
            if FIELDS[name].type == "time"
            else f'log."{name}"'
            for name in here
        )

    def _rows(self, query: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        cursor = self._session.execute(query, {"files": self._files, **parameters})
        names = [column[0] for column in cursor.description or ()]
        return [
            {n: v for n, v in zip(names, row, strict=True) if v is not None}
            for row in cursor.fetchall()
        ]


def bound_by(pattern: Event, row: Row) -> dict[str, Value]:
    """What an event gives the variables of a pattern, whether or not the rest of it fits."""
    return {term.name: row.get(name) for name, term in pattern.fields if isinstance(term, Variable)}


def linked(pattern: Event, row: Row, known: Mapping[str, Value]) -> bool:
    """Whether an event belongs to a pattern by its ids, whatever its other fields say."""
    return row["kind"] == pattern.kind and all(
        row.get(name) == known[term.name]
        for name, term in pattern.fields
        if isinstance(term, Variable) and term.name in known and FIELDS[name].type == "id"
    )


def fits(pattern: Event, row: Row, known: Mapping[str, Value]) -> bool:
    """Whether an event matches a pattern in every field that is asked for."""
    for name, term in pattern.fields:
        if isinstance(term, Variable) and term.name not in known:
            continue
        asked = term.value if isinstance(term, Constant) else known[term.name]
        if row.get(name) is None or row.get(name) != asked:
            return False
    return row["kind"] == pattern.kind


def _link(pattern: Event, known: list[defaultdict[str, set[Value]]]) -> tuple[str, str] | None:
    """A field of the pattern, and the variable whose values it can be looked up by."""
    for name, term in pattern.fields:
        if (
            isinstance(term, Variable)
            and FIELDS[name].type == "id"
            and any(values.get(term.name) for values in known)
        ):
            return name, term.name
    return None
