"""The events of one deployment, opened so that a few of them can be changed.

Events stay in columns; only what a fault takes out or puts in becomes an ``Event``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from probity.twin.event_part import Part, Words, single
from probity.twin.random_ids import Thing
from probity.twin.stages import Flags, Ints

Scalar = int | float | bool | str


class UnfitError(Exception):
    """A deployment has nothing that a fault can be planted on."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event taken from its columns."""

    kind: str
    time_us: int
    clock: str
    fields: Mapping[str, Scalar]

    def at(self, time_us: int) -> "Event":
        """The same at another time."""
        return replace(self, time_us=int(time_us))

    def having(self, **fields: Scalar) -> "Event":
        """The same with other or further fields."""
        return replace(self, fields={**self.fields, **fields})

    def lacking(self, *names: str) -> "Event":
        """The same without these fields."""
        kept = {name: value for name, value in self.fields.items() if name not in names}
        return replace(self, fields=kept)

    def id(self, name: str) -> int:
        """An id that the event states."""
        return int(self.fields[name])


@dataclass(frozen=True, slots=True)
class Mark:
    """Which events an auditor must find: of a kind, with these values, within a span of time."""

    kind: str
    match: Mapping[str, Scalar] = field(default_factory=dict)
    from_us: int | None = None
    before_us: int | None = None

    def numbers(self, parts: Sequence[Part], places: Sequence[Ints]) -> tuple[int, ...]:
        """Numbers of the events, ascending; ``places`` as ``places_of`` gives them."""
        found = [at[self._chosen(part)] for part, at in zip(parts, places, strict=True)]
        numbers: list[int] = np.sort(np.concatenate([np.empty(0, np.int64), *found])).tolist()
        return tuple(numbers)

    def _chosen(self, part: Part) -> Flags:
        chosen = matching(part, self.kind, self.match)
        if self.from_us is not None:
            chosen &= part.time_us >= self.from_us
        if self.before_us is not None:
            chosen &= part.time_us < self.before_us
        return chosen


def places_of(parts: Sequence[Part], *, first_event: int) -> list[Ints]:
    """The number that each event gets when ``event_part.rows`` puts ``parts`` together."""
    time_us = np.concatenate([np.empty(0, np.int64), *(part.time_us for part in parts)])
    place = np.empty(len(time_us), np.int64)
    place[np.argsort(time_us, kind="stable")] = np.arange(first_event, first_event + len(time_us))
    return np.split(place, np.cumsum([len(part) for part in parts])[:-1])


class Scene:
    """Events of one deployment while faults are planted among them.

    Parameters
    ----------
    parts : sequence of Part
        As ``event_log.live_events`` gives them for one deployment.
    fresh : Callable, optional
        Gives an id that nothing else has.
    before : Event or None
        ``watchlist.imported`` of the deployment before, at the time at which its list is deleted.
    faces_of_log : int
        Faces seen in all deployments of the log.
    ahead_us : mapping of str to int
        How far clocks run ahead of the true time that the events here have.

    ``rng`` is the stream of the fault that is being planted: set it before each.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        fresh: Callable[[Thing], int] | None = None,
        before: Event | None = None,
        faces_of_log: int = 0,
        ahead_us: Mapping[str, int] | None = None,
    ) -> None:
        self.parts = list(parts)
        self._fresh = fresh
        self.before = before
        self.faces_of_log = faces_of_log
        self.rng = np.random.default_rng(0)
        self._ahead_us = ahead_us or {}
        self._claimed: set[int] = set()

    def fresh(self, thing: Thing) -> int:
        """An id that nothing else has."""
        if self._fresh is None:
            raise ValueError("this scene is only looked at")
        return self._fresh(thing)

    def stamped_us(self, event: Event) -> int:
        """When the event happened by the clock that stamps it."""
        return event.time_us + self._ahead_us.get(event.clock, 0)

    def claim(self, *ids: int) -> bool:
        """Reserve things for one fault; False where another has one of them."""
        if self._claimed.intersection(ids):
            return False
        self._claimed.update(ids)
        return True

    def events(self, kind: str, **match: Scalar) -> list[Event]:
        """Events of a kind with these values, part by part."""
        return [
            Event(
                kind,
                int(part.time_us[row]),
                part.clock,
                {name: _at(value, row) for name, value in part.fields.items()},
            )
            for part in self.parts
            for row in np.flatnonzero(matching(part, kind, match)).tolist()
        ]

    def one(self, kind: str, **match: Scalar) -> Event | None:
        """The only such event; None where there is none or more than one."""
        found = self.events(kind, **match)
        return found[0] if len(found) == 1 else None

    def the(self, kind: str, **match: Scalar) -> Event:
        """The only such event.

        Raises
        ------
        UnfitError
            There is none or more than one: the fault does not fit this deployment.
        """
        found = self.one(kind, **match)
        if found is None:
            raise UnfitError(f"not one {kind}")
        return found

    def ids(self, kind: str, name: str) -> Ints:
        """The ids that events of a kind state in a field."""
        found = [
            np.broadcast_to(np.asarray(part.fields[name], np.int64), len(part))
            for part in self.parts
            if part.kind == kind and name in part.fields
        ]
        return np.concatenate([np.empty(0, np.int64), *found])

    def shuffled(self, kind: str, name: str) -> Iterator[int]:
        """The ids of a kind that no fault has claimed, in random order."""
        for number in self.rng.permutation(self.ids(kind, name)).tolist():
            if number not in self._claimed:
                yield number

    def remove(self, kind: str, **match: Scalar) -> None:
        """Take out all such events."""
        left: list[Part] = []
        for part in self.parts:
            out = matching(part, kind, match)
            left.append(part.chosen(~out) if out.any() else part)
        self.parts = [part for part in left if len(part)]

    def add(self, *events: Event) -> None:
        """Put events in."""
        self.parts += [single(one.kind, one.time_us, one.clock, **one.fields) for one in events]

    def shift(self, kind: str, by_us: int) -> None:
        """Move all events of a kind in time."""
        self.parts = [
            replace(part, time_us=part.time_us + by_us) if part.kind == kind else part
            for part in self.parts
        ]

    def change(self, old: Event, new: Event) -> None:
        """Put one event in the place of another."""
        left: list[Part] = []
        for part in self.parts:
            out = matching(part, old.kind, old.fields) & (part.time_us == old.time_us)
            left.append(part.chosen(~out) if out.any() else part)
        self.parts = [part for part in left if len(part)]
        self.add(new)


def matching(part: Part, kind: str, match: Mapping[str, Scalar]) -> Flags:
    """Which events of a part are of a kind and have these values."""
    if part.kind != kind or not match.keys() <= part.fields.keys():
        return np.zeros(len(part), np.bool_)
    chosen = np.ones(len(part), np.bool_)
    for name, wanted in match.items():
        value = part.fields[name]
        if isinstance(value, Words):
            codes = [code for code, word in enumerate(value.vocabulary) if word == wanted]
            chosen &= np.isin(value.codes, codes)
        else:
            chosen &= np.asarray(value) == wanted
    return chosen


def _at(value: object, row: int) -> Scalar:
    if isinstance(value, Words):
        return value.vocabulary[int(value.codes[row])]
    if isinstance(value, np.ndarray):
        scalar: Scalar = value[row].item()
        return scalar
    if isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"not a value of an event: {type(value).__name__}")
