"""The instances that a screen leaves: judged by the reference's meaning, each case once.

Instances with the same values between the same neighbouring moments have the same truth: what
a formula says of an instant changes only where an event, or the end of what is known, enters or
leaves one of the intervals around it. So a hundred thousand comparisons under one authority are
one case, as long as the events that the rule asks for are few.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from probity.audit.formula import (
    Event,
    Eventually,
    Formula,
    Once,
    Since,
    Until,
    Value,
)
from probity.audit.guarded import events_in, parts_of
from probity.audit.meaning import Log
from probity.audit.stream.codes import Codes, Words, grouped, matching, value_of
from probity.audit.stream.instances import Instances, variables_in
from probity.audit.stream.screen import Truths, keys_of
from probity.audit.stream.store import FAR_US, KindStore


def judged_exactly(
    formulas: Sequence[Formula],
    instances: Instances,
    stores: Mapping[str, KindStore],
    words: Words,
    to_us: int,
) -> list[Truths]:
    """The truth of each formula for each instance, with every event up to ``to_us``."""
    relevant = _relevant(formulas, instances, stores, words)
    log = Log(_rows(relevant, stores, words), to_us)
    group, one = _cases(formulas, instances, relevant, stores, to_us)
    known = np.empty((len(formulas), len(one)), dtype=np.int8)
    for place, row in enumerate(one.tolist()):
        now, binding = int(instances.times[row]), instances.binding(row, words)
        for number, formula in enumerate(formulas):
            known[number, place] = log.truth(formula, now, binding)
    return [truths[group] for truths in known]


def _relevant(
    formulas: Sequence[Formula],
    instances: Instances,
    stores: Mapping[str, KindStore],
    words: Words,
) -> dict[str, NDArray[np.bool_]]:
    """Events that a pattern can match for one of the instances; others change nothing."""
    relevant: dict[str, NDArray[np.bool_]] = {}
    for event in chain.from_iterable(events_in(formula) for formula in formulas):
        table = stores[event.kind].table
        rows = matching(table, event, words)
        for field, name in keys_of(event, instances).items():
            rows &= np.isin(table[field], instances.column(name))
        relevant[event.kind] = relevant.get(event.kind, False) | rows
    return relevant


def _rows(
    relevant: Mapping[str, NDArray[np.bool_]], stores: Mapping[str, KindStore], words: Words
) -> Iterator[dict[str, Value]]:
    seen: set[int] = set()
    for kind, mask in relevant.items():
        rows = np.flatnonzero(mask)
        columns = {name: column[rows].tolist() for name, column in stores[kind].table.items()}
        for at, number in enumerate(columns["event"]):
            if number not in seen:
                seen.add(number)
                row = {name: value_of(name, codes[at], words) for name, codes in columns.items()}
                yield {**row, "kind": kind}


def _cases(
    formulas: Sequence[Formula],
    instances: Instances,
    relevant: Mapping[str, NDArray[np.bool_]],
    stores: Mapping[str, KindStore],
    to_us: int,
) -> tuple[Codes, Codes]:
    """Number the different cases: that of each instance, and one instance of each."""
    named = frozenset().union(*(variables_in(formula) for formula in formulas))
    columns = [instances.column(name) for name in sorted(named & instances.variables.keys())]
    moments = np.concatenate(
        [np.empty(0, np.int64), *(stores[kind].table["time"][m] for kind, m in relevant.items())]
    )
    turns = [moments]
    for operator in chain.from_iterable(_outermost(formula) for formula in formulas):
        ahead = isinstance(operator, Eventually | Until)
        for edge in (operator.interval.low, operator.interval.high):
            if edge is not None:
                length = min(edge, FAR_US)
                turns.append(moments - length if ahead else moments + length)
                turns.append(np.array([to_us - length]))
    turn = np.unique(np.concatenate(turns))
    # Even: between two moments; odd: on one.
    at = np.searchsorted(turn, instances.times, side="left")
    at += np.searchsorted(turn, instances.times, side="right")
    return grouped([*columns, at], len(instances))


def _outermost(formula: Formula) -> Iterator[Once | Eventually | Since | Until]:
    if isinstance(formula, Once | Eventually | Since | Until):
        yield formula
    elif not isinstance(formula, Event):
        for part in parts_of(formula):
            yield from _outermost(part)
