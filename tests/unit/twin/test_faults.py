"""Each fault alone: it breaches the rules it says, at the events it says, and nothing else."""

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
import pytest

from faulted_logs import (
    LIVE_FAULTS,
    SYSTEMS,
    TINY,
    Auditor,
    bound,
    everything,
    found_in,
    kind_judged,
    write,
)
from probity.audit.log.event_log import ProblemKind
from probity.core import InputError
from probity.core.event import KINDS
from probity.core.event_columns import LogHeader
from probity.twin.event_part import Part, Words, rows
from probity.twin.event_writer import log_schema
from probity.twin.faults import damage as damage_module
from probity.twin.faults.catalogue import FAULTS, chosen
from probity.twin.faults.damage import Damage
from probity.twin.faults.fault import Fault
from probity.twin.faults.planting import Planting
from probity.twin.faults.scene import Event, Mark, Scene, UnfitError, places_of
from probity.twin.random_ids import make_ids
from probity.twin.seeds import Seeds
from twin_people import small_history

REFERENCE = Auditor(engine="reference")
RECORDS, RECORDS_NOTHING, _ = SYSTEMS.values()
BREACHES = [fault for fault in LIVE_FAULTS.values() if isinstance(fault, Fault)]
DAMAGES = [fault for fault in LIVE_FAULTS.values() if isinstance(fault, Damage)]
UNDECIDABLE = {"met-lfr-2024-09/R50-published": "no number of days is stated: never breached"}


def system_for(fault):
    return RECORDS_NOTHING if fault.name == "footage-recorded" else RECORDS


@pytest.mark.parametrize("fault", BREACHES, ids=lambda fault: fault.name)
def test_a_fault_breaches_what_its_key_says_and_nothing_else(fault, tmp_path):
    system = system_for(fault)
    written = write(tmp_path / "log.parquet", system, [fault], seed=1, size=TINY)
    assert [answer.fault for answer in written.planting.answers] == [fault.name]
    said = found_in(written, REFERENCE)
    planted = {one for one in written.planted if one[0] in bound(system)}
    assert {rule for rule, _ in planted} == set(fault.rules) & bound(system)
    assert said.found == planted
    assert said.problems.keys() <= {"out of order"}


@pytest.mark.parametrize("name", [*SYSTEMS])
def test_without_faults_nothing_is_found(name, tmp_path):
    written = write(tmp_path / "log.parquet", SYSTEMS[name], [], seed=1, size=TINY)
    said = found_in(written, REFERENCE)
    assert said.found == set()
    assert said.problems.keys() == {"out of order"}


@pytest.mark.parametrize("fault", BREACHES, ids=lambda fault: fault.name)
def test_a_fault_changes_only_the_kinds_it_names(fault, tmp_path):
    system = system_for(fault)
    before = without_faults(system.name)
    after = contents(write(tmp_path / "log.parquet", system, [fault], seed=1, size=TINY).path)
    changed = {dict(event)["kind"] for event in (before - after) | (after - before)}
    assert changed
    assert changed <= set(fault.changes)


@cache
def without_faults(name):
    with TemporaryDirectory() as directory:
        path = Path(directory) / "log.parquet"
        return contents(write(path, SYSTEMS[name], [], seed=1, size=TINY).path)


def contents(path):
    """How often the log holds each event; events without numbers and missing fields."""
    listed = pq.read_table(path).drop_columns(["event"]).to_pylist()
    return Counter(tuple((k, v) for k, v in event.items() if v is not None) for event in listed)


def test_every_rule_that_a_log_of_live_recognition_can_decide_has_a_fault():
    named = {rule for fault in BREACHES for rule in fault.rules}
    decidable = {rule.rule_id for rule in everything().rules}
    assert decidable - named == set(UNDECIDABLE)
    assert named <= decidable


def test_the_key_names_the_kind_of_event_that_the_rule_judges():
    kinds = {rule.rule_id: kind_judged(rule) for rule in everything().rules}
    for fault in BREACHES:
        assert set(fault.changes) <= set(KINDS)
        for kind, rules in fault.breaks.items():
            assert {kinds[rule] for rule in rules} == {kind}, fault.name


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_damage_is_reported_with_its_events_and_breaches_no_rule(damage, tmp_path):
    written = write(tmp_path / "log.parquet", RECORDS, [damage], seed=1, size=TINY)
    (answer,) = written.planting.answers
    said = found_in(written, REFERENCE)
    assert answer.events
    assert answer.problem in {kind.value for kind in ProblemKind}
    assert said.names(answer.problem, answer.events)
    assert said.problems.keys() == {answer.problem, "out of order"}
    assert said.found == set()


def test_what_is_repeated_is_not_lost_as_well(monkeypatch):
    """With so many of either that every choice would overlap."""
    monkeypatch.setattr(damage_module, "_EVENTS", 30)
    planting = planting_of([FAULTS["events-repeated"], FAULTS["events-lost"]])
    seen = Part("operator.viewed", np.arange(40), "x", {"template": np.arange(40)})
    header = LogHeader(system="x", kinds=("operator.viewed",), from_us=0, to_us=40)
    for _ in planting.through([[], [seen]]):
        pass
    planting.damaged(rows([], schema=log_schema(header), first_event=0))
    table = planting.damaged(rows([seen], schema=log_schema(header), first_event=0))
    list(planting.through([]))
    repeated, lost = planting.answers
    counted = Counter(table["event"].to_pylist())
    assert {event for event, times in counted.items() if times == 2} == set(repeated.events)
    assert (
        set(range(40)) - counted.keys() == set(lost.events) == set(range(40)) - set(repeated.events)
    )


def test_damage_that_befalls_no_event_is_left_over():
    planting = planting_of([FAULTS["events-lost"]])
    header = LogHeader(system="x", kinds=("alert.deleted",), from_us=0, to_us=40)
    for number in range(2):
        deleted = Part("alert.deleted", np.arange(3), "x", {"alert": np.arange(3)})
        planting.damaged(rows([deleted], schema=log_schema(header), first_event=3 * number))
    list(planting.through([]))
    assert planting.answers == []
    assert planting.left_over == ("events-lost",)


def planting_of(faults):
    seeds = Seeds(scenario="small", seed=1, replicate=0)
    ids = make_ids(seeds.stream("ids"))
    return Planting(faults, deployments=1, faces=0, seeds=seeds, plant_seed=1, ids=ids)


def test_a_clock_that_runs_ahead_makes_no_list_come_before_its_authority():
    """Granted later than a list is usually loaded."""
    history, _ = small_history(
        each=2,
        faces=6,
        deployments=20,
        authority__granted_lead_h={"mean": 1.0, "most": 1.0},
        watchlist__compile_lead_h={"mean": 14.0, "most": 14.0},
    )
    steps, (ahead_us,) = history.arrangements, FAULTS["clock-ahead"].ahead_us.values()
    assert (steps.imported_us > steps.granted_us + ahead_us).all()
    assert (steps.imported_us <= history.calendar.start_us).all()


def test_the_clock_that_runs_ahead_is_named(tmp_path):
    written = write(tmp_path / "log.parquet", RECORDS, [FAULTS["clock-ahead"]], seed=1, size=TINY)
    (problem,) = found_in(written, REFERENCE).problems["clock skew"]
    assert problem.sentence.startswith("Clock force records: ")
    assert "by up to 1 min 59 s" in problem.sentence


def test_the_same_seed_plants_the_same_and_another_one_elsewhere(tmp_path):
    first, second, third = (
        write(tmp_path / f"{i}.parquet", RECORDS, list(LIVE_FAULTS.values()), seed=seed, size=TINY)
        for i, seed in enumerate((5, 5, 6))
    )
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.planting.answers == second.planting.answers
    assert first.planting.answers != third.planting.answers


def test_what_has_no_room_is_left_over_and_said(tmp_path):
    faults = [fault for fault in BREACHES if fault.topics == {"authority"}]
    written = write(tmp_path / "log.parquet", RECORDS, faults, seed=1, size=TINY)
    planted = {answer.fault for answer in written.planting.answers}
    assert len(planted) == TINY.deployments
    assert set(written.planting.left_over) == {fault.name for fault in faults} - planted


def test_a_fault_that_finds_nothing_to_be_planted_on_is_left_over(tmp_path):
    written = write(
        tmp_path / "log.parquet", RECORDS, [FAULTS["footage-recorded"]], seed=1, size=TINY
    )
    assert written.planting.left_over == ("footage-recorded",)
    assert written.planting.answers == []


def test_names_are_checked():
    assert chosen(["all"], mode="live") == tuple(LIVE_FAULTS.values())
    two = chosen(["blur-late", "overrun"], mode="live")
    assert [fault.name for fault in two] == ["overrun", "blur-late"]
    with pytest.raises(InputError, match="no such fault"):
        chosen(["blur-late", "nonsense"], mode="live")
    with pytest.raises(InputError, match="no fault of such a log"):
        chosen(["blur-late"], mode="retrospective")


def test_events_of_a_scene_are_changed_one_by_one():
    decisions = Words(np.array([0, 1, 0]), ("reject", "accept"))
    part = Part(
        "alert.adjudicated",
        np.array([10, 20, 30]),
        "x",
        {"alert": np.array([1, 2, 3]), "decision": decisions, "role": "operator"},
    )
    scene = Scene([part])
    second = scene.the("alert.adjudicated", decision="accept")
    fields = {"alert": 2, "decision": "accept", "role": "operator"}
    assert second == Event("alert.adjudicated", 20, "x", fields)
    scene.change(second, second.at(5).having(decision="reject").lacking("role"))
    assert len(scene.events("alert.adjudicated", decision="reject")) == 3
    assert scene.the("alert.adjudicated", alert=2).fields == {"alert": 2, "decision": "reject"}
    with pytest.raises(UnfitError, match=r"not one alert\.adjudicated"):
        scene.the("alert.adjudicated", decision="reject")
    scene.remove("alert.adjudicated", alert=1)
    assert scene.ids("alert.adjudicated", "alert").tolist() == [3, 2]
    assert scene.claim(3, 4)
    assert not scene.claim(4, 5)
    assert list(scene.shuffled("alert.adjudicated", "alert")) == [2]


def test_marks_give_the_numbers_that_the_file_has():
    rng = np.random.default_rng(3)
    parts = [
        Part("media.deleted", rng.integers(0, 9, 20), "x", {"medium": np.arange(20)}),
        Part("footage.deleted", rng.integers(0, 9, 20), "x", {"footage": np.arange(20)}),
    ]
    header = LogHeader("x", ("media.deleted", "footage.deleted"), 0, 9)
    table = rows(parts, schema=log_schema(header), first_event=100).to_pylist()
    places = places_of(parts, first_event=100)
    for footage in range(20):
        (number,) = Mark("footage.deleted", {"footage": footage}).numbers(parts, places)
        assert [e["footage"] for e in table if e["event"] == number] == [footage]
    late = Mark("media.deleted", from_us=4, before_us=7).numbers(parts, places)
    when = {e["event"]: e["time"].microsecond for e in table if e["kind"] == "media.deleted"}
    assert set(late) == {number for number, time_us in when.items() if 4 <= time_us < 7}
    assert replace(Mark("media.deleted"), match={"footage": 1}).numbers(parts, places) == ()
