"""A log says the same in every form; and no bytes whatever make the reader crash."""

import contextlib
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_logs import START, csv_text, json_lines, write_parquet
from probity.audit.log import open_log
from probity.audit.log.limits import END_TIME_US, FIRST_TIME_US
from probity.audit.log.ocel_json import write_ocel_json
from probity.audit.log.ocel_sqlite import write_ocel_sqlite
from probity.core import InputError
from probity.core.event import FIELDS, KINDS

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(0, 2**63 - 1),
    "text": st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=200),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "time": st.integers(FIRST_TIME_US, END_TIME_US - 1),
}


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events of any kinds, with any of their fields, in the order of their times."""
    numbers = draw(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=6, unique=True))
    times = sorted(draw(st.integers(START, START + 10**7)) for _ in numbers)
    rows = []
    for number, moment in zip(sorted(numbers), times, strict=True):
        kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
        chosen = {*kind.required, *draw(st.sets(st.sampled_from([*kind.fields, "clock"])))}
        fields = {name: draw(VALUES[FIELDS[name].type]) for name in FIELDS if name in chosen}
        rows.append({"event": number, "time": moment, "kind": kind.name, **fields})
    return rows


def read(path: Path) -> list[dict[str, Any]]:
    with open_log(path) as log:
        return list(log.rows())


@pytest.mark.parametrize("form", ["parquet", "jsonl", "csv", "ocel json", "ocel sqlite"])
@given(rows=logs())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_round_trip(form: str, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    path, parquet = tmp_path / "log", write_parquet(tmp_path / "log.parquet", rows)
    path.unlink(missing_ok=True)
    if form == "jsonl":
        path.write_text(json_lines(rows), encoding="utf-8")
    elif form == "csv":
        path.write_text(csv_text(rows), encoding="utf-8", newline="")
    elif form == "parquet":
        path = parquet
    else:
        with open_log(parquet) as log:
            (write_ocel_json if form == "ocel json" else write_ocel_sqlite)(log, path)

    found = read(path)

    if form == "ocel sqlite":
        # A database has no order: events of one time come by their number as text.
        found.sort(key=lambda row: row["event"])
    assert found == rows


STARTS = [b"", b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff", b"SQLite format 3\0", b'{"event": ',
          b'{"events": [', b"event,time,kind\n"]  # fmt: skip


@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bytes_never_become_events(start: bytes, rest: bytes, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(start + rest)
    # A heading line with nothing below it is a log without events.
    with contextlib.suppress(InputError):
        assert read(path) == []


@cache
def whole(form: str) -> bytes:
    """The same fifty events in any form."""
    rows = [
        {"event": n, "time": START + n, "kind": "template.created", "template": n, "deployment": 1}
        for n in range(50)
    ]
    if form in ("jsonl", "csv"):
        return (json_lines if form == "jsonl" else csv_text)(rows).encode()
    with tempfile.TemporaryDirectory() as made:
        parquet, path = write_parquet(Path(made) / "log.parquet", rows), Path(made) / "log"
        if form == "parquet":
            return parquet.read_bytes()
        with open_log(parquet) as log:
            (write_ocel_json if form == "ocel json" else write_ocel_sqlite)(log, path)
        return path.read_bytes()


FORMS = ["parquet", "jsonl", "csv", "ocel json", "ocel sqlite"]


@pytest.mark.parametrize("form", FORMS)
@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_wrong_byte_never_crashes(form: str, at: float, byte: int, tmp_path: Path) -> None:
    path = tmp_path / "log"
    content = bytearray(whole(form))
    content[int(at * len(content))] = byte
    path.write_bytes(content)

    with contextlib.suppress(InputError):
        read(path)
