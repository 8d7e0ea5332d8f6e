"""Rules that look back without a bound, read with one, so that the past can be forgotten."""

from collections.abc import Iterable
from dataclasses import replace

from probity.audit.formula import (
    And,
    Count,
    Eventually,
    Exists,
    Formula,
    Interval,
    Not,
    Once,
    Or,
    Since,
    Until,
)
from probity.audit.guarded import rule_past_reach_us
from probity.audit.rule import Rule, TemporalRule


def looks_back_without_end(rule: Rule) -> bool:
    """Whether a rule can ask for events however old."""
    return rule.check is not None and rule_past_reach_us(rule.check) is None


def endless_rules(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Ids of the rules that look back without end."""
    return tuple(rule.rule_id for rule in rules if looks_back_without_end(rule))


def bounded(rule: Rule, *, back_us: int) -> Rule:
    """The rule with every ``ONCE`` and ``SINCE`` without a bound ended at ``back_us``.

    What is older then counts as if it had never happened.
    """
    check = rule.check
    if check is None or not looks_back_without_end(rule):
        return rule
    if isinstance(check, TemporalRule):
        when = None if check.when is None else _bounded(check.when, back_us)
        return replace(
            rule, check=replace(check, when=when, require=_bounded(check.require, back_us))
        )
    return replace(rule, check=replace(check, cases=_bounded(check.cases, back_us)))


def _bounded(formula: Formula, back_us: int) -> Formula:  # noqa: PLR0911
    match formula:
        case Not():
            return Not(_bounded(formula.part, back_us))
        case And() | Or():
            return replace(formula, parts=tuple(_bounded(part, back_us) for part in formula.parts))
        case Exists() | Count() | Eventually():
            return replace(formula, part=_bounded(formula.part, back_us))
        case Once():
            part = _bounded(formula.part, back_us)
            return Once(_ended(formula.interval, back_us), part)
        case Since():
            left, right = _bounded(formula.left.part, back_us), _bounded(formula.right, back_us)
            return Since(_ended(formula.interval, back_us), Not(left), right)
        case Until():
            left, right = _bounded(formula.left.part, back_us), _bounded(formula.right, back_us)
            return Until(formula.interval, Not(left), right)
        case _:
            return formula


def _ended(interval: Interval, back_us: int) -> Interval:
    if interval.high is not None:
        return interval
    return Interval(interval.low, max(interval.low, back_us))
