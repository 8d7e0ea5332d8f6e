"""The process of a log: steps counted by hand."""

from pathlib import Path

import pytest

from event_logs import SECOND, event, write_parquet
from probity.audit.log import open_log
from probity.audit.process import OBJECT_TYPES, Process, ProcessStep, Stage, processes
from probity.core.event import FIELDS
from probity.core.event_columns import LogHeader
from probity.publish.figures.process_picture import MOST_LANES, in_order, process_picture


def _processes(directory: Path, rows: list[dict[str, object]], **header: object) -> list[Process]:
    stated = LogHeader(**header) if header else None  # type: ignore[arg-type]
    with open_log(write_parquet(directory / "log.parquet", rows, stated)) as log:
        return list(processes(log))


def raised(number: int, alert: int, *, at: float) -> dict[str, object]:
    return event(number, "alert.raised", at=at, alert=alert, deployment=1, template=alert)


def judged(number: int, alert: int, *, at: float) -> dict[str, object]:
    return event(number, "alert.adjudicated", at=at, alert=alert, decision="accept")


def deleted(number: int, alert: int, *, at: float) -> dict[str, object]:
    return event(number, "alert.deleted", at=at, alert=alert)


def test_steps_are_counted_with_their_lower_median(tmp_path: Path) -> None:
    rows = [
        *(raised(1, 1, at=0), judged(2, 1, at=5), deleted(3, 1, at=100)),
        *(raised(4, 2, at=10), judged(5, 2, at=12), judged(6, 2, at=20), deleted(7, 2, at=50)),
        *(raised(8, 3, at=30), judged(9, 3, at=34)),
        *(raised(10, 4, at=40), deleted(11, 4, at=41)),
        *(raised(12, 5, at=60), judged(13, 5, at=67)),
    ]
    (template, alert) = _processes(tmp_path, rows)
    assert (template.object_type, template.objects, template.steps) == ("template", 5, ())
    assert alert.objects == 5
    assert alert.stages == (
        Stage(kind="alert.raised", events=5, first=5, last=0),
        Stage(kind="alert.adjudicated", events=5, first=0, last=2),
        Stage(kind="alert.deleted", events=3, first=0, last=3),
    )
    # Waits for the first adjudication: 5, 2, 4 and 7 s; for deletion after it: 95 and 30 s.
    assert {(s.from_kind, s.to_kind): (s.count, s.median_us / SECOND) for s in alert.steps} == {
        ("alert.raised", "alert.adjudicated"): (4, 4.0),
        ("alert.adjudicated", "alert.deleted"): (2, 30.0),
        ("alert.adjudicated", "alert.adjudicated"): (1, 8.0),
        ("alert.raised", "alert.deleted"): (1, 1.0),
    }
    assert [s.count for s in alert.steps] == [4, 2, 1, 1]


def test_within_one_instant_the_numbers_decide_and_lives_do_not_mix(tmp_path: Path) -> None:
    rows = [judged(2, 1, at=0), raised(1, 1, at=0), raised(3, 2, at=0), deleted(9, 2, at=0)]
    alert = _processes(tmp_path, rows)[1]
    assert {(s.from_kind, s.to_kind, s.median_us) for s in alert.steps} == {
        ("alert.raised", "alert.adjudicated", 0),
        ("alert.raised", "alert.deleted", 0),
    }


def test_events_beyond_the_span_and_without_an_id_take_no_part(tmp_path: Path) -> None:
    start = int(raised(1, 1, at=0)["time"])  # type: ignore[call-overload]
    rows = [
        raised(1, 1, at=0),
        event(2, "engagement.start", at=1, engagement=7),
        event(3, "engagement.start", at=2, engagement=8, alert=1),
        deleted(4, 1, at=99),
    ]
    kinds = ("alert.raised", "engagement.start", "alert.deleted")
    found = _processes(
        tmp_path, rows, system="s", kinds=kinds, from_us=start, to_us=start + 50 * SECOND
    )
    alert = next(p for p in found if p.object_type == "alert")
    assert [(s.from_kind, s.to_kind) for s in alert.steps] == [("alert.raised", "engagement.start")]
    engagement = next(p for p in found if p.object_type == "engagement")
    assert (engagement.objects, engagement.steps) == (2, ())


def test_a_log_without_objects_has_no_process(tmp_path: Path) -> None:
    assert _processes(tmp_path, [event(1, "media.deleted", medium=1)]) == []


def test_object_types_are_fields_that_hold_ids() -> None:
    assert {FIELDS[name].type for name in OBJECT_TYPES} == {"id"}


def _step(start: str, end: str, count: int) -> ProcessStep:
    return ProcessStep(from_kind=start, to_kind=end, count=count, median_us=1)


def test_most_steps_lead_downwards() -> None:
    steps = [_step("b", "a", 9), _step("a", "c", 9), _step("c", "b", 1), _step("c", "d", 8)]
    assert in_order(["a", "b", "c", "d"], steps) == ["b", "a", "c", "d"]
    assert in_order(["x", "y"], []) == ["x", "y"]


@pytest.mark.parametrize("kinds", [1, 2, 12])
def test_a_picture_leaves_out_the_rarest_steps_and_its_table_none(kinds: int) -> None:
    names = [f"kind.{n:02d}" for n in range(kinds)]
    steps = tuple(
        _step(a, b, 1000 - 20 * names.index(a) - names.index(b)) for a in names for b in names
    )
    stages = tuple(Stage(kind=name, events=5, first=1, last=0) for name in names)
    process = Process(object_type="alert", objects=kinds, stages=stages, steps=steps)
    figure = process_picture(process)
    assert len(figure.table.rows) == len(steps) + kinds
    datasets = figure.specs["any"]["datasets"].values()
    lines = [row for rows in datasets for row in rows if "part" in row]
    away = {row["x"] for row in lines if row["part"] == 1}
    assert len(away) <= MOST_LANES + 1
    assert bool(figure.notes) == (kinds == 12)
