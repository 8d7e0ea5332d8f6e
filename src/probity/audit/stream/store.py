"""The events of one kind that some rule may still need, and looking them up by values and time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from probity.audit.formula import Event
from probity.audit.stream.claims import Claim
from probity.audit.stream.codes import (
    MISSING,
    Codes,
    Table,
    Words,
    empty,
    grouped,
    joined,
    matching,
    taken,
)

FAR_US = 1 << 60
"""Longer than any log; added to a time it stays within 64 bits."""


class KindStore:
    """Events of one kind in the order of time.

    Parameters
    ----------
    fields : tuple of str
        Columns.
    claims : sequence of (int, Claim)
        The rule, by its place, and what it claims.
    """

    def __init__(self, fields: tuple[str, ...], claims: Sequence[tuple[int, Claim]]) -> None:
        self.fields, self.claims = fields, tuple(claims)
        self.table = empty(fields)
        self._rows_after_pruning = 0
        self._indexes: dict[tuple[object, ...], Index] = {}

    def add(self, table: Table) -> None:
        """Take events, none earlier than those that are here."""
        self._indexes.clear()
        self.table = joined(self.table, table)

    def index(self, pattern: Event, keys: tuple[str, ...], words: Words) -> "Index":
        """Events with the constants of a pattern, by the values of ``keys`` and time."""
        constants = tuple((f, term) for f, term in pattern.fields if not _is_variable(term))
        name = (constants, keys)
        if name not in self._indexes:
            rows = np.flatnonzero(matching(self.table, Event(pattern.kind, constants), words))
            self._indexes[name] = Index(self.table, rows, keys)
        return self._indexes[name]

    def prune(self, horizons: Sequence[int], words: Words) -> None:
        """Drop events that no rule can need any more; ``horizons`` is H for each rule."""
        rows = len(self.table["event"])
        if rows < 1.25 * self._rows_after_pruning + 1_000:
            return
        keep = np.zeros(rows, dtype=bool)
        matches: dict[Event, NDArray[np.bool_]] = {}
        for rule, claim in self.claims:
            if claim.pattern not in matches:
                matches[claim.pattern] = matching(self.table, claim.pattern, words)
            match = matches[claim.pattern]
            if claim.back_us is None:
                keep |= match
                continue
            recent = self.table["time"] >= horizons[rule] - min(claim.back_us, FAR_US)
            keep |= match & recent
            if claim.older != "none":
                keep[self._alone(np.flatnonzero(match & ~recent), claim)] = True
        self._indexes.clear()
        self.table = taken(self.table, keep)
        self._rows_after_pruning = len(self.table["event"])

    def _alone(self, rows: Codes, claim: Claim) -> Codes:
        """Of rows with equal values the first or the last."""
        if claim.older == "last":
            rows = rows[::-1]
        columns = [self.table[field][rows] for field, _ in claim.pattern.fields]
        _, one = grouped(columns, len(rows))
        return rows[one]


class Index:
    """Rows by the values of some fields and by time; a missing value is equal to nothing.

    ``rows``: places in the table, those of equal values together and in the order of time.
    """

    def __init__(self, table: Table, rows: Codes, keys: tuple[str, ...]) -> None:
        self._times = table["time"]
        self._known: list[tuple[Codes, Codes]] = []
        for key in keys:
            rows = rows[table[key][rows] != MISSING]
        group = np.zeros(len(rows), dtype=np.int64)
        for key in keys:
            values, place = np.unique(table[key][rows], return_inverse=True)
            pairs, group = np.unique(group * max(1, len(values)) + place, return_inverse=True)
            self._known.append((values, pairs))
        # A group and a place in the order of time as one number, so that one search finds both.
        self._width = len(self._times) + 1
        place = group * self._width + rows
        order = np.argsort(place, kind="stable") if keys else slice(None)
        self.rows, self._places = rows[order], place[order]

    def found(self, keys: Sequence[Codes], first_us: Codes, last_us: Codes) -> tuple[Codes, Codes]:
        """Of ``rows``, from where to where (end excluded) the values and times fit.

        Parameters
        ----------
        keys : sequence of int64, (n,)
            The values asked for.
        first_us, last_us : int64, (n,)
            The times asked for, both included.
        """
        group = np.zeros(len(first_us), dtype=np.int64)
        known = np.ones(len(first_us), dtype=bool)
        for (values, pairs), asked in zip(self._known, keys, strict=True):
            if not len(values):
                return group, group
            place = np.minimum(np.searchsorted(values, asked), len(values) - 1)
            known &= values[place] == asked
            pair = group * len(values) + place
            group = np.minimum(np.searchsorted(pairs, pair), len(pairs) - 1)
            known &= pairs[group] == pair
        low = np.searchsorted(self._times, first_us, side="left")
        high = np.maximum(low, np.searchsorted(self._times, last_us, side="right"))
        start = np.searchsorted(self._places, group * self._width + low)
        end = np.searchsorted(self._places, group * self._width + high)
        return start, np.where(known, end, start)


def _is_variable(term: object) -> bool:
    return not hasattr(term, "value")
