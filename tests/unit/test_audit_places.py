"""Findings are told by event number, whether numbers are read or follow from where a row stands."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from event_logs import START, created, deleted, table
from probity.audit.engine import duckdb_log, run
from probity.audit.log import open_log
from probity.audit.reference import judge
from probity.core import InputError
from rule_tables import rule_of

RULE = rule_of("template.created(template: t)", "EVENTUALLY[0, 1 s] template.deleted(template: t)")
COLUMNS = ("event", "time", "kind", "template", "deployment")
TO_US = START + 10**9


def in_parts(rows: list[dict], folder: Path) -> list[Path]:
    """Two files, each of several row groups."""
    paths = [folder / "part 1.parquet", folder / "part 2.parquet"]
    for path, some in zip(paths, (rows[:7], rows[7:]), strict=True):
        pq.write_table(table(some), path, row_group_size=3)
    return paths


@pytest.mark.parametrize("share", [0.0, 1.0], ids=["where it lies", "copied"])
@pytest.mark.parametrize("step", [1, 3, -1], ids=["next", "gaps", "descending"])
def test_numbers_of_rows_in_several_files(step, share, tmp_path, monkeypatch):
    monkeypatch.setattr(duckdb_log, "BULK_SHARE", share)
    rows = [created(500 + step * n, at=n, template=n) for n in range(16)]
    rows += [deleted(500 + step * (16 + n), at=n + 0.5, template=n) for n in range(0, 16, 3)]
    paths = in_parts(rows, tmp_path)
    expected = judge([RULE], rows, to_us=TO_US)
    assert expected[0].breached.size == 10
    assert run([RULE], parquet=paths, columns=COLUMNS, to_us=TO_US, threads=1) == expected
    if step == 1:
        told = {"first_event": 500, "threads": 1}
        assert run([RULE], parquet=paths, columns=COLUMNS, to_us=TO_US, **told) == expected


@pytest.mark.parametrize(
    ("numbers", "first"), [([4, 5, 6], 4), ([4, 6, 7], None), ([5, 4, 6], None)]
)
def test_the_reader_says_whether_numbers_follow_from_their_rows(numbers, first, tmp_path):
    path = tmp_path / "log.parquet"
    rows = [created(number, at=n) for n, number in enumerate(numbers)]
    pq.write_table(table(rows), path)
    with open_log(path) as log:
        assert log.first_event == first


def test_wrong_limits_stated_by_a_file_are_an_error_and_no_silence(tmp_path, monkeypatch):
    """Statistics are the file's own word. Ids outside of them are not passed over."""
    monkeypatch.setattr(duckdb_log, "BULK_SHARE", 0.0)
    rows = [created(n, at=n, template=1_000 + n) for n in range(50)]
    rows += [deleted(n + 50, at=n, template=1_000 + n) for n in range(50)]
    path = tmp_path / "log.parquet"
    pq.write_table(table(rows), path)
    content = path.read_bytes()
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    highest = (1_049).to_bytes(8, "little")
    assert content.count(highest, footer)
    lower = content[footer:].replace(highest, (1_003).to_bytes(8, "little"))
    path.write_bytes(content[:footer] + lower)
    with pytest.raises(InputError, match="states wrong limits"):
        run([RULE], parquet=path, columns=COLUMNS, to_us=TO_US, threads=1)


def test_size_statistics_that_contradict_their_type_do_not_end_the_process(tmp_path, monkeypatch):
    """pyarrow has no exception for them: it takes the process down."""
    monkeypatch.setattr(duckdb_log, "BULK_SHARE", 0.0)
    rows = [created(n, at=n, template=n) for n in range(100)]
    path = tmp_path / "log.parquet"
    pq.write_table(table(rows), path)
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    two_levels, one_level = b"\x26\x00\xc8\x01", b"\x16\xc8\x01"
    assert content.count(two_levels, len(content) - 8 - length)
    before, after = content[:-8].rsplit(two_levels, 1)
    path.write_bytes(before + one_level + after + (length - 1).to_bytes(4, "little") + b"PAR1")
    (found,) = run([RULE], parquet=path, columns=COLUMNS, to_us=TO_US, threads=1)
    assert len(found.breached) == 100


def test_damage_that_only_the_audit_meets_is_one_message(tmp_path):
    rows = [created(n, at=n, template=n * 7_919 % 1_009) for n in range(100)]
    path = tmp_path / "log.parquet"
    pq.write_table(table(rows), path, compression="zstd", use_dictionary=False)
    content = bytearray(path.read_bytes())
    length = int.from_bytes(content[-8:-4], "little")
    for at in range(4, len(content) - 8 - length):
        content[at] = 0
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="the file cannot be read"):
        run([RULE], parquet=path, columns=COLUMNS, to_us=TO_US, threads=1)


def test_a_log_without_the_column_of_the_ids(tmp_path, monkeypatch):
    monkeypatch.setattr(duckdb_log, "BULK_SHARE", 0.0)
    rows = [created(1), deleted(2, at=0.5)]
    path = tmp_path / "log.parquet"
    pq.write_table(table(rows).drop_columns(["template"]), path)
    columns = [name for name in COLUMNS if name != "template"]
    (found,) = run([RULE], parquet=path, columns=columns, to_us=TO_US, threads=1)
    assert found.breached.tolist() == [1]
