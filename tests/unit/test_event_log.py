"""A log is opened, counted and checked before any rule runs."""

import dataclasses
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from event_logs import START, created, csv_text, deleted, event, json_lines, table, write_parquet
from probity.audit.log import EventLog, LogProblem, ProblemKind, open_log
from probity.core import InputError
from probity.core.event_columns import LogHeader

HEADER = LogHeader(
    "twin 1", ("template.created", "template.deleted", "alert.raised"), START, START + 10**12
)
GOOD = [
    created(1, at=0),
    created(2, at=1, template=8),
    deleted(3, at=2),
    deleted(4, at=3, template=8),
]


def problems(path: Path, rows: list, header: LogHeader | None = None) -> dict[str, LogProblem]:
    with open_log(write_parquet(path / "log.parquet", rows, header)) as log:
        found = {problem.kind.value: problem for problem in log.problems}
        assert len(found) == len(log.problems)
        return found


def test_parquet_in_our_types_is_used_where_it_lies(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "log.parquet", GOOD, HEADER)

    with open_log(path) as log:
        assert log.path == path
        assert log.problems == ()
        assert log.counts == {"template.created": 2, "template.deleted": 2}
        assert log.events == 4
        assert (log.system, log.declared) == ("twin 1", True)
        assert log.recorded == ("template.created", "template.deleted", "alert.raised")
        assert (log.from_us, log.to_us) == (HEADER.from_us, HEADER.to_us)
        assert list(log.rows()) == GOOD


def test_a_log_without_a_header_records_what_is_there(tmp_path: Path) -> None:
    with open_log(write_parquet(tmp_path / "log.parquet", GOOD)) as log:
        assert not log.declared
        assert log.recorded == ("template.created", "template.deleted")
        assert (log.from_us, log.to_us) == (START, START + 3_000_000)


def test_a_log_is_frozen(tmp_path: Path) -> None:
    with (
        open_log(write_parquet(tmp_path / "log.parquet", GOOD)) as log,
        pytest.raises(dataclasses.FrozenInstanceError),
    ):
        log.system = "another"  # type: ignore[misc]


def test_parts_are_one_log_in_the_order_of_their_names(tmp_path: Path) -> None:
    write_parquet(tmp_path / "b.parquet", [*GOOD[2:], created(5, at=9)], HEADER)
    write_parquet(tmp_path / "a.parquet", GOOD[:2], HEADER)

    with open_log(tmp_path) as log:
        assert [path.name for path in log.paths] == ["a.parquet", "b.parquet"]
        assert [row["event"] for row in log.rows()] == [1, 2, 3, 4, 5]
        assert log.problems == ()


def test_the_temporary_copy_is_gone_afterwards(tmp_path: Path) -> None:
    source, work = tmp_path / "log.jsonl", tmp_path / "work"
    source.write_text(json_lines(GOOD))
    work.mkdir()

    with open_log(source, work=work) as log:
        assert work in log.paths[0].parents
        assert list(log.rows()) == GOOD

    assert list(work.iterdir()) == []


@pytest.mark.parametrize("form", ["jsonl", "csv", "arrow file", "arrow stream", "other types"])
def test_every_form_gives_the_same_rows(form: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    if form == "jsonl":
        path.write_text(json_lines(GOOD))
    elif form == "csv":
        path.write_text(csv_text(GOOD))
    elif form == "arrow file":
        feather.write_feather(table(GOOD), str(path))
    elif form == "arrow stream":
        with pa.ipc.new_stream(str(path), table(GOOD).schema) as writer:
            writer.write_table(table(GOOD))
    else:
        plain = table(GOOD).select(["event", "time", "kind", "deployment", "template"])
        plain = plain.set_column(0, "event", plain["event"].cast(pa.uint16()))
        plain = plain.set_column(1, "time", plain["time"].cast(pa.timestamp("ns", "Asia/Tokyo")))
        pq.write_table(plain.set_column(2, "kind", plain["kind"].cast(pa.large_string())), path)

    with open_log(path) as log:
        assert list(log.rows()) == GOOD
        assert log.problems == ()


def test_json_lines_may_begin_with_the_header(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    head = (
        '{"schema": "probity/events/1", "system": "s", "kinds": ["alert.raised"], '
        f'"from_us": {START}, "to_us": {START + 5}}}\n'
    )
    path.write_text(head + json_lines(GOOD[:1]))

    with open_log(path) as log:
        assert (log.recorded, log.to_us, log.events) == (("alert.raised",), START + 5, 1)


def test_repeated_rows_count_once(tmp_path: Path) -> None:
    found = problems(tmp_path, [GOOD[0], GOOD[1], GOOD[0], GOOD[0]])

    assert (found["duplicate"].count, found["duplicate"].examples) == (2, (1, 1))
    assert "conflict" not in found


def test_of_two_events_with_one_number_the_first_counts(tmp_path: Path) -> None:
    other = created(1, at=5, template=99)
    path = write_parquet(tmp_path / "log.parquet", [GOOD[0], other, GOOD[1]])

    with open_log(path) as log:
        assert list(log.rows()) == GOOD[:2]
        assert [
            (p.kind, p.count) for p in log.problems if p.kind is not ProblemKind.OUT_OF_ORDER
        ] == [(ProblemKind.CONFLICT, 1)]


def test_repeats_are_found_across_parts(tmp_path: Path) -> None:
    write_parquet(tmp_path / "1.parquet", GOOD)
    write_parquet(tmp_path / "2.parquet", [*GOOD[2:], created(5, at=9)])

    with open_log(tmp_path) as log:
        assert [row["event"] for row in log.rows()] == [1, 2, 3, 4, 5]
        assert {p.kind: p.count for p in log.problems}[ProblemKind.DUPLICATE] == 2


def test_out_of_order_says_how_far(tmp_path: Path) -> None:
    found = problems(
        tmp_path, [created(1, at=10), created(2, at=4, template=8), created(3, at=9.5, template=9)]
    )

    late = found["out of order"]
    assert (late.count, late.examples) == (2, (2, 3))
    assert "6 s" in late.sentence


def test_numbers_missing_from_a_sequence_are_lost_events(tmp_path: Path) -> None:
    rows = [created(n, at=n, template=n) for n in (10, 11, 14, 15, 17)]
    found = problems(tmp_path, rows)

    assert (found["lost events"].count, found["lost events"].examples) == (3, (12, 16))


def test_lost_events_are_found_in_any_order(tmp_path: Path) -> None:
    rows = [created(n, at=20 - n, template=n) for n in (17, 15, 14, 11, 10)]
    found = problems(tmp_path, rows)

    assert (found["lost events"].count, found["lost events"].examples) == (3, (12, 16))


def test_numbers_drawn_at_random_are_no_sequence(tmp_path: Path) -> None:
    assert problems(tmp_path, [created(5, at=0), created(10**9, at=1, template=8)]) == {}


def test_a_clock_ahead_receives_before_it_happens(tmp_path: Path) -> None:
    rows = [
        created(1, at=0, clock="camera-3", received=START - 2_500_000),
        created(2, at=1, template=8, clock="camera-3", received=START),
        created(3, at=2, template=9, clock="server", received=START + 2_000_001),
    ]
    skew = problems(tmp_path, rows)["clock skew"]

    assert (skew.count, skew.examples) == (2, (1, 2))
    assert "camera-3" in skew.sentence
    assert "2.5 s" in skew.sentence


def test_an_effect_before_its_cause_is_skew(tmp_path: Path) -> None:
    rows = [
        deleted(1, at=0.25),
        created(2, at=1),
        created(3, at=2, template=8),
        deleted(4, at=2, template=8),
    ]
    skew = problems(tmp_path, rows)["clock skew"]

    assert (skew.count, skew.examples) == (1, (1,))
    assert "template.deleted" in skew.sentence
    assert "750 ms" in skew.sentence


def test_an_effect_without_any_cause_is_for_the_rules(tmp_path: Path) -> None:
    assert problems(tmp_path, [deleted(1), created(2, at=1, template=8)]) == {}


def test_unknown_kinds_take_part_in_nothing(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "log.parquet", [*GOOD, event(5, "teleported", at=9)])

    with open_log(path) as log:
        assert log.events == 4
        assert list(log.rows()) == GOOD
        (problem,) = log.problems
        assert (problem.kind, problem.count, problem.examples) == (
            ProblemKind.UNKNOWN_KIND,
            1,
            (5,),
        )


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    odd = table(GOOD).append_column("shoe_size", pa.array([1, 2, 3, 4]))
    pq.write_table(odd, tmp_path / "log.parquet")

    with open_log(tmp_path / "log.parquet") as log:
        assert "shoe_size" not in log.columns
        assert "shoe_size" in log.problems[0].sentence


def test_required_fields_are_missed_by_kind(tmp_path: Path) -> None:
    rows = [created(1), event(2, "template.created", at=1, template=8)]
    missing = problems(tmp_path, rows)["missing field"]

    assert (missing.count, missing.examples) == (1, (2,))
    assert missing.sentence == "1 of 2 template.created do not state their deployment."


def test_events_outside_the_declared_span(tmp_path: Path) -> None:
    header = LogHeader("s", ("template.created",), START, START + 1_500_000)
    rows = [created(1, at=-1), created(2, at=1, template=8), created(3, at=2, template=9)]

    outside = problems(tmp_path, rows, header)["outside span"]
    assert (outside.count, outside.examples) == (2, (1, 3))


def test_kinds_that_happen_undeclared(tmp_path: Path) -> None:
    header = LogHeader("s", ("template.created",), START, START + 10**9)

    assert problems(tmp_path, GOOD, header)["undeclared kind"].count == 2


def lacking(log: EventLog) -> tuple[str, ...]:
    return log.observable(
        ["alert.raised", "search.acted"],
        {
            "template.created": ["deployment", "camera"],
            "template.deleted": ["template", "deployment"],
            "alert.raised": ["alert"],
        },
    )


def test_what_a_rule_lacks_is_named(tmp_path: Path) -> None:
    with open_log(write_parquet(tmp_path / "log.parquet", GOOD, HEADER)) as log:
        assert lacking(log) == (
            "search.acted is not recorded",
            "template.created has no field camera",
            "template.deleted never states its deployment",
        )


def test_an_event_about_one_thing_need_not_name_the_others(tmp_path: Path) -> None:
    """Footage was kept on a stated ground, alerts never: that is no gap in the log."""
    kept = {"event": 5, "time": START + 9, "kind": "retention.excepted"}
    kept |= {"data_class": "footage", "exception_code": "CPIA 1996"}
    for about, lacks in (
        ({"footage": 7}, ()),
        ({}, ("retention.excepted never states its alert",)),
    ):
        path = tmp_path / f"{len(about)}.parquet"
        rows = [*GOOD, {**kept, **about}, {**created(6), "alert": 8, "footage": None}]
        rows[-1] |= {"kind": "alert.deleted"}
        with open_log(write_parquet(path, rows)) as log:
            assert log.observable([], {"retention.excepted": ["alert"]}) == lacks


def test_a_log_without_events_is_a_log(tmp_path: Path) -> None:
    with open_log(write_parquet(tmp_path / "log.parquet", [], HEADER)) as log:
        assert (log.events, log.problems, list(log.rows())) == (0, (), [])
    with open_log(write_parquet(tmp_path / "log.parquet", [])) as log:
        assert (log.from_us, log.to_us, log.recorded) == (None, None, ())


def test_a_path_with_pattern_signs_reads_that_file_only(tmp_path: Path) -> None:
    write_parquet(tmp_path / "ab.parquet", [created(9)])
    path = write_parquet(tmp_path / "a*.parquet", GOOD)

    with open_log(path) as log:
        assert list(log.rows()) == GOOD


def test_parts_of_different_columns_are_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path / "1.parquet", GOOD)
    write_parquet(tmp_path / "2.parquet", [created(9, quality=0.5)])

    with (
        pytest.raises(InputError, match=r"2\.parquet, column quality: the parts have different"),
        open_log(tmp_path),
    ):
        pass
