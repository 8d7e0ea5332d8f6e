"""Damage to the log itself: what its reader must report before any rule runs.

Nothing here breaches a rule: events are repeated, put in another order, lost where no rule needs
them, or stamped by a clock that runs a little ahead.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from probity.twin.events_of_deployment import OFFICE
from probity.twin.stages import Ints

_EVENTS = 5
_AHEAD_US = 120_000_000
_TRANSFER_US = 1_000_000
_NEEDED_BY_NO_RULE = ("operator.viewed", "engagement.end", "watchlist.item.failed")

Inflict = Callable[[pa.Table, np.random.Generator], tuple[pa.Table, Ints]]
"""The events of a list in the order of time, damaged; and the numbers of those concerned."""


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
    further : tuple of str
        Fields that the log gets for it.
    """

    name: str
    sentence: str
    problem: str
    inflict: Inflict
    list: int | None
    further: tuple[str, ...] = ()


def _repeated(table: pa.Table, rng: np.random.Generator) -> tuple[pa.Table, Ints]:
    rows = _some(rng, np.arange(len(table)))
    again = np.sort(np.concatenate([np.arange(len(table)), rows]))
    return table.take(pa.array(again)), _numbers(table, rows)


def _swapped(table: pa.Table, rng: np.random.Generator) -> tuple[pa.Table, Ints]:
    """Neighbours of different times change places, so that the earlier one comes late."""
    times = table["time"].cast(pa.int64()).to_numpy()
    pairs = np.flatnonzero(np.diff(times) > 0)
    rows = _some(rng, pairs[::2] if (np.diff(pairs) > 0).all() else pairs)
    rows = rows[np.diff(rows, prepend=-2) > 1]
    order = np.arange(len(table))
    order[rows], order[rows + 1] = rows + 1, rows
    return table.take(pa.array(order)), _numbers(table, rows)


def _lost(table: pa.Table, rng: np.random.Generator) -> tuple[pa.Table, Ints]:
    kinds = table["kind"].cast(pa.string())
    spare = pc.is_in(kinds, value_set=pa.array(_NEEDED_BY_NO_RULE)).to_numpy()
    rows = _some(rng, np.flatnonzero(spare))
    kept = np.ones(len(table), np.bool_)
    kept[rows] = False
    return table.filter(pa.array(kept)), _numbers(table, rows)


def _ahead(table: pa.Table, rng: np.random.Generator) -> tuple[pa.Table, Ints]:
    """The log takes in every event a second after it happened; one clock says it was later."""
    of_clock = pc.equal(table["clock"].cast(pa.string()), OFFICE).to_numpy()
    true_us = table["time"].cast(pa.int64()).to_numpy()
    at = {name: table.schema.get_field_index(name) for name in ("time", "received")}
    for name, time_us in (
        ("time", true_us + _AHEAD_US * of_clock),
        ("received", true_us + _TRANSFER_US),
    ):
        kind = table.schema.field(name)
        table = table.set_column(at[name], kind, pa.array(time_us).cast(kind.type))
    return table, _numbers(table, np.flatnonzero(of_clock))


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
        inflict=_ahead,
        list=None,
        further=("received",),
    ),
)
