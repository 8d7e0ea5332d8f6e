"""Planting faults among the events of a log on their way to the file, and keeping the key."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np
import pyarrow as pa

from probity.core.event import KINDS
from probity.core.event_columns import LogHeader
from probity.twin.event_part import Part
from probity.twin.faults.damage import Damage, Struck
from probity.twin.faults.fault import Fault
from probity.twin.faults.scene import Event, Mark, Scene, UnfitError, places_of
from probity.twin.random_ids import RandomIds, Thing
from probity.twin.seeds import Seeds

SPAN_US = 45 * 86_400_000_000
"""A log with faults is complete for so much longer: no deadline that is missed lies beyond."""

_PLANTED = (1 << 22) - 1
"""Owner of the ids of things that only a fault brings in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaches:
    """Events in breach of rules: all that a fault causes at events of one kind."""

    rules: tuple[str, ...]
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One planted fault: what an auditor must find because of it.

    Parameters
    ----------
    deployment : int or None
        Its id; None where the fault is of the log, or of searches.
    breaches : tuple of Breaches
        Of damage: none.
    problem, events : str or None, tuple of int
        What the reader of the log must report, and the events concerned.
    """

    fault: str
    sentence: str
    deployment: int | None
    breaches: tuple[Breaches, ...] = ()
    problem: str | None = None
    events: tuple[int, ...] = ()


class Planting:
    """Faults to be planted in one log.

    Give the lists of events through ``through``, each table through ``damaged``, and read
    ``answers`` and ``left_over`` when all have passed. The same seed plants the same.

    Parameters
    ----------
    deployments : int
        How many the log has; the searches of a log are one.
    common : int
        Lists of events, before those of deployments, in which nothing is planted.
    faces : int
        Faces seen in all of them.
    plant_seed : int
        Another one plants the same faults elsewhere.
    """

    def __init__(
        self,
        faults: Sequence[Fault | Damage],
        *,
        deployments: int,
        common: int = 1,
        faces: int,
        seeds: Seeds,
        plant_seed: int,
        ids: RandomIds,
    ) -> None:
        self.answers: list[Answer] = []
        self._stream = partial(seeds.stream, "faults", plant_seed)
        self._ids = ids
        self._faces = faces
        self._common = common
        self._made = count()
        self._damages = [fault for fault in faults if isinstance(fault, Damage)]
        self._kinds = {kind for one in faults if isinstance(one, Fault) for kind in one.changes}
        self._ahead_us = {c: us for one in self._damages for c, us in one.ahead_us.items()}
        self._named: set[int] = set()
        self._further = tuple(name for one in self._damages for name in one.further)
        self._inflicted: dict[str, list[int]] = {one.name: [] for one in self._damages}
        self._lists = 0
        plan = [fault for fault in faults if isinstance(fault, Fault)]
        self._waiting, self._left_over = _planned(plan, deployments, self._stream("plan"))
        self._topics: list[set[str]] = [set() for _ in range(deployments)]
        for d, waiting in self._waiting.items():
            for fault in waiting:
                self._reserve(fault, d)

    @property
    def further(self) -> tuple[str, ...]:
        """Fields that the log gets besides those of its kinds."""
        return self._further

    @property
    def left_over(self) -> tuple[str, ...]:
        """Names of faults for which no deployment had room, or anything to plant them on."""
        return tuple(self._left_over)

    def header(self, header: LogHeader) -> LogHeader:
        """The log's header, with the kinds and the span that the faults need."""
        kinds = {*header.kinds, *self._kinds}
        return replace(
            header,
            kinds=tuple(kind for kind in KINDS if kind in kinds),
            to_us=header.to_us + SPAN_US,
        )

    def through(self, lists: Iterable[list[Part]]) -> Iterator[list[Part]]:
        """What is common to all as it is, then each deployment with its faults."""
        first_event, before = 0, None
        for number, given in enumerate(lists):
            self._named = set()
            marks: list[tuple[Fault, list[Mark]]] = []
            planted = given
            if number >= self._common:
                scene = Scene(
                    given,
                    fresh=self._fresh,
                    before=before,
                    faces_of_log=self._faces,
                    ahead_us=self._ahead_us,
                )
                marks = self._planted(scene, number - self._common)
                before, planted = _served(given), scene.parts
            parts = [self._stamped(part) for part in planted]
            self._answer(parts, marks, first_event)
            yield parts
            first_event += sum(len(part) for part in parts)
        self._left_over += [fault.name for rest in self._waiting.values() for fault in rest]
        self._answer_damage()

    def damaged(self, table: pa.Table) -> pa.Table:
        """The rows of one list with the damage that befalls them."""
        number, self._lists = self._lists, self._lists + 1
        for damage in self._damages:
            if damage.list in {None, number}:
                rng = self._stream(damage.name, number)
                table, events = damage.inflict(Struck(table, self._named, rng))
                self._inflicted[damage.name] += events.tolist()
                # What is damaged once stays in the log for the key to name.
                self._named.update(events.tolist())
        return table

    def _stamped(self, part: Part) -> Part:
        by_us = self._ahead_us.get(part.clock, 0)
        return replace(part, time_us=part.time_us + by_us) if by_us else part

    def _planted(self, scene: Scene, d: int) -> list[tuple[Fault, list[Mark]]]:
        marks: list[tuple[Fault, list[Mark]]] = []
        for fault in self._waiting.pop(d, []):
            scene.rng = self._stream(fault.name)
            try:
                found = fault.plant(scene)
            except UnfitError:
                self._postpone(fault, d)
            else:
                marks.append((fault, list(found)))
        return marks

    def _postpone(self, fault: Fault, d: int) -> None:
        for later in range(d + 1, len(self._topics)):
            if self._has_room(fault, later):
                self._waiting.setdefault(later, []).append(fault)
                self._reserve(fault, later)
                return
        self._left_over.append(fault.name)

    def _has_room(self, fault: Fault, d: int) -> bool:
        free = not (fault.topics & self._topics[d])
        # The deployment before has gone through already: its topics can only be looked at.
        return free and (not fault.topics_before or not fault.topics_before & self._topics[d - 1])

    def _reserve(self, fault: Fault, d: int) -> None:
        self._topics[d] |= fault.topics
        if fault.topics_before:
            self._topics[d - 1] |= fault.topics_before

    def _answer(
        self, parts: Sequence[Part], marks: Sequence[tuple[Fault, list[Mark]]], first_event: int
    ) -> None:
        if not marks:
            return
        places = places_of(parts, first_event=first_event)
        deployment = next(
            (
                int(np.atleast_1d(np.asarray(part.fields["deployment"]))[0])
                for part in parts
                if part.kind == "deployment.end"
            ),
            None,
        )
        for fault, of in marks:
            breaches = tuple(
                Breaches(
                    rules=tuple(sorted(fault.breaks[kind])),
                    events=_numbers([m for m in of if m.kind == kind], parts, places),
                )
                for kind in fault.breaks
            )
            self._named.update(number for one in breaches for number in one.events)
            self.answers.append(
                Answer(
                    fault=fault.name,
                    sentence=fault.sentence,
                    deployment=deployment,
                    breaches=breaches,
                )
            )

    def _answer_damage(self) -> None:
        for damage in self._damages:
            if not self._inflicted[damage.name]:
                self._left_over.append(damage.name)
                continue
            self.answers.append(
                Answer(
                    fault=damage.name,
                    sentence=damage.sentence,
                    deployment=None,
                    problem=damage.problem,
                    events=tuple(sorted(self._inflicted[damage.name])),
                )
            )

    def _fresh(self, thing: Thing) -> int:
        return self._ids.one(thing, _PLANTED, next(self._made))


def _numbers(
    marks: Sequence[Mark], parts: Sequence[Part], places: Sequence[np.ndarray]
) -> tuple[int, ...]:
    return tuple(sorted({n for mark in marks for n in mark.numbers(parts, places)}))


def _planned(
    faults: Sequence[Fault], deployments: int, rng: np.random.Generator
) -> tuple[dict[int, list[Fault]], list[str]]:
    """A deployment for each fault, such that no two faults need the same part of one.

    Those that need most choose first. Faults of single things go to the first half: one without
    its thing moves on to a later one.
    """
    topics: list[set[str]] = [set() for _ in range(deployments)]
    waiting: dict[int, list[Fault]] = {}
    left_over: list[str] = []
    for fault in sorted(faults, key=lambda one: -len(one.topics | one.topics_before)):
        last = deployments if fault.topics else max(deployments // 2, 1)
        for d in rng.permutation(last).tolist():
            before = fault.topics_before
            if fault.topics & topics[d] or (before and (d == 0 or before & topics[d - 1])):
                continue
            waiting.setdefault(d, []).append(fault)
            topics[d] |= fault.topics
            if before:
                topics[d - 1] |= before
            break
        else:
            left_over.append(fault.name)
    return waiting, left_over


def _served(parts: Iterable[Part]) -> Event | None:
    """The list of a deployment, at the time at which it is deleted."""
    parts = [part for part in parts if part.kind in {"watchlist.imported", "watchlist.deleted"}]
    scene = Scene(parts)
    imported, deleted = scene.one("watchlist.imported"), scene.one("watchlist.deleted")
    return None if imported is None or deleted is None else imported.at(deleted.time_us)
