"""Event numbers that occur twice: which rows to leave out, and a copy of the log without them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from probity.audit.duckdb_session import open_session, paths_of
from probity.audit.log.limits import CHECK_MEMORY, MAX_EXAMPLES
from probity.audit.log.parquet import located_batches, schema_of
from probity.audit.log.tally import Seen, Tally
from probity.core.event import FIELDS


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows whose event number stood in an earlier row: with the same content, or with another."""

    duplicates: Seen
    conflicts: Seen


def find_repeats(
    paths: Sequence[Path], columns: Sequence[str], *, work: Path | None = None
) -> tuple[Repeats, NDArray[np.int64]]:
    """What repeats an earlier event number.

    Returns
    -------
    Repeats
    int64, (n_repeats,)
        Rows to leave out, ascending, counting from 0 through all files in order.
    """
    starts, rows = [], 0
    for path in paths:
        starts.append(rows)
        rows += pq.read_metadata(path).num_rows
    quoted = [f'"{FIELDS[name].name}"' for name in columns]
    names = ", ".join(quoted)
    same = " AND ".join(f"again.{name} IS NOT DISTINCT FROM first.{name}" for name in quoted)
    # Names in the text are those of core.event; values go in as parameters.
    query = f"""
        WITH log AS (
            SELECT {names}, list_extract($starts, list_position($paths, filename))
                   + file_row_number AS place
            FROM read_parquet($paths, filename = true, file_row_number = true)),
        numbers AS (
            SELECT event, min(place) AS place FROM log GROUP BY event HAVING count(*) > 1),
        firsts AS (SELECT log.* FROM log JOIN numbers USING (event, place))
        SELECT again.place, again.event, {same} AS same
        FROM log AS again JOIN firsts AS first ON again.event = first.event
        WHERE again.place > first.place ORDER BY again.place
    """  # noqa: S608
    with open_session(paths, work=work, memory_limit=CHECK_MEMORY) as session:
        found = session.execute(query, {"paths": paths_of(paths), "starts": starts}).fetchnumpy()
    events = np.asarray(found["event"], dtype=np.int64)
    same_rows = np.asarray(found["same"], dtype=bool)
    return (
        Repeats(_seen(events[same_rows]), _seen(events[~same_rows])),
        np.asarray(found["place"], dtype=np.int64),
    )


def without(
    repeated: NDArray[np.int64], paths: Sequence[Path], columns: Sequence[str], *, to: Path
) -> Tally:
    """Copy a log, in order, leaving out the rows at ``repeated``; the tally of what stays."""
    tally, schema, place = Tally(), schema_of(columns), 0
    with pq.ParquetWriter(to, schema, compression="zstd") as writer:
        for _, _, batch in located_batches(paths, columns):
            low, high = np.searchsorted(repeated, [place, place + len(batch)])
            keep = np.ones(len(batch), dtype=bool)
            keep[repeated[low:high] - place] = False
            place += len(batch)
            kept = pa.Table.from_batches([batch]).filter(pa.array(keep)).cast(schema)
            for part in kept.to_batches():
                tally.add(part)
                writer.write_batch(part)
    return tally


def _seen(events: NDArray[np.int64]) -> Seen:
    return Seen(count=len(events), examples=np.sort(events)[:MAX_EXAMPLES].tolist())
