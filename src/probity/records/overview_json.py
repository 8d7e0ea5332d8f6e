"""An overview as a JSON document and as a flat table.

docs/reference/schemas/records-summary.json describes the document.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from probity.core import EventRate, Rate, Total, Undefined
from probity.records.breaks import Break
from probity.records.conflicts import Published
from probity.records.overview import Overview
from probity.records.rates import GroupRate
from probity.records.summarise import SUMMED, Group

SCHEMA = "probity/records-summary/1"
Row = dict[str, str | int | float | None]


def as_json(overview: Overview) -> dict[str, Any]:
    """Return the document; every value in it is a JSON value, and none is infinite."""
    selection = overview.selection
    return {
        "schema": SCHEMA,
        "selection": {
            "force": overview.force,
            "from": selection.start.isoformat() if selection.start else None,
            "to": selection.end.isoformat() if selection.end else None,
        },
        "by": overview.summary.by,
        "whole": _group(overview.summary.whole),
        "groups": [_group(group) for group in overview.summary.groups],
        "published": [_published(p) for p in overview.published],
        "versions": [_published(p) for p in overview.versions],
        "unplaced": [d.record_id for d in selection.unplaced],
        "date_corrections": [asdict(c) for c in overview.summary.corrections],
        "problems": [asdict(p) for p in overview.problems],
        "cautions": list(overview.cautions),
        "sources": [asdict(s) for s in overview.sources],
    }


def as_rows(overview: Overview) -> Iterator[Row]:
    """Yield one flat row for each group and for all deployments.

    Rows of level "segment" repeat the deployments of the row above them, by stretch of time
    between breaks. Rows of level "published" hold what a source prints for the same period.
    """
    for group in (*overview.summary.groups, overview.summary.whole):
        level = "whole" if group is overview.summary.whole else "group"
        yield _row(level, group.key, "", group)
        for segment in group.segments:
            yield _row("segment", group.key, segment.key, segment)
    by_source: dict[str, Row] = {}
    for figure in overview.published:
        for version in figure.elsewhere:
            key = ";".join(version.source_ids)
            row = by_source.setdefault(key, {"level": "published", "key": key})
            row[figure.column or ""] = version.value
    yield from by_source.values()


def _group(group: Group) -> dict[str, Any]:
    return {
        "key": group.key,
        "deployments": group.deployments,
        "totals": dict(group.totals),
        "missing": dict(group.missing),
        "rates": [_rate(rate) for rate in group.rates],
        "breaks_crossed": [_break(b) for b in group.breaks],
        "warning": group.warning or None,
        "segments": [_group(segment) for segment in group.segments],
    }


def _rate(rate: GroupRate) -> dict[str, Any]:
    return {
        "name": rate.name,
        "rows_used": rate.rows_used,
        "rows_left_out": rate.rows_left_out,
        "uses_faces": rate.uses_faces,
        "measured": _measured(rate.measured),
        "clustered": None if rate.clustered is None else _measured(rate.clustered),
    }


def _measured(measured: Rate | EventRate | Total | Undefined) -> dict[str, Any]:
    match measured:
        case Undefined(reason):
            return {"value": None, "reason": reason}
        case Total(value, population):
            return {"value": value, "population": population}
        case Rate(count, low, high, level, method):
            counted: dict[str, Any] = {"k": count.k, "n": count.n, "population": count.population}
        case EventRate(events, low, high, level, method):
            counted = {"k": events.k, "exposure": events.exposure, "unit": events.unit}
    return {
        "value": measured.value,
        **counted,
        "low": low,
        "high": high,
        "level": level,
        "method": method,
    }


def _break(b: Break) -> dict[str, Any]:
    return {
        "force": b.force,
        "day": b.day.isoformat(),
        "faces_seen_per_hour_before": b.before_per_hour,
        "faces_seen_per_hour_after": b.after_per_hour,
        "statement": b.statement,
        "source_ids": list(b.source_ids),
    }


def _published(published: Published) -> dict[str, Any]:
    return {"conflict": published.conflict, **asdict(published)}


def _row(level: str, key: str, segment: str, group: Group) -> Row:
    row: Row = {"level": level, "key": key, "segment": segment, "deployments": group.deployments}
    for column in SUMMED:
        row[column] = group.totals[column]
        row[f"{column}_rows_missing"] = group.missing[column]
    for rate in group.rates:
        row[f"{rate.name}_rows_left_out"] = rate.rows_left_out
        exact = _measured(rate.measured)
        row |= {f"{rate.name}_{part}": exact.get(part) for part in ("value", "low", "high")}
        if rate.clustered is not None:
            other = _measured(rate.clustered)
            row |= {f"{rate.name}_clustered_{part}": other.get(part) for part in ("low", "high")}
    row["breaks_crossed"] = ";".join(b.day.isoformat() for b in group.breaks)
    return row
