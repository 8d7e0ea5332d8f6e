"""Damage to the log itself: what its reader must report before any rule runs.

Nothing here breaches a rule: events are repeated, put in another order, lost where no rule needs
them, or stamped by a clock that runs a little ahead.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from probity.twin.events_of_deployment import OFFICE
from probity.twin.faults.fault import LIVE
from probity.twin.stages import Ints

_EVENTS = 5
_AHEAD_US = {OFFICE: 120_000_000}
_TRANSFER_US = 1_000_000
_NEEDED_BY_NO_RULE = ("operator.viewed", "engagement.end", "watchlist.item.failed")


@dataclass(frozen=True, slots=True, eq=False)
class Struck:
    """The events of a list in the order of time, the numbers that a key names, and a stream."""

    table: pa.Table
    named: Collection[int]
    rng: np.random.Generator


Inflict = Callable[[Struck], tuple[pa.Table, Ints]]
"""Gives the damaged events, and the numbers of those concerned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something wrong with a log that is no fault of the system it tells of.

    Parameters
    ----------
    problem : str
        Kind of the problem that the log's reader reports: ``audit.log.event_log.ProblemKind``.
    list : int or None
        Which list of events it befalls: 0 is that of staff and documents, 1 the first
        deployment. None: all.
    modes : frozenset of str
        Modes of the scenarios whose logs it can befall.
    further : tuple of str
        Fields that the log gets for it.
    ahead_us : mapping of str to int
        Clocks that run ahead, and how far.
    """

    name: str
    sentence: str
    problem: str
    inflict: Inflict
    list: int | None
    modes: frozenset[str] = LIVE
    further: tuple[str, ...] = ()
    ahead_us: Mapping[str, int] = field(default_factory=dict)


def _repeated(struck: Struck) -> tuple[pa.Table, Ints]:
    table = struck.table
    rows = _some(struck.rng, np.arange(len(table)))
    again = np.sort(np.concatenate([np.arange(len(table)), rows]))
    return table.take(pa.array(again)), _numbers(table, rows)


def _swapped(struck: Struck) -> tuple[pa.Table, Ints]:
    """Neighbours of different times change places, so that the earlier one comes late."""
    table = struck.table
    times = table["time"].cast(pa.int64()).to_numpy()
    pairs = np.flatnonzero(np.diff(times) > 0)
    rows = _some(struck.rng, pairs)
    rows = rows[np.diff(rows, prepend=-2) > 1]
    order = np.arange(len(table))
    order[rows], order[rows + 1] = rows + 1, rows
    return table.take(pa.array(order)), _numbers(table, rows)


def _lost(struck: Struck) -> tuple[pa.Table, Ints]:
    table = struck.table
    kinds = table["kind"].cast(pa.string())
    spare = pc.is_in(kinds, value_set=pa.array(_NEEDED_BY_NO_RULE)).to_numpy()
    spare &= ~np.isin(table["event"].to_numpy(), [*struck.named])
    rows = _some(struck.rng, np.flatnonzero(spare))
    kept = np.ones(len(table), np.bool_)
    kept[rows] = False
    return table.filter(pa.array(kept)), _numbers(table, rows)


def _received(struck: Struck) -> tuple[pa.Table, Ints]:
    """The log takes in every event a second after it happened, whatever the clock says."""
    table = struck.table
    stamped_us = table["time"].cast(pa.int64()).to_numpy()
    ahead_us = np.zeros(len(table), np.int64)
    for clock, by_us in _AHEAD_US.items():
        ahead_us[pc.equal(table["clock"].cast(pa.string()), clock).to_numpy()] = by_us
    column = table.schema.get_field_index("received")
    received = pa.array(stamped_us - ahead_us + _TRANSFER_US).cast(table["time"].type)
    table = table.set_column(column, table.schema.field(column), received)
    return table, _numbers(table, np.flatnonzero(ahead_us > _TRANSFER_US))


def _some(rng: np.random.Generator, rows: Ints) -> Ints:
    return np.sort(rng.choice(rows, size=min(_EVENTS, len(rows)), replace=False))


def _numbers(table: pa.Table, rows: Ints) -> Ints:
    numbers: Ints = table["event"].to_numpy()[rows]
    return numbers


DAMAGES = (
    Damage(
        name="events-repeated",
        sentence="Some events stand in the log twice.",
        problem="duplicate",
        inflict=_repeated,
        list=1,
    ),
    Damage(
        name="events-out-of-order",
        sentence="Some events stand in the log below later ones.",
        problem="out of order",
        inflict=_swapped,
        list=0,
    ),
    Damage(
        name="events-lost",
        sentence="Some events, which no rule needs, are not in the log.",
        problem="lost events",
        inflict=_lost,
        list=1,
    ),
    Damage(
        name="clock-ahead",
        sentence="The clock of the force's records runs two minutes ahead.",
        problem="clock skew",
        inflict=_received,
        list=None,
        further=("received",),
        ahead_us=_AHEAD_US,
    ),
)
