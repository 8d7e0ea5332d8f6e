"""Laws of the rule language, on random rules and random logs."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import generated_logs as generated
from probity.audit.formula import And, Event, Formula, Not, Once, Or
from probity.audit.guarded import formulas_of, require_guarded
from probity.audit.language import negated, parse_formula
from probity.audit.outcome import Outcome
from probity.audit.reference import judge
from probity.audit.rule import Rule, TemporalRule
from probity.audit.written import written, written_interval

Case = tuple[Rule, generated.GeneratedLog]


def requiring(rule: Rule, require: Formula) -> Rule:
    """The rule with another requirement."""
    assert isinstance(rule.check, TemporalRule)
    return replace(rule, check=replace(rule.check, require=require))


@settings(max_examples=200)
@given(rule=generated.rules())
def test_generated_rules_are_guarded(rule: Rule) -> None:
    assert rule.check is not None
    require_guarded(rule.check)


@settings(max_examples=200)
@given(rule=generated.rules())
def test_what_is_written_reads_back_the_same(rule: Rule) -> None:
    assert rule.check is not None
    for formula in formulas_of(rule.check):
        assert parse_formula(written(formula)) == formula


@settings(max_examples=100)
@given(case=generated.cases(rates=False))
def test_not_not_is_nothing(case: Case) -> None:
    rule, log = case
    assert isinstance(rule.check, TemporalRule)
    twice = requiring(rule, Not(Not(rule.check.require)))
    assert judge([rule], log.rows, to_us=log.to_us) == judge([twice], log.rows, to_us=log.to_us)


@settings(max_examples=100)
@given(case=generated.cases(rates=False))
def test_what_is_breached_is_satisfied_by_the_opposite(case: Case) -> None:
    rule, log = case
    assert isinstance(rule.check, TemporalRule)
    rule = replace(rule, check=replace(rule.check, when=None))
    [one] = judge([rule], log.rows, to_us=log.to_us)
    assert isinstance(rule.check, TemporalRule)
    [other] = judge([requiring(rule, Not(rule.check.require))], log.rows, to_us=log.to_us)
    assert isinstance(one, Outcome)
    assert isinstance(other, Outcome)
    open_ended = one.undecided.size + one.unknown.size
    assert one.checked == other.checked
    assert one.breached.size + other.breached.size + open_ended == one.checked
    assert one.undecided.tolist() == other.undecided.tolist()


@settings(max_examples=100)
@given(case=generated.cases(), seed=st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_mean_nothing(case: Case, seed: object) -> None:
    rule, log = case
    expected = judge([rule], log.tidy, to_us=log.to_us)
    assert judge([rule], log.rows, to_us=log.to_us) == expected
    assert judge([rule], log.tidy[::-1] + log.rows, to_us=log.to_us) == expected


@settings(max_examples=100)
@given(case=generated.cases(rates=False))
def test_a_longer_log_changes_no_verdict_that_was_reached(case: Case) -> None:
    rule, log = case
    """Only what was undecided, or unknown, may become something else."""
    [short] = judge([rule], log.rows, to_us=log.to_us)
    [long] = judge([rule], log.rows, to_us=log.to_us + 5 * generated.SECOND)
    assert isinstance(short, Outcome)
    assert isinstance(long, Outcome)
    assert set(short.breached.tolist()) <= set(long.breached.tolist())
    assert set(short.unknown.tolist()) <= set(long.unknown.tolist())
    assert long.checked >= short.checked - short.undecided.size


@settings(max_examples=60)
@given(case=generated.cases(rates=False), data=st.data())
def test_historically_is_the_dual_of_once(case: Case, data: st.DataObject) -> None:
    rule, log = case
    interval = data.draw(generated._intervals())
    kind = data.draw(st.sampled_from(sorted(generated.FIELDS_OF)))
    always = parse_formula(f"HISTORICALLY{written_interval(interval)} NOT {kind}()")
    assert always == Not(Once(interval, Event(kind)))
    once = Once(interval, Event(kind))
    [held] = judge([requiring(rule, always)], log.rows, to_us=log.to_us)
    [happened] = judge([requiring(rule, once)], log.rows, to_us=log.to_us)
    [opposite] = judge([requiring(rule, negated(always))], log.rows, to_us=log.to_us)
    assert happened == opposite
    assert isinstance(held, Outcome)
    assert isinstance(happened, Outcome)
    assert not set(held.breached.tolist()) & set(happened.breached.tolist())


def some_event(data: st.DataObject) -> Once:
    """A condition that binds nothing: some kind happened, within some interval ago."""
    kind = data.draw(st.sampled_from(sorted(generated.FIELDS_OF)))
    return Once(data.draw(generated._intervals()), Event(kind))


def judged(rule: Rule, log: generated.GeneratedLog, require: Formula) -> Outcome:
    [outcome] = judge([requiring(rule, require)], log.rows, to_us=log.to_us)
    assert isinstance(outcome, Outcome)
    return outcome


@settings(max_examples=60)
@given(case=generated.cases(rates=False), data=st.data())
def test_not_both_is_either_not(case: Case, data: st.DataObject) -> None:
    rule, log = case
    assert isinstance(rule.check, TemporalRule)
    one, other = rule.check.require, some_event(data)
    both = judged(rule, log, Not(And((one, other))))
    either = judged(rule, log, Or((negated(one), negated(other))))
    assert both == either


@settings(max_examples=60)
@given(case=generated.cases(rates=False), data=st.data())
def test_both_is_breached_where_one_is_and_either_only_where_both_are(
    case: Case, data: st.DataObject
) -> None:
    rule, log = case
    assert isinstance(rule.check, TemporalRule)
    parts = (rule.check.require, some_event(data))
    one, other = (set(judged(rule, log, part).breached.tolist()) for part in parts)
    assert set(judged(rule, log, And(parts)).breached.tolist()) == one | other
    assert set(judged(rule, log, Or(parts)).breached.tolist()) == one & other


@settings(max_examples=60)
@given(case=generated.cases(rates=False), data=st.data())
def test_a_longer_interval_back_breaches_nothing_more(case: Case, data: st.DataObject) -> None:
    rule, log = case
    short = some_event(data)
    grown = None if short.interval.high is None else short.interval.high + generated.SECOND
    longer = replace(short, interval=replace(short.interval, high=grown))
    few, many = (set(judged(rule, log, one).breached.tolist()) for one in (longer, short))
    assert few <= many


def test_rules_and_logs_reach_every_verdict() -> None:
    """A comparison of engines on logs that decide everything would show little."""
    seen: set[str] = set()

    @settings(max_examples=300)
    @given(case=generated.cases(rates=False))
    def look(case: Case) -> None:
        rule, log = case
        [outcome] = judge([rule], log.rows, to_us=log.to_us)
        assert isinstance(outcome, Outcome)
        for name in ("breached", "undecided", "unknown"):
            if getattr(outcome, name).size:
                seen.add(name)
        if outcome.checked > outcome.breached.size + outcome.undecided.size + outcome.unknown.size:
            seen.add("satisfied")

    look()
    assert seen == {"breached", "undecided", "unknown", "satisfied"}
