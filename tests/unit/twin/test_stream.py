"""Events in the order of time as JSON Lines: the same as in the file, at any pace."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from probity.audit.log import open_log
from probity.core.event import FIELDS, KINDS
from probity.twin.event_log import first_event_us, live_events, live_header, write_live_log
from probity.twin.history import History
from probity.twin.replicates import Run, history_of
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import known_scenarios, load_scenario
from probity.twin.stream import LINES_AT_ONCE, paced, stream_events, stream_header
from probity.twin.watchlists import make_watchlists
from probity.twin.world import make_world
from small_twin import small_scenario

TIMES = [name for name, field in FIELDS.items() if field.type == "time"]


def micros(text: str) -> int:
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


@pytest.fixture(scope="module")
def history() -> History:
    return history_of(Run(scenario=small_scenario("calendar.deployments=6"), seed=2), 0)


@pytest.fixture(scope="module")
def lines(history: History) -> list[str]:
    return [stream_header(history), *(line for _, line in stream_events(history))]


def of_the_file(history: History) -> dict[str, object]:
    return {
        "watchlists": make_watchlists(
            history.scenario, calendar=history.calendar, seeds=history.seeds
        ),
        "category": make_world(history.scenario, seeds=history.seeds).category[
            : history.scenario.watchlist.pool_size
        ],
    }


def test_the_stream_holds_what_the_file_holds(
    history: History, lines: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "events.parquet"
    written = write_live_log(path, history, **of_the_file(history))
    assert written == len(lines) - 1 > 10_000
    streamed = Counter(
        tuple(
            sorted(
                (k, micros(v) if k in TIMES else v)
                for k, v in json.loads(line).items()
                if k != "event"
            )
        )
        for line in lines[1:]
    )
    table = pq.read_table(path)
    for name in set(TIMES) & set(table.column_names):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast("int64"))
    stored = Counter(
        tuple(sorted((k, v) for k, v in row.items() if k != "event" and v is not None))
        for row in table.to_pylist()
    )
    assert streamed == stored


def test_events_are_in_the_order_of_time_and_numbered_in_it(lines: list[str]) -> None:
    events = [json.loads(line) for line in lines[1:]]
    times = [event["time"] for event in events]
    assert times == sorted(times)
    assert [event["event"] for event in events] == list(range(len(events)))
    for event in events:
        assert set(KINDS[event["kind"]].required) <= set(event)


def test_the_reader_of_logs_reads_it(history: History, lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    with open_log(path) as log:
        header = live_header(history)
        assert log.events == len(lines) - 1
        assert log.declared
        assert log.problems == ()
        assert (log.from_us, log.to_us) == (header.from_us, header.to_us)


@pytest.mark.parametrize("name", known_scenarios())
def test_no_event_comes_before_its_deployment_is_opened(name: str) -> None:
    scenario = load_scenario(name)
    if not isinstance(scenario, LiveScenario):
        pytest.skip("no live recognition")
    history = history_of(Run(scenario=scenario, seed=1), 0)
    opened = first_event_us(history)
    chosen = np.argsort(opened)[:2].tolist()
    parts = live_events(history, **of_the_file(history), order=chosen)
    next(parts)
    for deployment, some in zip(chosen, parts, strict=True):
        assert min(part.time_us.min() for part in some if len(part)) >= opened[deployment]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_the_pace_is_that_of_the_clock() -> None:
    events = [(-5_000_000, "a"), (0, "b"), (60_000_000, "c"), (60_000_000, "d"), (90_000_000, "e")]
    clock = Clock()
    given = [
        (clock.now, some)
        for some in paced(events, speed=30, from_us=0, clock=clock, sleep=clock.sleep)
    ]
    assert given == [(100.0, ["a", "b"]), (102.0, ["c", "d"]), (103.0, ["e"])]
    assert clock.slept == [2.0, 1.0]


def test_a_pace_of_centuries_is_slept_through_day_by_day() -> None:
    clock = Clock()
    events = [(0, "a"), (1_000_000, "b")]
    given = list(paced(events, speed=1e-7, from_us=0, clock=clock, sleep=clock.sleep))
    assert given == [["a"], ["b"]]
    assert max(clock.slept) <= 86_400
    assert sum(clock.slept) == pytest.approx(1e7)


def test_without_a_speed_nothing_is_waited_for() -> None:
    clock = Clock()
    events = [(second * 10**9, str(second)) for second in range(LINES_AT_ONCE + 5)]
    given = list(paced(events, speed=None, from_us=0, clock=clock, sleep=clock.sleep))
    assert [len(some) for some in given] == [LINES_AT_ONCE, 5]
    assert [line for some in given for line in some] == [line for _, line in events]
    assert clock.slept == []


def test_a_reader_who_is_behind_gets_what_is_due_at_once() -> None:
    clock = Clock()
    events = [(second * 1_000_000, str(second)) for second in range(10)]
    stream = paced(events, speed=1, from_us=0, clock=clock, sleep=clock.sleep)
    assert next(stream) == ["0"]
    clock.now += 5.5
    assert next(stream) == ["1", "2", "3", "4", "5"]
