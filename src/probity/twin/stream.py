"""Events of a replicate in the order of time, as JSON Lines, while the deployments go on.

What belongs to a deployment lasts weeks (an authority before it, deletions after), so several
overlap. A deployment is opened when the first of its events may be next, and what is left of it
is held until its time comes: memory holds the deployments that overlap, and no more.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from probity.core.event import FIELDS
from probity.core.event_columns import arrow_schema, header_text
from probity.twin.event_log import first_event_us, live_events, live_header
from probity.twin.event_part import Part, Value, Words
from probity.twin.history import History
from probity.twin.stages import Flags, Floats, Ints
from probity.twin.watchlists import make_watchlists
from probity.twin.world import make_world

Event = tuple[int, str]
"""Time in microseconds since 1970-01-01 UTC, and the line with its line end."""

LINES_AT_ONCE = 1_024
_SECOND_US = 1_000_000
_NAP_S = 86_400.0
"""Slept at once, at most: no system sleeps for centuries, which a slow pace can ask for."""


def stream_header(history: History) -> str:
    """The first line: what the log says of itself."""
    return f"{header_text(arrow_schema((), live_header(history)))}\n"


def stream_events(history: History) -> Iterator[Event]:
    """Every event of ``event_log.live_events`` as a line, in the order of time.

    Events are numbered from 0 in that order. A field without a value is left out.
    """
    opens_us = first_event_us(history)
    order = np.argsort(opens_us, kind="stable")
    opened = live_events(
        history,
        watchlists=make_watchlists(
            history.scenario, calendar=history.calendar, seeds=history.seeds
        ),
        category=make_world(history.scenario, seeds=history.seeds).category[
            : history.scenario.watchlist.pool_size
        ],
        order=order.tolist(),
    )
    held: list[_Held] = []
    number = 0
    until_us = [*opens_us[order].tolist(), np.iinfo(np.int64).max]
    for parts, next_us in zip(opened, until_us, strict=True):
        held += [_Held.of(part) for part in parts if len(part)]
        for time_us, rest in _before(held, next_us):
            yield time_us, f'{{"event":{number},{rest}\n'
            number += 1
        held = [one for one in held if one.given < len(one.time_us)]


def paced(
    events: Iterable[Event],
    *,
    speed: float | None,
    from_us: int,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[str]]:
    """Lines as they fall due, some at a time; the pace does not change them.

    Parameters
    ----------
    speed : float, optional
        Seconds of the scenario in one second, above 0; without it, nothing is waited for.
    from_us : int
        The pace begins here; what happened before falls due at once.
    """
    due: list[str] = []
    now = begun = clock()
    for time_us, line in events:
        if speed is not None:
            at = begun + (time_us - from_us) / _SECOND_US / speed
            if at > now:
                now = clock()
            if at > now:
                if due:
                    yield due
                    due = []
                while (now := clock()) < at:
                    sleep(min(at - now, _NAP_S))
        due.append(line)
        if len(due) == LINES_AT_ONCE:
            yield due
            due = []
    if due:
        yield due


@dataclass(slots=True)
class _Held:
    """A part of which the first ``given`` events, by time, are out."""

    part: Part
    time_us: Ints
    order: Ints
    given: int

    @classmethod
    def of(cls, part: Part) -> "_Held":
        order = np.argsort(part.time_us, kind="stable")
        return cls(part=part, time_us=part.time_us[order], order=order, given=0)

    def take(self, until_us: int) -> tuple[Ints, list[str]]:
        """Times and lines, without their numbers, of the events before ``until_us``."""
        end = int(np.searchsorted(self.time_us, until_us))
        here = slice(self.given, end)
        self.given = end
        return self.time_us[here], _lines(self.part, self.order[here])


def _before(held: Iterable[_Held], until_us: int) -> Iterator[Event]:
    taken = [one.take(until_us) for one in held]
    times = np.concatenate([np.empty(0, np.int64), *(time_us for time_us, _ in taken)])
    lines = [line for _, some in taken for line in some]
    for row in np.argsort(times, kind="stable").tolist():
        yield int(times[row]), lines[row]


def _lines(part: Part, rows: Ints) -> list[str]:
    """The rest of each line after the number of the event."""
    if not len(rows):
        return []
    template = [f'"time":%s,"kind":{json.dumps(part.kind)},"clock":{_constant(part.clock)}']
    columns: list[list[str]] = [_times(part.time_us[rows])]
    for name in FIELDS:
        value = part.fields.get(name)
        is_time = FIELDS[name].type == "time"
        if value is None:
            continue
        if isinstance(value, Words):
            template.append(f'"{name}":%s')
            columns.append(_words(value, rows))
        elif isinstance(value, np.ndarray):
            template.append(f'"{name}":%s')
            chosen = value[rows]
            columns.append(_times(chosen.astype(np.int64)) if is_time else _numbers(chosen))
        elif is_time:
            template.append(f'"{name}":{_times(np.array([value], np.int64))[0]}')
        else:
            template.append(f'"{name}":{_constant(value)}')
    line = ",".join(template) + "}"
    return [line % values for values in zip(*columns, strict=True)]


def _times(time_us: Ints) -> list[str]:
    """ISO 8601 to the microsecond, UTC: JSON has no times, and a plain number no unit."""
    texts = np.datetime_as_string(time_us.astype("datetime64[us]"), unit="us")
    return [f'"{text}Z"' for text in texts.tolist()]


def _words(words: Words, rows: Ints) -> list[str]:
    texts = [json.dumps(word) for word in words.vocabulary]
    return [texts[code] for code in words.codes[rows].tolist()]


def _numbers(values: Ints | Floats | Flags) -> list[str]:
    return [json.dumps(value, allow_nan=False) for value in values.tolist()]


def _constant(value: Value) -> str:
    return json.dumps(value, allow_nan=False).replace("%", "%%")
