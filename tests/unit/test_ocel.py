"""OCEL 2.0: what process-mining tools read, and what they write."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from event_logs import START, created, event, write_parquet
from probity.audit.log import open_log
from probity.audit.log.ocel_json import write_ocel_json
from probity.audit.log.ocel_sqlite import write_ocel_sqlite
from probity.core import InputError
from probity.core.event_columns import LogHeader

ROWS = [
    created(1, clock="server", received=START + 5),
    event(2, "alert.raised", at=1.000001, alert=4, deployment=1, template=7, score=0.625),
    event(3, "engagement.end", at=2, engagement=5, leaflet=False, force_used=True),
]
HEADER = LogHeader(
    "s", ("template.created", "alert.raised", "alert.deleted", "engagement.end"), START, START + 9
)

_NAMED = {
    "type": "object",
    "required": ["name", "attributes"],
    "properties": {
        "name": {"type": "string"},
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "name": {"type": "string"},
                    "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
                },
            },
        },
    },
}
_RELATED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "properties": {
        "eventTypes": {"type": "array", "items": _NAMED},
        "objectTypes": {"type": "array", "items": _NAMED},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "time": {"type": "string", "format": "date-time"},
                    "attributes": {
                        "type": "array",
                        "items": {"type": "object", "required": ["name", "value"]},
                    },
                    "relationships": _RELATED,
                },
            },
        },
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "relationships": _RELATED,
                },
            },
        },
    },
}
"""The parts of the JSON form that the specification of OCEL 2.0 requires."""


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "log.parquet", ROWS, HEADER)


def test_json_is_as_the_specification_has_it(parquet: Path, tmp_path: Path) -> None:
    with open_log(parquet) as log:
        write_ocel_json(log, tmp_path / "o.json")
    document = json.loads((tmp_path / "o.json").read_text())

    jsonschema.validate(document, SCHEMA)
    kinds = {kind["name"]: kind["attributes"] for kind in document["eventTypes"]}
    assert set(kinds) == set(HEADER.kinds)
    assert kinds["alert.raised"] == [{"name": "score", "type": "float"}]
    ids = [thing["id"] for thing in document["events"] + document["objects"]]
    assert len(ids) == len(set(ids))
    related = {one["objectId"] for e in document["events"] for one in e["relationships"]}
    assert related == {thing["id"] for thing in document["objects"]}
    assert related == {"template:7", "deployment:1", "alert:4", "engagement:5"}
    assert {thing["type"] for thing in document["objects"]} == {
        kind["name"] for kind in document["objectTypes"]
    }


def test_sqlite_is_as_the_specification_has_it(parquet: Path, tmp_path: Path) -> None:
    with open_log(parquet) as log:
        write_ocel_sqlite(log, tmp_path / "o.sqlite")

    with closing(sqlite3.connect(tmp_path / "o.sqlite")) as db:
        tables = {
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%'"
            )
        }
        assert tables >= {"event", "object", "event_object", "object_object"}
        maps = dict(db.execute("SELECT ocel_type, ocel_type_map FROM event_map_type"))
        assert set(maps) == set(HEADER.kinds)
        for kind, mapped in maps.items():
            own = set(db.execute(f'SELECT ocel_id FROM "event_{mapped}"'))  # noqa: S608
            assert own == set(db.execute("SELECT ocel_id FROM event WHERE ocel_type = ?", (kind,)))
        for kind, mapped in db.execute("SELECT ocel_type, ocel_type_map FROM object_map_type"):
            own = set(db.execute(f'SELECT ocel_id FROM "object_{mapped}"'))  # noqa: S608
            assert own == set(db.execute("SELECT ocel_id FROM object WHERE ocel_type = ?", (kind,)))
        loose = db.execute(
            "SELECT count(*) FROM event_object WHERE ocel_event_id NOT IN (SELECT ocel_id FROM "
            "event) OR ocel_object_id NOT IN (SELECT ocel_id FROM object)"
        )
        assert loose.fetchone() == (0,)


@pytest.mark.parametrize("form", ["json", "sqlite"])
def test_there_and_back(form: str, parquet: Path, tmp_path: Path) -> None:
    path = tmp_path / f"o.{form}"
    with open_log(parquet) as log:
        (write_ocel_json if form == "json" else write_ocel_sqlite)(log, path)

    with open_log(path) as log:
        assert list(log.rows()) == ROWS
        assert log.problems == ()
        assert set(log.recorded) == set(HEADER.kinds)


def spec_example(path: Path) -> None:
    """An order as in the specification's own example: text ids, a local time, one object."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            'CREATE TABLE event ("ocel_id" TEXT, "ocel_type" TEXT);'
            "INSERT INTO event VALUES ('e1', 'Raise Alert');"
            'CREATE TABLE event_object ("ocel_event_id" TEXT, "ocel_object_id" TEXT,'
            ' "ocel_qualifier" TEXT);'
            "INSERT INTO event_object VALUES ('e1', 'o1', 'about');"
            'CREATE TABLE object ("ocel_id" TEXT, "ocel_type" TEXT);'
            "INSERT INTO object VALUES ('o1', 'Alert');"
            'CREATE TABLE "event_RaiseAlert" ("ocel_id" TEXT, "ocel_time" TEXT, "the score" REAL,'
            ' "quick" BOOLEAN);'
            "INSERT INTO event_RaiseAlert VALUES ('e1', '2026-01-01 00:00:00', 0.5, 1);"
            'CREATE TABLE event_map_type ("ocel_type" TEXT, "ocel_type_map" TEXT);'
            "INSERT INTO event_map_type VALUES ('Raise Alert', 'RaiseAlert');"
        )
        db.commit()


def test_another_tools_log_is_read_with_a_mapping(tmp_path: Path) -> None:
    spec_example(tmp_path / "o.sqlite")
    (tmp_path / "m.toml").write_text(
        'ids = "text"\nevent_numbers = "rows"\ntime_zone = "UTC"\n'
        '[columns]\nAlert = "alert"\n"the score" = "score"\nquick = "urgent"\n'
        '[kinds]\n"Raise Alert" = "alert.raised"\n'
    )

    with open_log(tmp_path / "o.sqlite", mapping=tmp_path / "m.toml") as log:
        (row,) = log.rows()
        assert (row["event"], row["time"], row["score"], row["urgent"]) == (1, START, 0.5, True)
        assert row["alert"] > 0
        assert log.recorded == ("alert.raised",)


def test_without_a_mapping_its_text_ids_are_refused(tmp_path: Path) -> None:
    spec_example(tmp_path / "o.sqlite")

    with pytest.raises(InputError, match="row 1, column event"), open_log(tmp_path / "o.sqlite"):
        pass


def test_two_objects_for_one_field(parquet: Path, tmp_path: Path) -> None:
    with open_log(parquet) as log:
        write_ocel_json(log, tmp_path / "o.json")
    document = json.loads((tmp_path / "o.json").read_text())
    document["objects"].append({"id": "template:8", "type": "template"})
    document["events"][0]["relationships"].append(
        {"objectId": "template:8", "qualifier": "template"}
    )
    (tmp_path / "o.json").write_text(json.dumps(document))

    with (
        pytest.raises(InputError, match=r"row 1, column template: .*two"),
        open_log(tmp_path / "o.json"),
    ):
        pass
