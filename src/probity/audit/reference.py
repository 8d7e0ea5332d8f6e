"""The reference monitor: rules judged over a log in plain Python, slowly.

Every other engine must give the same outcomes. What a formula means is in
``probity.audit.meaning``.

A verdict that is unknown has two causes. The instance is *undecided* when its time plus the
furthest that its rule can look ahead lies beyond the end of the log, and *unknown*, for a
missing value, otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from probity.audit.formula import Value
from probity.audit.guarded import event_of, rule_future_reach_us
from probity.audit.meaning import Log, Truth
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, Rule, TemporalRule


def judge(
    rules: Sequence[Rule], rows: Iterable[Mapping[str, Value]], *, to_us: int
) -> tuple[Outcome | RateCount, ...]:
    """Run rules over a log.

    Parameters
    ----------
    rules : sequence of Rule
        Guarded. Those that no log can decide (``check`` None) are passed over.
    rows : iterable of mapping
        One event each, in any order: field to value, times in microseconds; a field that is
        missing is None or absent. The same event twice is one event.
    to_us : int
        The log is complete until then, that moment included. Later events are left out.

    Returns
    -------
    tuple of Outcome or RateCount
        One for each rule that a log can decide, in their order. ``RateCount.of`` counts every
        event that matches, among them those whose case is unknown for whatever reason.

    Raises
    ------
    InputError
        Two different events with one number.
    """
    log = Log(rows, to_us)
    return tuple(
        _outcome(rule.rule_id, rule.check, log)
        if isinstance(rule.check, TemporalRule)
        else _rate(rule.rule_id, rule.check, log)
        for rule in rules
        if rule.check is not None
    )


def _outcome(rule_id: str, check: TemporalRule, log: Log) -> Outcome:
    reach = rule_future_reach_us(check)
    checked = 0
    breached: list[int] = []
    undecided: list[int] = []
    unknown: list[int] = []
    for number, time, binding in log.instances(event_of(check)):
        applies = Truth.TRUE if check.when is None else log.truth(check.when, time, binding)
        if applies is Truth.FALSE:
            continue
        checked += 1
        holds = log.truth(check.require, time, binding)
        if applies is Truth.UNKNOWN:
            holds = Truth.UNKNOWN
        if holds is Truth.FALSE:
            breached.append(number)
        elif holds is Truth.UNKNOWN:
            open_end = reach is None or time + reach > log.to_us
            (undecided if open_end else unknown).append(number)
    return Outcome(
        rule_id=rule_id,
        checked=checked,
        breached=np.array(sorted(breached), dtype=np.int64),
        undecided=np.array(sorted(undecided), dtype=np.int64),
        unknown=np.array(sorted(unknown), dtype=np.int64),
    )


def _rate(rule_id: str, check: RateRule, log: Log) -> RateCount:
    truths = [
        log.truth(check.cases, time, binding) for _, time, binding in log.instances(event_of(check))
    ]
    return RateCount(
        rule_id=rule_id,
        of=len(truths),
        cases=truths.count(Truth.TRUE),
        unknown=truths.count(Truth.UNKNOWN),
    )
