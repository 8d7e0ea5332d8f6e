"""A log of deployments, made from numbers alone, with breaches at known places.

Thirteen kinds and about 100,000 events per deployment: passing faces, each with a template that
is made, compared and deleted; a watchlist with its items; authorities; alerts with what follows.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from probity.core.event_columns import LogHeader, arrow_schema

SECOND = 1_000_000
DAY = 86_400 * SECOND
START_US = 1_700_000_000_000_000
COLUMNS = (
    "deployment", "authority", "watchlist", "item", "template", "alert", "engagement", "rank",
    "decision", "window_start", "window_end", "category", "image_source", "rationale", "age_band",
)  # fmt: skip
KINDS = (
    "authority.granted", "authority.cancelled", "deployment.start", "deployment.end",
    "watchlist.compiled", "watchlist.item.added", "watchlist.item.deleted", "template.created",
    "template.compared", "template.deleted", "alert.raised", "alert.adjudicated",
    "engagement.start",
)  # fmt: skip
FACES = 29_000
ITEMS = 6_000
ALERTS = 100
PER_DEPLOYMENT = 3 * FACES + 2 * ITEMS + 3 * ALERTS - 2
_POLICY = ("R01", "R44-compared", "R45", "R76")
"""Rules of the policy ``met-lfr-2024-09`` that the log breaks, or keeps, in known places."""
_SCHEMA = arrow_schema(COLUMNS)


@dataclass(frozen=True, slots=True)
class Made:
    """A log, and how many breaches of each rule of ``audit_rules.py`` it holds."""

    path: Path
    events: int
    to_us: int
    counts: dict[str, int]
    breaches: dict[str, int]


def make(path: Path, *, events: int) -> Made:
    """Write a log of about so many events, a row group for each deployment, in order of time."""
    deployments = max(1, events // PER_DEPLOYMENT)
    to_us = START_US + (deployments + 3) * DAY
    header = LogHeader("benchmark", KINDS, START_US, to_us)
    schema = arrow_schema(COLUMNS, header)
    rng = np.random.default_rng(np.random.SeedSequence(20_261_124))
    breaches = dict.fromkeys(("R1", "R2", "R3", "R4", *_POLICY), 0)
    counts = dict.fromkeys(KINDS, 0)
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for number in range(deployments):
            table, found = _deployment(number, written, rng)
            writer.write_table(table.replace_schema_metadata(schema.metadata))
            written += len(table)
            for rule, more in found.items():
                breaches[rule] += more
            kinds = table.column("kind").value_counts().to_pylist()
            for row in kinds:
                counts[row["values"]] += row["counts"]
    return Made(path, written, to_us, counts, breaches)


def _deployment(
    number: int, first_event: int, rng: np.random.Generator
) -> tuple[pa.Table, dict[str, int]]:
    start = START_US + (number + 1) * DAY
    end = start + 6 * 3600 * SECOND
    rows: list[tuple[str, np.ndarray, dict[str, np.ndarray]]] = []

    def add(kind: str, time: np.ndarray | int, **fields: np.ndarray | int | float | str) -> None:
        times = np.atleast_1d(np.asarray(time, dtype=np.int64))
        rows.append((kind, times, fields))

    late_templates, missing_judgements, low_rank, kept = 5, 3, number % 10 == 9, 2
    add("authority.granted", start - 3600 * SECOND, authority=number, deployment=number,
        rank=3.0 if low_rank else 5.0, window_start=start, window_end=end)  # fmt: skip
    add("watchlist.compiled", start - 7200 * SECOND, watchlist=number, deployment=number)
    items = number * ITEMS + np.arange(ITEMS)
    add("watchlist.item.added", start - 7000 * SECOND + np.arange(ITEMS) * 1000, watchlist=number,
        item=items, category="wanted", image_source="custody", age_band="18 and over")  # fmt: skip
    wiped = np.sort(rng.integers(end, end + DAY, ITEMS - kept))
    add("watchlist.item.deleted", wiped, watchlist=number, item=items[:-kept])
    add("deployment.start", start, deployment=number)
    add("deployment.end", end, deployment=number)
    add("authority.cancelled", end + SECOND, authority=number, deployment=number)
    template = number * FACES + np.arange(FACES)
    made = np.sort(rng.integers(start + SECOND, end - 120 * SECOND, FACES))
    alerted = rng.choice(FACES, ALERTS + late_templates, replace=False)
    late, alerted = alerted[:late_templates], alerted[late_templates:]
    life = rng.integers(10_000, SECOND, FACES)
    life[late] = 3 * SECOND
    kept_templates = np.ones(FACES, dtype=bool)
    kept_templates[alerted] = False
    add("template.created", made, template=template, deployment=number)
    add("template.compared", made + 5_000, template=template, deployment=number)
    add("template.deleted", (made + life)[kept_templates], template=template[kept_templates],
        deployment=number)  # fmt: skip
    alert = number * ALERTS + np.arange(ALERTS)
    raised = made[alerted] + 6_000
    add("alert.raised", raised, alert=alert, template=template[alerted], deployment=number)
    judged = slice(missing_judgements, None)
    add("alert.adjudicated", raised[judged] + 5 * SECOND, alert=alert[judged], decision="accept")
    add("engagement.start", raised + 60 * SECOND, engagement=alert, alert=alert)
    breaches = {
        "R1": late_templates,
        "R2": missing_judgements,
        "R3": FACES if low_rank else 0,
        "R4": kept,
        "R01": late_templates,
        "R44-compared": 0,
        "R45": int(low_rank),
        "R76": missing_judgements,
    }
    return _table(rows, first_event), breaches


def _table(rows: list[tuple[str, np.ndarray, dict[str, np.ndarray]]], first: int) -> pa.Table:
    time = np.concatenate([times for _, times, _ in rows])
    order = np.argsort(time, kind="stable")
    columns: dict[str, pa.Array] = {
        "event": pa.array(first + np.arange(len(time))),
        "time": pa.array(time[order]).cast(pa.timestamp("us", tz="UTC")),
    }
    kinds = np.repeat(np.arange(len(rows), dtype=np.int32), [len(times) for _, times, _ in rows])
    names = pa.array([kind for kind, _, _ in rows])
    columns["kind"] = pa.DictionaryArray.from_arrays(pa.array(kinds[order]), names)
    columns["clock"] = pa.nulls(len(time), _SCHEMA.field("clock").type)
    for name in COLUMNS:
        columns[name] = _column(name, rows, order)
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _column(
    name: str, rows: list[tuple[str, np.ndarray, dict[str, np.ndarray]]], order: np.ndarray
) -> pa.Array:
    type_ = _SCHEMA.field(name).type
    parts = []
    for _, times, fields in rows:
        value = fields.get(name)
        plain = pa.string() if pa.types.is_dictionary(type_) else type_
        if value is None:
            parts.append(pa.nulls(len(times), plain))
        elif isinstance(value, str):
            parts.append(pa.array(np.repeat(value, len(times)).tolist(), plain))
        else:
            whole = pa.array(np.broadcast_to(np.asarray(value), len(times)))
            parts.append(whole.cast(pa.int64() if pa.types.is_timestamp(type_) else plain)
                         .cast(plain))  # fmt: skip
    column = pa.chunked_array(parts).combine_chunks().take(pa.array(order))
    return column.dictionary_encode() if pa.types.is_dictionary(type_) else column
