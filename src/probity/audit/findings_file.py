"""All findings of an audit as a file: CSV, JSON Lines or Parquet, a row for each breach.

Written as they are read from the log, to a file beside the target that takes its place at the
end: a reader never sees half of one, and a million breaches need no memory.
"""

import csv
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from probity.audit.as_json import finding_as_json, moment
from probity.audit.audit import AuditResult
from probity.audit.explain import Finding
from probity.core import InputError
from probity.core.files import replacing
from probity.core.inert_cell import inert

FINDING_COLUMNS: dict[str, pa.DataType] = {
    "rule": pa.string(),
    "title": pa.string(),
    "event": pa.int64(),
    "kind": pa.string(),
    "time": pa.timestamp("us", tz="UTC"),
    "sentence": pa.string(),
    "related": pa.list_(pa.int64()),
}
_ROWS_IN_A_GROUP = 1 << 14


def write_findings(
    result: AuditResult, path: Path, *, on_finding: Callable[[], object] | None = None
) -> int:
    """Write every breach; the ending of ``path`` says in which form. Returns how many.

    Raises
    ------
    InputError
        An ending that is not known, or a file that cannot be written.
    """
    require_known_ending(path)
    write = _WRITERS[path.suffix.lower()]
    try:
        with replacing(path) as temporary:
            return write(_findings(result, on_finding), temporary)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot write the findings: {reason}", file=path) from None


def require_known_ending(path: Path) -> None:
    """Refuse a file that findings cannot be written to, before any work is done."""
    if path.suffix.lower() not in _WRITERS:
        raise InputError(
            "no such kind of file for findings",
            file=path,
            got=path.suffix or "no ending",
            allowed=", ".join(_WRITERS),
        )


def _findings(
    result: AuditResult, on_finding: Callable[[], object] | None
) -> Iterator[tuple[str, Finding]]:
    for one in result.rules:
        for finding in result.findings(one):
            yield one.rule.title, finding
            if on_finding is not None:
                on_finding()


def _write_csv(findings: Iterator[tuple[str, Finding]], path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FINDING_COLUMNS)
        return _each(
            findings,
            lambda title, one: writer.writerow(
                inert(cell)
                for cell in (
                    one.rule_id,
                    title,
                    str(one.event.event),
                    one.event.kind,
                    str(moment(one.event.time_us)),
                    one.sentence,
                    " ".join(str(event.event) for event in one.related),
                )
            ),
        )


def _write_json_lines(findings: Iterator[tuple[str, Finding]], path: Path) -> int:
    with path.open("w", encoding="utf-8") as file:
        return _each(
            findings,
            lambda _, one: file.write(
                json.dumps(finding_as_json(one), ensure_ascii=False, allow_nan=False) + "\n"
            ),
        )


def _write_parquet(findings: Iterator[tuple[str, Finding]], path: Path) -> int:
    schema = pa.schema(FINDING_COLUMNS.items())
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(findings, _ROWS_IN_A_GROUP)):
            rows = [finding_row(title, one) for title, one in group]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def finding_row(title: str, one: Finding) -> dict[str, Any]:
    """A breach as a row of ``FINDING_COLUMNS``; ``title`` is that of its rule."""
    return {
        "rule": one.rule_id,
        "title": title,
        "event": one.event.event,
        "kind": one.event.kind,
        "time": one.event.time_us,
        "sentence": one.sentence,
        "related": [event.event for event in one.related],
    }


def _each(findings: Iterator[tuple[str, Finding]], write: Callable[[str, Finding], object]) -> int:
    count = 0
    for title, finding in findings:
        write(title, finding)
        count += 1
    return count


_WRITERS: dict[str, Callable[[Iterator[tuple[str, Finding]], Path], int]] = {
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
}
