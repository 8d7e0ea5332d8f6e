"""The records as files to take away: CSV, Parquet, and the data package as it is bundled."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import files

from probity.publish.download import csv_file
from probity.publish.figures.figure import Cell, Column, Table
from probity.publish.site.shown_rows import ShownRow
from probity.records.schema import COLUMNS, COUNT_COLUMNS

_NUMBERS = frozenset({*COUNT_COLUMNS, "threshold", "printed_false_alert_rate"})
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the same content is to give the same bytes."""

CSV, PARQUET, PACKAGE = (
    "data/deployments.csv",
    "data/deployments.parquet",
    "data/probity-records.zip",
)


def downloads(rows: Sequence[ShownRow]) -> Mapping[str, bytes]:
    """Every file by its path below the site's root."""
    return {CSV: csv_file(rows_table(rows)), PARQUET: _parquet(rows), PACKAGE: _package()}


def rows_table(rows: Sequence[ShownRow]) -> Table:
    """All rows in all columns, with what a reader must know of each."""
    added = ("area", "counted", "not_counted_because", "doubts", "source", "source_url")
    return Table(
        columns=tuple(Column(name, number=name in _NUMBERS) for name in (*COLUMNS, *added)),
        rows=tuple((*(_cell(row, name) for name in COLUMNS), *_added(row)) for row in rows),
    )


def _cell(row: ShownRow, name: str) -> Cell:
    value = getattr(row.deployment, name)
    return str(value) if isinstance(value, Decimal) else value


def _added(row: ShownRow) -> tuple[Cell, ...]:
    return (
        row.area.name,
        "no" if row.not_counted else "yes",
        row.not_counted,
        "; ".join(doubt.message for doubt in row.doubts),
        f"{row.source.publisher}: {row.source.title}",
        row.source.url,
    )


def _parquet(rows: Sequence[ShownRow]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = rows_table(rows)
    columns = {}
    for position, column in enumerate(table.columns):
        cells = [row[position] for row in table.rows]
        if column.heading in COUNT_COLUMNS:
            columns[column.heading] = pa.array(cells, pa.int64())
        elif column.number:
            columns[column.heading] = pa.array(
                [None if cell is None else float(cell) for cell in cells], pa.float64()
            )
        else:
            texts = [None if cell is None else _whole(str(cell)) for cell in cells]
            columns[column.heading] = pa.array(texts, pa.string())
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd")
    return out.getvalue()


def _whole(text: str) -> str:
    """The text without half a surrogate pair, which is no UTF-8."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _package() -> bytes:
    """The bundled data package as one archive."""
    folder = files("probity.records") / "data"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith((".csv", ".json")):
                entry = zipfile.ZipInfo(f"probity-records/{file.name}", _EARLIEST)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, file.read_bytes())
    return out.getvalue()
