"""What exists at a moment, by the log: things that were made and not yet deleted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from probity.twin.stages import Ints

NEVER = np.iinfo(np.int64).max
"""Deletion of what this log does not see deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What exists of one class of data.

    Parameters
    ----------
    now, so_far : int
        Things that exist, and that were ever made.
    next_us, last_us : int or None
        When the next and the last of those that exist go; None without any that does.
    kept : int
        Things that exist and that this log does not see deleted.
    """

    name: str
    now: int
    so_far: int
    next_us: int | None
    last_us: int | None
    kept: int


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """When each thing of one class was made and deleted, both (n,), by the making."""

    name: str
    made_us: Ints
    gone_us: Ints

    def at(self, time_us: int) -> Held:
        """What exists at a moment."""
        made = int(np.searchsorted(self.made_us, time_us, side="right"))
        gone_us = self.gone_us[:made]
        gone_us = gone_us[gone_us > time_us]
        ends = gone_us[gone_us != NEVER]
        return Held(
            name=self.name,
            now=len(gone_us),
            so_far=made,
            next_us=int(ends.min()) if len(ends) else None,
            last_us=int(ends.max()) if len(ends) else None,
            kept=len(gone_us) - len(ends),
        )


@dataclass(frozen=True, slots=True)
class _Class:
    """Kinds of event that make and delete a thing, and the field that names it."""

    name: str
    made: str
    gone: str
    field: str


_CLASSES = (
    _Class("templates", "template.created", "template.deleted", "template"),
    _Class("alerts", "alert.raised", "alert.deleted", "alert"),
    _Class("recordings", "footage.written", "footage.deleted", "footage"),
    _Class("watchlist", "watchlist.imported", "watchlist.deleted", "watchlist"),
    _Class("media", "media.written", "media.deleted", "medium"),
)


def lives_in(table: pa.Table, time_us: Ints) -> tuple[Lives, ...]:
    """The lives of every class of data, from all events of a log; ``time_us`` is theirs."""
    return tuple(_lives(table, time_us, one) for one in _CLASSES)


def _lives(table: pa.Table, time_us: Ints, of_class: _Class) -> Lives:
    def of(kind: str) -> tuple[Ints, Any]:
        rows = np.flatnonzero(pc.equal(table["kind"], kind).to_numpy(zero_copy_only=False))
        ids = table[of_class.field].take(pa.array(rows))
        return time_us[rows], np.asarray(ids).astype(np.int64)

    made_us, made_ids = of(of_class.made)
    gone_us, gone_ids = of(of_class.gone)
    order = np.argsort(gone_ids, kind="stable")
    place = np.searchsorted(gone_ids[order], made_ids)
    found = np.full(len(made_ids), NEVER)
    near = np.minimum(place, max(len(order) - 1, 0))
    if len(order):
        same = gone_ids[order][near] == made_ids
        found[same] = gone_us[order][near][same]
    return Lives(of_class.name, made_us, found)
