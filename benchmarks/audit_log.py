"""A log of deployments, made from numbers alone, with breaches at known places.

Every kind of event that the policy `met-lfr-2024-09` asks about and a few that it does not, about
158,000 events per deployment: passing faces, each seen, blurred, and with a template that is made,
compared and deleted; a watchlist with its items, medium and deletion; authorities; settings;
alerts with what follows; footage; the published record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from probity.core.event_columns import LogHeader, arrow_schema

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
START_US = 1_700_000_000_000_000
SPAN_AFTER_LAST = 40 * DAY
"""After the last deployment, so that every deadline of 31 days has passed."""

COLUMNS = (
    "deployment", "authority", "watchlist", "item", "medium", "template", "alert", "engagement",
    "footage", "record", "actor", "rank", "decision", "result", "disposal", "reason", "use_case",
    "category", "image_source", "rationale", "age_band", "data_class", "exception_code", "channel",
    "algorithm", "version", "threshold", "score", "size", "faces", "alerts", "false_alerts",
    "urgent", "outside_zone", "leaflet", "force_used", "window_start", "window_end", "valid_until",
)  # fmt: skip
KINDS = (
    "actor.trained", "authority.granted", "authority.ratified", "authority.cancelled",
    "notice.published", "signage.placed", "record.published", "deployment.start", "deployment.end",
    "config.threshold", "config.algorithm", "watchlist.compiled", "watchlist.imported",
    "watchlist.deleted", "watchlist.item.added", "watchlist.item.deleted", "media.written",
    "media.deleted", "face.seen", "template.created", "template.compared", "template.deleted",
    "render.blurred", "operator.viewed", "footage.written", "footage.deleted",
    "retention.excepted", "alert.raised", "alert.adjudicated", "alert.deleted",
    "engagement.start", "engagement.end", "outcome.recorded",
)  # fmt: skip
FACES = 29_000
ITEMS = 6_000
ALERTS = 100
PER_DEPLOYMENT = 5 * FACES + 2 * ITEMS + 6 * ALERTS
LATE_TEMPLATES, UNBLURRED, KEPT_ITEMS, NOT_JUDGED, FALSE_ALERTS = 5, 4, 2, 3, 3
_SCHEMA = arrow_schema(COLUMNS)

_Values = np.ndarray | int | float | str | bool


@dataclass(frozen=True, slots=True)
class Made:
    """A log, how many events of each kind state each field, and how many breaches of each rule
    it holds (of a rate, cases).

    R1 to R4 are the rules of ``audit_rules.py``, the others those of the policy.
    """

    path: Path
    events: int
    to_us: int
    counts: dict[str, int]
    filled: dict[str, dict[str, int]]
    breaches: dict[str, int]


@dataclass(slots=True)
class _Deployment:
    """The events of one deployment as they are written down, and its breaches."""

    number: int
    rng: np.random.Generator
    rows: list[tuple[str, np.ndarray, Mapping[str, _Values]]] = field(default_factory=list)
    breaches: dict[str, int] = field(default_factory=dict)

    @property
    def start(self) -> int:
        return START_US + (self.number + 1) * DAY

    @property
    def end(self) -> int:
        return self.start + 6 * HOUR

    def add(self, kind: str, time: np.ndarray | int, **fields: _Values) -> None:
        self.rows.append((kind, np.atleast_1d(np.asarray(time, dtype=np.int64)), fields))

    def every(self, period: int) -> bool:
        return self.number % period == 0


def make(path: Path, *, events: int, as_it_happens: bool = False) -> Made:
    """Write a log of about so many events, a row group for each deployment, in order of time.

    ``as_it_happens``: what a deployment leaves for later days, such as deletions, stands among the
    events of those days; otherwise beside its deployment.
    """
    deployments = max(1, events // PER_DEPLOYMENT)
    to_us = START_US + (deployments + 1) * DAY + SPAN_AFTER_LAST
    schema = arrow_schema(COLUMNS, LogHeader("benchmark", KINDS, START_US, to_us))
    rng = np.random.default_rng(np.random.SeedSequence(20_261_124))
    breaches: dict[str, int] = {}
    counts = dict.fromkeys(KINDS, 0)
    filled: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    written = 0
    later = _SCHEMA.empty_table()
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for number in range(deployments):
            made = _Deployment(number, rng)
            _authority_and_settings(made)
            _watchlist(made)
            alerted = _faces(made)
            _alerts(made, *alerted)
            _footage_and_record(made)
            table = _table(made.rows)
            if as_it_happens:
                table = pa.concat_tables([later, table])
                table = table.take(pc.sort_indices(table, [("time", "ascending")]))
                next_day = made.start + DAY - 6 * HOUR
                ends = to_us if number == deployments - 1 else next_day
                times = table.column("time").cast(pa.int64()).to_numpy()
                cut = int(np.searchsorted(times, ends))
                table, later = table.slice(0, cut), table.slice(cut)
            numbers = pa.array(np.arange(written, written + len(table)))
            table = table.set_column(0, _SCHEMA.field("event"), numbers).unify_dictionaries()
            writer.write_table(table.replace_schema_metadata(schema.metadata))
            written += len(table)
            for rule, more in made.breaches.items():
                breaches[rule] = breaches.get(rule, 0) + more
            for kind, times, fields in made.rows:
                counts[kind] += len(times)
                for name in fields:
                    filled[kind][name] = filled[kind].get(name, 0) + len(times)
    return Made(path, written, to_us, counts, filled, breaches)


def _authority_and_settings(d: _Deployment) -> None:
    late, early, low_rank = d.every(11), d.every(13), d.number % 10 == 9
    wrong_use, changed, unasked = d.every(6), d.every(12), d.number % 12 == 6
    granted = d.start + HOUR if late else d.start - HOUR
    cancelled = d.end - HOUR if early else d.end + SECOND
    about = {"authority": d.number, "deployment": d.number}
    d.add("authority.granted", granted, **about, rank=3.0 if low_rank else 5.0,
          window_start=d.start, window_end=d.end)  # fmt: skip
    d.add("authority.cancelled", cancelled, **about)
    d.add("actor.trained", d.start - 3 * HOUR, actor=d.number, valid_until=d.start + 300 * DAY)
    d.add("notice.published", d.start - 5 * HOUR, deployment=d.number, channel="web")
    d.add("signage.placed", d.start - np.arange(1, 5) * SECOND, deployment=d.number,
          outside_zone=True)  # fmt: skip
    d.add("deployment.start", d.start, deployment=d.number,
          use_case="trial" if wrong_use else "hotspot")  # fmt: skip
    d.add("deployment.end", d.end, deployment=d.number)
    d.add("config.algorithm", d.start - 700 * SECOND, deployment=d.number, algorithm="a",
          version="1")  # fmt: skip
    d.add("config.threshold", d.start - 600 * SECOND, deployment=d.number,
          threshold=0.6 if d.every(8) else 0.64)  # fmt: skip
    if changed:
        d.add("config.threshold", d.start + 2 * HOUR, **about, threshold=0.66)
    if unasked:
        d.add("config.threshold", d.start + 2 * HOUR, deployment=d.number, threshold=0.66)
    compared = d.rng.integers(d.start + SECOND, d.end - 120 * SECOND, FACES)
    compared.sort()
    d.add("template.compared", compared, template=d.number * FACES + np.arange(FACES),
          deployment=d.number)  # fmt: skip
    without = int(((compared < granted) | (compared >= cancelled)).sum())
    d.breaches |= {
        "R3": FACES if low_rank else without,
        "R41": wrong_use,
        "R44": late,
        "R44-compared": without,
        "R44-cancelled": early,
        "R45": low_rank,
        "R71": d.every(8) + changed + unasked,
        "R72": unasked,
    }


def _watchlist(d: _Deployment) -> None:
    unwiped, late = d.every(7), d.every(5)
    listed = {"watchlist": d.number, "deployment": d.number}
    d.add("watchlist.compiled", d.start - 2 * HOUR, **listed, size=float(ITEMS))
    d.add("watchlist.imported", d.start - 1800 * SECOND, **listed, size=float(ITEMS))
    d.add("watchlist.deleted", d.end + (30 if late else 2) * HOUR, watchlist=d.number)
    d.add("media.written", d.start - 3000 * SECOND, medium=d.number, watchlist=d.number)
    if not unwiped:
        d.add("media.deleted", d.end + HOUR, medium=d.number)
    items = d.number * ITEMS + np.arange(ITEMS)
    added = d.start - 7000 * SECOND + np.arange(ITEMS) * 1000
    usual = {"category": "wanted", "image_source": "custody", "age_band": "18 and over"}
    unusual: tuple[Mapping[str, _Values], ...] = (
        {"age_band": "under 13"},
        {"age_band": "under 13", "rationale": d.number},
        {"category": "religion"},
        {"image_source": "passport"},
    )
    for index, other in enumerate(unusual):
        d.add("watchlist.item.added", added[index], watchlist=d.number, item=items[index],
              **{**usual, **other})  # fmt: skip
    rest = slice(len(unusual), None)
    d.add("watchlist.item.added", added[rest], watchlist=d.number, item=items[rest], **usual)
    wiped = np.sort(d.rng.integers(d.end, d.end + DAY, ITEMS - KEPT_ITEMS))
    d.add("watchlist.item.deleted", wiped, watchlist=d.number, item=items[:-KEPT_ITEMS])
    d.breaches |= {"R4": KEPT_ITEMS, "R08": unwiped, "R09": late, "R29": 1, "R30": 1, "R31": 1}


def _faces(d: _Deployment) -> tuple[np.ndarray, np.ndarray]:
    """Templates that raised an alert, and when they were made."""
    compared = next(times for kind, times, _ in d.rows if kind == "template.compared")
    made = compared - 5_000
    template = d.number * FACES + np.arange(FACES)
    drawn = d.rng.choice(FACES, ALERTS + LATE_TEMPLATES + UNBLURRED, replace=False)
    late, unblurred, alerted = np.split(drawn, [LATE_TEMPLATES, LATE_TEMPLATES + UNBLURRED])
    life = d.rng.integers(10_000, SECOND, FACES)
    life[late] = 3 * SECOND
    no_alert = np.ones(FACES, dtype=bool)
    no_alert[alerted] = False
    blurred = no_alert.copy()
    blurred[unblurred] = False
    of = {"deployment": d.number}
    d.add("face.seen", made - 1_000, template=template, **of)
    d.add("template.created", made, template=template, **of)
    d.add("template.deleted", (made + life)[no_alert], template=template[no_alert], **of)
    d.add("render.blurred", (made + 2_000)[blurred], template=template[blurred], **of)
    d.add("operator.viewed", made[alerted] + SECOND, template=template[alerted], **of)
    d.breaches |= {"R1": LATE_TEMPLATES, "R01": LATE_TEMPLATES, "R04": UNBLURRED}
    return template[alerted], made[alerted]


def _alerts(d: _Deployment, template: np.ndarray, made: np.ndarray) -> None:
    arrested = d.every(2)
    alert = d.number * ALERTS + np.arange(ALERTS)
    raised = made + 6_000
    of = {"deployment": d.number}
    score = np.full(ALERTS, 0.7)
    score[-1] = 0.6
    d.add("alert.raised", raised, alert=alert, template=template, score=score, **of)
    # The first are judged by nobody; the next one at the very instant.
    judged = raised + 5 * SECOND
    judged[NOT_JUDGED] = raised[NOT_JUDGED]
    d.add("alert.adjudicated", judged[NOT_JUDGED:], alert=alert[NOT_JUDGED:], decision="accept")
    d.add("engagement.start", raised[:1] + 60 * SECOND, engagement=alert[:1], alert=alert[:1],
          reason="avoidance")  # fmt: skip
    d.add("engagement.start", raised[1:] + 60 * SECOND, engagement=alert[1:], alert=alert[1:],
          reason="alert")  # fmt: skip
    d.add("engagement.end", raised + 300 * SECOND, engagement=alert, leaflet=True,
          force_used=False)  # fmt: skip
    false, true = alert[:FALSE_ALERTS], alert[FALSE_ALERTS:]
    outcome = raised + 400 * SECOND
    d.add("outcome.recorded", outcome[:1], alert=false[:1], result="false",
          disposal="arrest" if arrested else "no action")  # fmt: skip
    d.add("outcome.recorded", outcome[1:FALSE_ALERTS], alert=false[1:], result="false",
          disposal="no action")  # fmt: skip
    d.add("outcome.recorded", outcome[FALSE_ALERTS:], alert=true, result="true", disposal="arrest")
    # Two are kept without a ground, one on a stated one.
    d.add("alert.deleted", raised[3:] + DAY, alert=alert[3:])
    d.add("retention.excepted", raised[2:3] + DAY, alert=alert[2:3], data_class="alert",
          exception_code="complaint")  # fmt: skip
    d.breaches |= {
        "R2": NOT_JUDGED,
        "R07": 2,
        "R64": 1,
        "R71-alert": 1,
        "R73": FALSE_ALERTS,
        "R76": NOT_JUDGED,
        "R76-time": 1,
        "R81": arrested,
    }


def _footage_and_record(d: _Deployment) -> None:
    kept, unpublished, incomplete, foreign = d.every(4), d.every(9), d.every(3), d.every(17)
    footage = d.number * 3 + np.arange(3)
    d.add("footage.written", d.end + np.arange(3), footage=footage, deployment=d.number)
    d.add("footage.deleted", d.end + 20 * DAY + np.arange(3 - kept), footage=footage[kept:])
    figures = {"alerts": float(ALERTS), "false_alerts": float(FALSE_ALERTS)}
    if not incomplete:
        figures["faces"] = float(FACES)
    if not unpublished:
        d.add("record.published", d.end + 2 * DAY, record=d.number, deployment=d.number, **figures)
    if foreign:
        d.add("record.published", d.end + 2 * DAY, record=10**9 + d.number,
              deployment=10**9 + d.number, faces=1.0, alerts=0.0, false_alerts=0.0)  # fmt: skip
    d.breaches |= {
        "R11": kept,
        "R50": foreign,
        "R50-published": 0,
        "R66": incomplete and not unpublished,
    }


def _table(rows: list[tuple[str, np.ndarray, Mapping[str, _Values]]]) -> pa.Table:
    time = np.concatenate([times for _, times, _ in rows])
    order = np.argsort(time, kind="stable")
    columns: dict[str, pa.Array] = {
        "event": pa.array(np.arange(len(time))),
        "time": pa.array(time[order]).cast(pa.timestamp("us", tz="UTC")),
    }
    codes = np.array([KINDS.index(kind) for kind, _, _ in rows], dtype=np.int32)
    kinds = np.repeat(codes, [len(times) for _, times, _ in rows])
    columns["kind"] = pa.DictionaryArray.from_arrays(pa.array(kinds[order]), pa.array(KINDS))
    columns["clock"] = pa.nulls(len(time), _SCHEMA.field("clock").type)
    for name in COLUMNS:
        columns[name] = _column(name, rows, order)
    return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _column(
    name: str, rows: list[tuple[str, np.ndarray, Mapping[str, _Values]]], order: np.ndarray
) -> pa.Array:
    type_ = _SCHEMA.field(name).type
    plain = pa.string() if pa.types.is_dictionary(type_) else type_
    parts = []
    for _, times, fields in rows:
        value = fields.get(name)
        if value is None:
            parts.append(pa.nulls(len(times), plain))
        elif isinstance(value, str):
            parts.append(pa.repeat(pa.scalar(value, plain), len(times)))
        else:
            whole = pa.array(np.broadcast_to(np.asarray(value), len(times)))
            parts.append(whole.cast(plain))
    column = pa.chunked_array(parts).combine_chunks().take(pa.array(order))
    return column.dictionary_encode() if pa.types.is_dictionary(type_) else column
