"""From what an engine counted to the verdict on a rule.

In this order: a rule that no log can decide *needs a document*. A rule is *not observable* where
the log lacks a kind of event or a field without which the requirement would seem broken by mere
silence. Else one instance that is certainly a breach makes it *breached*. Without one, a missing
value makes it *not observable*, and an open deadline *undecided*; else it is *satisfied*.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from probity.audit.formula import Constant, Event, Formula, Present, Variable
from probity.audit.guarded import event_of, events_in, formulas_of, parts_of
from probity.audit.log.event_log import EventLog
from probity.audit.outcome import Outcome, RateCount, Verdict
from probity.audit.rule import RateRule, Rule, TemporalRule
from probity.core import Count, Rate, Undefined
from probity.stats.interval import clopper_pearson_bounds


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleResult:
    """What a log says of one rule.

    Parameters
    ----------
    rule : Rule
    verdict : Verdict or None
        None: no log can decide it; ``rule.needs`` says what would.
    checked : int
        Instances of the rule; of a rate rule, the population.
    breached, undecided, unknown : int64, (n,)
        Numbers of the events that are the instances, ascending. Empty for a rate rule.
    missing : tuple of str
        What the log lacks for the rule, each in words.
    rate : Rate, Undefined or None
        Of a rate rule. Cases that are unknown widen the interval to both sides.
    """

    rule: Rule
    verdict: Verdict | None
    checked: int = 0
    breached: NDArray[np.int64] = field(default_factory=_none)
    undecided: NDArray[np.int64] = field(default_factory=_none)
    unknown: NDArray[np.int64] = field(default_factory=_none)
    missing: tuple[str, ...] = ()
    rate: Rate | Undefined | None = None


def judged(rule: Rule, counted: Outcome | RateCount | None, log: EventLog) -> RuleResult:
    """The result of one rule; ``counted`` is None where the rule was not run."""
    if rule.check is None:
        return RuleResult(rule=rule, verdict=None)
    if counted is None:
        missing = lacking(rule.check, log)
        return RuleResult(rule=rule, verdict=Verdict.NOT_OBSERVABLE, missing=missing)
    if isinstance(counted, RateCount) and isinstance(rule.check, RateRule):
        return _of_rate(rule, rule.check, counted)
    if isinstance(counted, RateCount):
        raise TypeError(f"{rule.rule_id} is no rate rule")
    missing = ()
    if len(counted.breached):
        verdict = Verdict.BREACHED
    elif len(counted.unknown):
        verdict = Verdict.NOT_OBSERVABLE
        missing = (
            f"a value that the rule needs is missing in {len(counted.unknown):,} of "
            f"{counted.checked:,} instances",
            *_never_stated(rule.check, log),
        )
    elif len(counted.undecided):
        verdict = Verdict.UNDECIDED
    else:
        verdict = Verdict.SATISFIED
    return RuleResult(
        rule=rule,
        verdict=verdict,
        checked=counted.checked,
        breached=counted.breached,
        undecided=counted.undecided,
        unknown=counted.unknown,
        missing=missing,
    )


def lacking(check: TemporalRule | RateRule, log: EventLog) -> tuple[str, ...]:
    """What the log has to hold before the rule can be run, and does not.

    That is every kind of event in the rule; every field that an event is picked by, since an
    event that never states it would be taken for one that never happened; and the column of
    every value whose absence is the breach.
    """
    fields: dict[str, set[str]] = defaultdict(set)
    for event, name, term, bound in _terms(check):
        if isinstance(term, Constant) or bound:
            fields[event.kind].add(name)
    kinds = sorted({event.kind for event, *_ in _events(check)})
    missing = dict.fromkeys(log.observable(kinds, {k: sorted(f) for k, f in fields.items()}))
    judged_by_presence = {
        part.variable.name for f in formulas_of(check) for part in _all_parts(f)
        if isinstance(part, Present)
    }  # fmt: skip
    for event, name, term, _ in _terms(check):
        if (
            isinstance(term, Variable)
            and term.name in judged_by_presence
            and name not in log.columns
            and log.counts.get(event.kind, 0)
        ):
            missing[f"{event.kind} has no field {name}"] = None
    return tuple(missing)


def _never_stated(check: TemporalRule | RateRule, log: EventLog) -> tuple[str, ...]:
    fields: dict[str, set[str]] = defaultdict(set)
    for event, name, _, _ in _terms(check):
        fields[event.kind].add(name)
    return log.observable((), {kind: sorted(own) for kind, own in fields.items()})


def _of_rate(rule: Rule, check: RateRule, counted: RateCount) -> RuleResult:
    if counted.of == 0:
        reason = f"no {check.population} in the log"
        return RuleResult(
            rule=rule,
            verdict=Verdict.NOT_OBSERVABLE,
            missing=(reason,),
            rate=Undefined(reason),
        )
    low, _ = clopper_pearson_bounds(counted.cases, counted.of, level=check.level)
    _, high = clopper_pearson_bounds(counted.cases + counted.unknown, counted.of, level=check.level)
    known = counted.of - counted.unknown
    rate: Rate | Undefined = Undefined(f"every one of {counted.of:,} {check.population} is unknown")
    if known:
        count = Count(counted.cases, known, check.population)
        rate = Rate(count, low=low, high=high, level=check.level, method="Clopper-Pearson")
    below, above = high <= check.limit, low > check.limit
    if check.relation == "at least":
        below, above = low >= check.limit, high < check.limit
    verdict = Verdict.SATISFIED if below else Verdict.BREACHED if above else Verdict.UNDECIDED
    return RuleResult(rule=rule, verdict=verdict, checked=counted.of, rate=rate)


def _events(check: TemporalRule | RateRule) -> Iterator[tuple[Event, bool]]:
    """Every event pattern, and whether it is a condition rather than the instance itself."""
    yield event_of(check), False
    for formula in formulas_of(check):
        for event in events_in(formula):
            yield event, True


def _terms(
    check: TemporalRule | RateRule,
) -> Iterator[tuple[Event, str, Variable | Constant, bool]]:
    """Fields of every pattern, and whether their variable is bound by the instance."""
    own = {term.name for _, term in event_of(check).fields if isinstance(term, Variable)}
    for event, condition in _events(check):
        for name, term in event.fields:
            bound = condition and isinstance(term, Variable) and term.name in own
            yield event, name, term, bound


def _all_parts(formula: Formula) -> Iterator[Formula]:
    yield formula
    for part in parts_of(formula):
        yield from _all_parts(part)
