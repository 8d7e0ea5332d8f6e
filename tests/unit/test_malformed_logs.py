"""Hostile and damaged logs: one clear refusal, with the place, and never a traceback.

Each value case is written in every form that can hold it, and is refused in each: what a log may
say does not depend on how it is written.
"""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from event_logs import START, created, csv_text, event, json_lines, spelt, table, write_parquet
from probity.audit.log import open_log
from probity.core import InputError

GOOD = [created(1), created(2, at=1, template=8)]
SQL = "'; DROP TABLE log; --"


def refused(path: Path, words: str, **kwargs: Any) -> None:
    with pytest.raises(InputError, match=words) as caught, open_log(path, **kwargs):
        pass
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


VALUES = {
    "an id below zero": ("template", -1),
    "an id beyond 63 bits": ("template", 2**63),
    "an id of 5,000 digits": ("template", 10**4_000),
    "an id with a fraction": ("template", 1.5),
    "an id of words": ("template", "seven"),
    "an id in digits of another script": ("template", "١٢٣"),
    "a number that is none": ("quality", "NaN"),
    "a number without end": ("quality", "inf"),
    "a number too large": ("quality", "1e999"),
    "a number of words": ("quality", "good"),
    "a number with underscores": ("quality", "1_000"),
    "a flag of words": ("urgent", "perhaps"),
    "a flag that is a number": ("urgent", 1),
    "a text of 201 characters": ("clock", "x" * 201),
    "a text with a NUL": ("clock", "a\0b"),
    "a text with an escape": ("clock", "\x1b[31m"),
    "a time before 1900": ("received", "1899-12-31T23:59:59Z"),
    "a time in 2200": ("received", "2200-01-01T00:00:00Z"),
    "a time in the year 10^6": ("received", "1000000-01-01T00:00:00Z"),
    "a time without an offset": ("received", "2026-01-01T00:00:00"),
    "a time of words": ("received", "yesterday"),
    "31 February": ("received", "2026-02-31T00:00:00Z"),
    "a time that is a number": ("received", 5),
}


IN_FORMS = [(name, form) for name in VALUES for form in ("jsonl", "csv")]
IN_FORMS.remove(("a text with a NUL", "csv"))  # no CSV at all: see FILES


@pytest.mark.parametrize(("name", "form"), IN_FORMS)
def test_a_value_that_its_field_does_not_allow(name: str, form: str, tmp_path: Path) -> None:
    column, value = VALUES[name]
    bad = spelt(GOOD[1]) | {column: value}
    good = spelt(GOOD[0]) | {column: None}
    path = tmp_path / f"log.{form}"
    if form == "jsonl":
        # json.loads itself refuses integers of more than 4,300 digits.
        path.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n")
    else:
        names = list(good)
        cells = [",".join(str(row.get(n) or "") for n in names) for row in (good, bad)]
        path.write_text("\n".join([",".join(names), *cells]) + "\n")

    refused(path, f"row 2, column {column}: not a value of a field of type")


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("template", [1, -1], pa.int64()),
        ("quality", [0.5, float("nan")], pa.float64()),
        ("quality", [0.5, float("-inf")], pa.float64()),
        ("clock", ["a", ""], pa.string()),
        ("clock", ["a", "x" * 201], pa.dictionary(pa.int32(), pa.string())),
        ("clock", ["a", "a\0b"], pa.string()),
        ("received", [0, 2**62], pa.timestamp("us", "UTC")),
        ("received", [0, -(2**60)], pa.timestamp("us", "UTC")),
        ("template", [1, 2**63], pa.uint64()),
    ],
)
def test_the_same_values_in_parquet(
    column: str, values: list[Any], kind: pa.DataType, tmp_path: Path
) -> None:
    good = table([event(1, "alert.raised"), event(2, "alert.raised", at=1)])
    as_numbers = pa.types.is_timestamp(kind)
    plain = pa.array(values, pa.int64()).cast(kind) if as_numbers else pa.array(values, kind)
    path = tmp_path / "log.parquet"
    drop = [n for n in good.column_names if n != column]
    pq.write_table(good.select(drop).append_column(column, plain), path)

    refused(path, f"row 2, column {column}: not a value of a field of type")


@pytest.mark.parametrize(
    ("column", "array", "words"),
    [
        ("template", pa.array([[1], [2]]), "nested value"),
        ("template", pa.array([1.0, 2.0]), "type id"),
        ("quality", pa.array([True, False]), "type number"),
        ("clock", pa.array([1, 2]), "type text"),
        ("clock", pa.array([b"a", b"b"]), "type text"),
        ("received", pa.array([1, 2], pa.timestamp("us")), "time_zone"),
        ("received", pa.array([1, 2]), "time_unit"),
    ],
)
def test_columns_of_another_type(column: str, array: pa.Array, words: str, tmp_path: Path) -> None:
    good = table([event(1, "alert.raised"), event(2, "alert.raised", at=1)])
    path = tmp_path / "log.parquet"
    drop = [n for n in good.column_names if n != column]
    pq.write_table(good.select(drop).append_column(column, array), path)

    refused(path, f"row 1, column {column}: .*{words}")


@pytest.mark.parametrize("name", ["event", "time", "kind"])
def test_what_every_event_needs(name: str, tmp_path: Path) -> None:
    rows = [dict(GOOD[0]), dict(GOOD[1])]
    rows[1][name] = None
    refused(
        write_parquet(tmp_path / "log.parquet", rows), f"row 2, column {name}: a value is missing"
    )
    (tmp_path / "log.jsonl").write_text(
        json_lines([{k: v for k, v in GOOD[0].items() if k != name}])
    )
    refused(tmp_path / "log.jsonl", f"no column for the field {name}")


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "the file is empty"),
    "gzip": (lambda: b"\x1f\x8b" + b"\0" * 99, "gzip is not unpacked"),
    "zip": (lambda: b"PK\3\4" + b"\0" * 99, "zip is not unpacked"),
    "noise": (lambda: bytes(range(256)) * 40, "no known form of log"),
    "parquet of a magic number": (lambda: b"PAR1", "cannot be read"),
    "parquet of noise": (lambda: b"PAR1" + b"\xff" * 500 + b"PAR1", "cannot be read"),
    "arrow of noise": (lambda: b"ARROW1\0\0" + b"\xff" * 500, "cannot be read"),
    "arrow stream of noise": (lambda: b"\xff" * 500, "cannot be read|claims"),
    "sqlite of noise": (lambda: b"SQLite format 3\0" + b"\xff" * 500, "database cannot be read"),
    "json of an array": (lambda: b"[{}]", "JSON array is not read"),
    "json bomb": (
        lambda: b'{"event": ' + b"[" * 60_000 + b"]",
        "row 1: not JSON in UTF-8|nested",
    ),
    "json bomb of objects": (lambda: b'{"a":' * 10_000, "row 1: not JSON"),
    "ocel bomb": (lambda: b'{"events": ' + b"[" * 1_000_000, "not JSON in UTF-8"),
    "a json line of megabytes": (
        lambda: b'{"clock": "' + b"x" * 3_000_000,
        "row 1: the line is too long; allowed: at most 65536 bytes",
    ),
    "a json key twice": (lambda: b'{"event": 1, "event": 2}', "a key stands twice; got 'event'"),
    "a nested json value": (lambda: b'{"event": {"a": 1}}', "row 1, column event: a nested value"),
    "json that ends": (lambda: json_lines(GOOD).encode()[:-9], "row 2: not JSON"),
    "json of 2,000 keys": (
        lambda: json.dumps({f"k{i}": 1 for i in range(2_000)}).encode(),
        "too many columns",
    ),
    "json not in utf-8": (lambda: b'{"event": 1, "clock": "\xff"}', "not JSON in UTF-8"),
    "a json number": (
        lambda: json_lines(GOOD).encode() + b"5\n",
        "row 3: the line is no JSON object",
    ),
    "a csv heading of megabytes": (lambda: b"a," * 2_000_000, "heading line is too long"),
    "csv of 2,000 columns": (
        lambda: ",".join(f"c{i}" for i in range(2_000)).encode() + b"\n",
        "too many columns",
    ),
    "csv with a column twice": (
        lambda: b"event,time,kind,kind\n",
        "column kind: two columns have one name",
    ),
    "csv with a cell too many": (
        lambda: csv_text(GOOD).encode() + b"9,9,9,9,9,9,9\n",
        "row 3: a row has another number of fields.*got '7 fields'; allowed: 5 fields",
    ),
    "csv not in utf-8": (lambda: csv_text(GOOD).encode() + b"\xff,,,,\n", "cannot be read"),
    "a csv row of megabytes": (
        lambda: csv_text(GOOD).encode() + b'"' + b"x" * 9_000_000 + b'",,,,\n',
        "cannot be read",
    ),
    "csv without a kind": (
        lambda: b"event,time\n1,2026-01-01T00:00:00Z\n",
        "no column for the field kind",
    ),
    "csv with a nul": (lambda: csv_text(GOOD).encode() + b"3\0,,,,\n", "no known form"),
    "ocel without events": (lambda: b'{"events": [], "objects": []}', "not OCEL 2.0"),
    "ocel with an object nobody knows": (
        lambda: json.dumps(
            {
                "eventTypes": [{"name": "alert.raised", "attributes": []}],
                "objectTypes": [],
                "events": [
                    {
                        "id": "1",
                        "type": "alert.raised",
                        "time": "2026-01-01T00:00:00Z",
                        "relationships": [{"objectId": "x", "qualifier": "alert"}],
                    }
                ],
                "objects": [],
            }
        ).encode(),
        "no such object; got 'x'",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_log(name: str, tmp_path: Path) -> None:
    content, words = FILES[name]
    path = tmp_path / "log"
    path.write_bytes(content())

    refused(path, words)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_parquet_cut_off(share: float, tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "log.parquet", GOOD)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])

    refused(path, "cannot be read")


def test_parquet_that_claims_more_rows_than_it_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    nothing = pa.table({"event": pa.nulls(4_000_000, pa.int64())})
    pq.write_table(
        nothing, path, row_group_size=4_000_000, max_rows_per_page=4_000_000, write_batch_size=10**6
    )

    refused(path, "claims more rows than its size can hold")


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    refused(tmp_path / "absent", "cannot be opened: No such file")
    refused(Path("/dev/null"), "not a regular file")
    (tmp_path / "folder").mkdir()
    refused(tmp_path / "folder", "no parts in the directory")


def test_a_sqlite_view_is_not_executed(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE VIEW event AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS ocel_id, 'a' AS ocel_type FROM n"
        )
    db.close()

    refused(path, "no ordinary table of this name; got 'event'")


def test_sql_in_every_text_field_is_text(tmp_path: Path) -> None:
    rows = [created(1, clock=SQL, group=SQL), event(2, SQL, at=1, clock=SQL, reason=SQL)]
    path = write_parquet(tmp_path / "log.parquet", [*rows, *rows])

    with open_log(path) as log:
        assert list(log.rows()) == [rows[0]]
        assert [p.count for p in log.problems if p.kind == "duplicate"] == [2]
        assert any(SQL in p.sentence for p in log.problems if p.kind == "unknown kind")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "too long"),
        ('{"schema": "probity/events/9"}', "another schema"),
        ('{"schema": "probity/events/1", "x": 1}', "unknown key"),
        (
            '{"schema": "probity/events/1", "system": "s", "kinds": [], "from_us": 5, "to_us": 4}',
            "ends before it begins",
        ),
        (
            '{"schema": "probity/events/1", "system": "s", "kinds": [], "from_us": true}',
            "from_us",
        ),
        (
            '{"schema": "probity/events/1", "system": "s", "kinds": [7], "from_us": 3, "to_us": 4}',
            "kinds",
        ),
    ],
)
def test_headers_that_cannot_be_believed(header: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    pq.write_table(table(GOOD).replace_schema_metadata({"probity:events": header}), path)

    refused(path, words)


def test_the_span_ends_where_it_says(tmp_path: Path) -> None:
    rows = [event(1, "alert.raised", received=-2_208_988_800_000_000)]
    rows += [event(2, "alert.raised", at=1, received=7_258_118_399_999_999)]

    with open_log(write_parquet(tmp_path / "log.parquet", rows)) as log:
        assert [row["received"] for row in log.rows()] == [row["received"] for row in rows]
    assert START > 0
