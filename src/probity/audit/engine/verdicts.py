"""A rule as one query: how many instances it has, and which are not satisfied."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from probity.audit.engine.compile import Compiler, Tables
from probity.audit.engine.normal_form import normal, opposite
from probity.audit.engine.rows import TRUE, TRUTH, UNKNOWN, Rows, Steps
from probity.audit.engine.sql import (
    LONGEST_US,
    case,
    column,
    literal,
    named,
    number,
    select,
    union_all,
)
from probity.audit.engine.sql import within as with_steps
from probity.audit.formula import Event, Variable
from probity.audit.guarded import rule_future_reach_us
from probity.audit.outcome import Outcome, RateCount
from probity.audit.rule import RateRule, TemporalRule

CHECKED, UNKNOWN_VALUE, UNDECIDED, BREACHED = 0, 1, 2, 3


def verdict_query(check: TemporalRule | RateRule, tables: Tables) -> exp.Query:
    """One row that counts the instances (CHECKED), and one for every one that is not satisfied.

    Columns ``status``, ``event`` and ``instances``. For a rate, BREACHED stands for its cases, and
    there is one row for each status.
    """
    compiler = Compiler(tables)
    steps = compiler.steps
    pattern = check.of if isinstance(check, RateRule) else check.for_each
    instances = compiler.events(pattern, numbered=True)
    # Counted from a step of its own, so that no engine keeps all instances for the sake of it.
    counted = _count(pattern, tables, compiler)
    doubtful: list[Rows] = []
    if isinstance(check, TemporalRule) and check.when is not None:
        met = steps.best(compiler.hold(normal(check.when), instances), instances.columns)
        instances = replace(met, now=instances.now, values=instances.values, key=instances.key)
        counted = _number_of(instances)
        if not instances.settled:
            doubtful.append(_with_truth(steps, instances, UNKNOWN))
            instances = replace(_with_truth(steps, instances, TRUE), settled=True)
    aim = normal(check.cases) if isinstance(check, RateRule) else opposite(normal(check.require))
    key = ("event", instances.now)
    failing = steps.best([*compiler.hold(aim, instances), *doubtful], key)
    query = union_all([counted, _statuses(check, failing, tables.to_us)])
    return with_steps(query, steps.listed)


def outcome_of(
    rule_id: str,
    check: TemporalRule | RateRule,
    *,
    status: NDArray[np.int32],
    event: NDArray[np.int64],
    instances: NDArray[np.int64],
) -> Outcome | RateCount:
    """What the columns of a verdict query say of a rule."""
    checked = int(instances[status == CHECKED].sum())
    if isinstance(check, RateRule):
        doubtful = (status == UNDECIDED) | (status == UNKNOWN_VALUE)
        return RateCount(
            rule_id=rule_id,
            of=checked,
            cases=int(instances[status == BREACHED].sum()),
            unknown=int(instances[doubtful].sum()),
        )
    return Outcome(
        rule_id=rule_id,
        checked=checked,
        breached=np.sort(event[status == BREACHED]),
        undecided=np.sort(event[status == UNDECIDED]),
        unknown=np.sort(event[status == UNKNOWN_VALUE]),
    )


def _with_truth(steps: Steps, rows: Rows, truth: int) -> Rows:
    wanted = exp.EQ(this=column(TRUTH, "r"), expression=number(truth))
    return steps.filtered(rows, where=[wanted])


def counted_before(pattern: Event, tables: Tables) -> bool:
    """Whether it is known without looking how many events match a pattern."""
    variables = [term.name for _, term in pattern.fields if isinstance(term, Variable)]
    every_event = len(set(variables)) == len(pattern.fields)
    return every_event and pattern.kind in tables.counts


def _count(pattern: Event, tables: Tables, compiler: Compiler) -> exp.Query:
    """How many events match a pattern; not looked for where every event of the kind does."""
    if not counted_before(pattern, tables):
        return _number_of(compiler.events(pattern))
    return exp.select(*_as_count(literal(tables.counts[pattern.kind])), copy=False)


def _number_of(rows: Rows) -> exp.Query:
    return select(_as_count(exp.Count(this=exp.Star())), of=rows.at("r"))


def _as_count(instances: exp.Expr) -> list[exp.Expr]:
    none = exp.cast(exp.Null(), "bigint")
    return [
        named(number(CHECKED), "status"),
        named(none, "event"),
        named(instances, "instances"),
    ]


def _statuses(check: TemporalRule | RateRule, found: Rows, to_us: int) -> exp.Query:
    open_end = _open_end(check, column(found.columns[1], "r"), to_us)
    missing = case((open_end, number(UNDECIDED)), otherwise=number(UNKNOWN_VALUE))
    true = exp.EQ(this=found.truth("r"), expression=number(TRUE))
    status = named(case((true, number(BREACHED)), otherwise=missing), "status")
    if isinstance(check, TemporalRule):
        each = [status, column("event", "r"), named(exp.cast(number(1), "bigint"), "instances")]
        return select(each, of=found.at("r"))
    none = named(exp.cast(exp.Null(), "bigint"), "event")
    each = [status, none, named(exp.Count(this=exp.Star()), "instances")]
    return select(each, of=found.at("r")).group_by(number(1), copy=False)


def _open_end(check: TemporalRule | RateRule, now: exp.Expr, to_us: int) -> exp.Expr:
    """The log ends before the rule's last deadline."""
    reach = rule_future_reach_us(check)
    if reach is None or reach >= LONGEST_US:
        return exp.Boolean(this=True)
    last = exp.Add(this=now, expression=literal(reach))
    return exp.GT(this=last, expression=literal(to_us))
