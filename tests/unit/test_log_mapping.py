"""A mapping file reads an operator's log by the operator's own names, and nothing loosely."""

from pathlib import Path

import pytest

from probity.audit.log import open_log
from probity.audit.log.columns import id_of_text
from probity.audit.log.mapping_file import load_mapping
from probity.core import InputError

JULY_LOCAL = 1_782_864_000_000_000
"""2026-07-01T01:00:00 in London, which is 00:00:00 UTC; microseconds since 1970."""


def rows(tmp_path: Path, log: str, mapping: str) -> list[dict]:
    (tmp_path / "log.csv").write_text(log)
    (tmp_path / "mapping.toml").write_text(mapping)
    with open_log(tmp_path / "log.csv", mapping=tmp_path / "mapping.toml") as opened:
        return list(opened.rows())


def test_columns_kinds_values_and_constants(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        "No,When,What,Alert No,Decided,Note,Quick\n"
        "1,2026-07-01T00:00:00Z,ALERT_DECIDED,12,Y,secret,1\n"
        "2,2026-07-01T00:00:01Z,ALERT_DECIDED,13,N/A,secret,0\n",
        'missing = ["N/A"]\n'
        "[columns]\n"
        'No = "event"\nWhen = "time"\nWhat = "kind"\n"Alert No" = "alert"\nDecided = "decision"\n'
        'Note = "ignored"\nQuick = "urgent"\n'
        "[kinds]\nALERT_DECIDED = 'alert.adjudicated'\n"
        "[values.decision]\nY = 'accept'\n[values.urgent]\n1 = 'true'\n0 = 'false'\n"
        "[constant]\nforce = 'Anytown'\n",
    )

    shared = {"kind": "alert.adjudicated", "force": "Anytown"}
    assert found == [
        shared
        | {"event": 1, "time": JULY_LOCAL, "alert": 12, "decision": "accept", "urgent": True},
        shared | {"event": 2, "time": JULY_LOCAL + 10**6, "alert": 13, "urgent": False},
    ]


@pytest.mark.parametrize(
    ("written", "mapping"),
    [
        ("2026-07-01T01:00:00", 'time_zone = "Europe/London"'),
        ("01/07/2026 01:00:00", 'time_zone = "Europe/London"\ntime_format = "%d/%m/%Y %H:%M:%S"'),
        ("20260701 02:00 +0200", 'time_format = "%Y%m%d %H:%M %z"'),
        ("1782864000", 'time_unit = "s"'),
        ("1782864000000", 'time_unit = "ms"'),
        ("1782864000000000999", 'time_unit = "ns"'),
        ("2026-07-01T02:00:00+02:00", "# nothing"),
        ("2026-07-01 00:00:00.000000900Z", "# nothing"),
    ],
)
def test_times(written: str, mapping: str, tmp_path: Path) -> None:
    found = rows(tmp_path, f"event,time,kind\n1,{written},media.deleted\n", mapping)

    assert found[0]["time"] == JULY_LOCAL


@pytest.mark.parametrize(
    ("written", "ambiguous", "seconds"),
    [
        ("2026-10-25T01:30:00", "earliest", 1_792_888_200),
        ("2026-10-25T01:30:00", "latest", 1_792_891_800),
        ("2026-10-25T01:30:00", "refused", None),
        ("2026-03-29T01:30:00", "earliest", None),
    ],
)
def test_hours_that_are_there_twice_or_not_at_all(
    written: str, ambiguous: str, seconds: int | None, tmp_path: Path
) -> None:
    log = f"event,time,kind\n1,{written},media.deleted\n"
    mapping = f'time_zone = "Europe/London"\nambiguous = "{ambiguous}"\n'
    if seconds is None:
        with pytest.raises(InputError, match="row 1, column time"):
            rows(tmp_path, log, mapping)
    else:
        assert rows(tmp_path, log, mapping)[0]["time"] == seconds * 10**6


def test_ids_that_are_texts_and_rows_that_number_events(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        "time,kind,alert,template\n"
        "2026-07-01T00:00:00Z,alert.raised,a-1,T9\n2026-07-01T00:00:00Z,alert.deleted,a-1,\n",
        'ids = "text"\nevent_numbers = "rows"\n',
    )

    assert [row["event"] for row in found] == [1, 2]
    assert found[0]["alert"] == found[1]["alert"] == id_of_text("a-1")
    assert 0 <= id_of_text("a-1") < 2**63
    assert found[0]["template"] != found[0]["alert"]


def test_what_the_log_records_may_be_stated(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("event,time,kind\n1,2026-07-01T00:00:00Z,media.deleted\n")
    (tmp_path / "mapping.toml").write_text(
        "[log]\nsystem = 'v'\nkinds = ['media.written', 'media.deleted']\n"
        "from = 2026-06-01T00:00:00Z\nto = 2026-08-01T00:00:00Z\n"
    )
    with open_log(tmp_path / "log.csv", mapping=tmp_path / "mapping.toml") as log:
        assert log.recorded == ("media.written", "media.deleted")
        assert log.declared
        assert log.from_us is not None
        assert log.from_us < JULY_LOCAL


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("x = 1", "allowed: time_zone"),
        ("[columns]\na = 'nofield'", "which is no field"),
        ("[columns]\na = 'kind'\nb = 'kind'", "two columns are mapped to 'kind'"),
        ("[kinds]\na = 'nokind'", "which is no kind of event"),
        ("[values.template]\na = '1'", "no field of text or flags"),
        ("[constant]\nkind = 'media.deleted'", "may be constant"),
        ("time_zone = 'Mars/Olympus'", "no such time zone"),
        ("time_zone = '../../etc/passwd'", "no such time zone"),
        ("time_unit = 'fortnight'", "time_unit"),
        ("[log]\nkinds = ['nokind']", "no such kind"),
        ("[log]\nfrom = 2026-06-01T00:00:00Z", "stated together"),
        ("[log]\nfrom = 2026-06-01T00:00:00\nto = 2026-07-01T00:00:00", "need an offset"),
        ("a = " + "[" * 5_000, "line too long"),
        ("a." * 20_000, "line too long"),
        ("a = \xff", "not"),
    ],
)
def test_mappings_that_are_refused(mapping: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(mapping.encode("latin-1"))

    with pytest.raises(InputError, match=words) as caught:
        load_mapping(path)
    assert "\n" not in str(caught.value)


def test_a_column_for_a_constant_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two columns for the field force"):
        rows(
            tmp_path,
            "event,time,kind,force\n1,2026-07-01T00:00:00Z,media.deleted,A\n",
            "[constant]\nforce = 'B'",
        )
