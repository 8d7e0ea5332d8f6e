"""Parts of a log put together, and the file they make."""

import os

import numpy as np
import pyarrow.parquet as pq
import pytest

from probity.core.event import KINDS
from probity.core.event_columns import LogHeader, arrow_schema, header_text
from probity.twin.event_part import Part, Words, rows
from probity.twin.event_writer import log_schema, write_log

HEADER = LogHeader("twin", ("face.seen", "engagement.end", "alert.adjudicated"), 0, 100)


def part(kind, times, clock="cameras", **fields):
    return Part(kind, np.array(times), clock, fields)


def three_parts():
    return [
        part("face.seen", [10, 30], deployment=7, template=np.array([71, 72])),
        part("engagement.end", [20], "officers", engagement=5, leaflet=np.array([True])),
        part(
            "alert.adjudicated",
            [15, 30],
            "officers",
            alert=np.array([1, 2]),
            decision=Words(np.array([1, 0]), ("accept", "reject")),
            role="operator",
        ),
    ]


def test_events_are_in_the_order_of_time_and_those_of_one_instant_in_that_of_their_parts():
    table = rows(three_parts(), schema=log_schema(HEADER), first_event=100)
    assert table["event"].to_pylist() == [100, 101, 102, 103, 104]
    assert table["time"].cast("int64").to_pylist() == [10, 15, 20, 30, 30]
    assert table["kind"].to_pylist() == [
        "face.seen",
        "alert.adjudicated",
        "engagement.end",
        "face.seen",
        "alert.adjudicated",
    ]


def test_each_event_has_its_own_fields_and_no_others():
    table = rows(three_parts(), schema=log_schema(HEADER), first_event=0)
    said = [{k: v for k, v in row.items() if v is not None} for row in table.to_pylist()]
    for row in said:
        del row["time"], row["event"]
    assert said == [
        {"kind": "face.seen", "clock": "cameras", "deployment": 7, "template": 71},
        {
            "kind": "alert.adjudicated",
            "clock": "officers",
            "alert": 1,
            "decision": "reject",
            "role": "operator",
        },
        {"kind": "engagement.end", "clock": "officers", "engagement": 5, "leaflet": True},
        {"kind": "face.seen", "clock": "cameras", "deployment": 7, "template": 72},
        {
            "kind": "alert.adjudicated",
            "clock": "officers",
            "alert": 2,
            "decision": "accept",
            "role": "operator",
        },
    ]


def test_columns_are_those_of_the_schema_of_event_logs():
    fields = {name for kind in HEADER.kinds for name in KINDS[kind].fields}
    table = rows(three_parts(), schema=log_schema(HEADER), first_event=0)
    assert table.schema.equals(arrow_schema(fields, HEADER), check_metadata=True)
    table.validate(full=True)


def test_a_log_without_events_has_the_columns(tmp_path):
    assert write_log(tmp_path / "events.parquet", [[], []], header=HEADER) == 0
    table = pq.read_table(tmp_path / "events.parquet")
    assert len(table) == 0
    assert header_text(table.schema) == header_text(log_schema(HEADER))


def test_what_is_written_is_what_was_put_together(tmp_path):
    path = tmp_path / "events.parquet"
    assert write_log(path, [three_parts(), three_parts()[:1]], header=HEADER) == 7
    table = pq.read_table(path)
    one = rows(three_parts(), schema=log_schema(HEADER), first_event=0)
    other = rows(three_parts()[:1], schema=log_schema(HEADER), first_event=5)
    assert table.to_pylist() == one.to_pylist() + other.to_pylist()
    assert table.schema.equals(log_schema(HEADER))
    assert os.listdir(tmp_path) == ["events.parquet"]


def test_a_log_that_fails_midway_leaves_the_old_one(tmp_path):
    path = tmp_path / "events.parquet"
    path.write_bytes(b"old")

    def deployments():
        yield three_parts()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_log(path, deployments(), header=HEADER)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["events.parquet"]


def test_an_event_of_a_kind_that_the_log_does_not_name_is_refused(tmp_path):
    parts = [part("template.deleted", [1], template=1)]
    with pytest.raises(ValueError, match=r"template\.deleted"):
        write_log(tmp_path / "events.parquet", [parts], header=HEADER)
    assert os.listdir(tmp_path) == []


def test_a_part_has_the_fields_of_its_kind():
    with pytest.raises(ValueError, match="score"):
        part("face.seen", [1], deployment=1, template=2, score=0.9)
    with pytest.raises(ValueError, match="template"):
        part("face.seen", [1], deployment=1)
