"""The events that were played, as a file that `probity audit` reads."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from probity.core.event_columns import arrow_schema, header_text
from probity.core.files import replacing
from probity.twin.event_writer import log_schema
from probity.twin.one_deployment import DeploymentLog

Form = Literal["parquet", "jsonl"]
FORMS: tuple[Form, ...] = ("parquet", "jsonl")


def save(log: DeploymentLog, path: Path, *, events: int, form: Form) -> None:
    """Write the first events of a deployment's log; the log then says that it ends there."""
    table = log.table.slice(0, events)
    header = log.header
    if events < len(log.table):
        header = replace(header, to_us=int(table["time"][-1].cast(pa.int64()).as_py()))
    with replacing(path) as temporary:
        if form == "parquet":
            metadata = log_schema(header).metadata
            pq.write_table(table.replace_schema_metadata(metadata), temporary, compression="zstd")
        else:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.write(f"{header_text(arrow_schema((), header))}\n")
                file.writelines(_lines(table))


def _lines(table: pa.Table) -> Iterator[str]:
    """A line for each event, in their order, without the fields it does not have."""
    written = [""] * len(table)
    kinds = table["kind"].combine_chunks().dictionary_decode()
    for kind in pc.unique(kinds).to_pylist():
        rows = np.flatnonzero(pc.equal(kinds, kind).to_numpy(zero_copy_only=False))
        part = table.take(pa.array(rows))
        columns = {
            name: _plain(part[name])
            for name in part.column_names
            if part[name].null_count < len(part)
        }
        plain = pa.table(columns).to_pylist()
        for row, event in zip(rows.tolist(), plain, strict=True):
            written[row] = f"{json.dumps(_known(event), ensure_ascii=False)}\n"
    yield from written


def _known(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if value is not None}


def _plain(column: Any) -> Any:
    """Times as ISO 8601: JSON has none, and a plain number no unit."""
    if not pa.types.is_timestamp(column.type):
        return column
    return pc.strftime(column, "%Y-%m-%dT%H:%M:%SZ")
