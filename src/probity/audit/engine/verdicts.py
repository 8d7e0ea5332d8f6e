"""A rule as one query: how many instances it has, and which are not satisfied."""

from dataclasses import replace

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
from probity.audit.guarded import rule_future_reach_us
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
    counted = compiler.events(pattern, numbered=True)
    doubtful: list[Rows] = []
    if isinstance(check, TemporalRule) and check.when is not None:
        met = steps.best(compiler.hold(normal(check.when), instances), instances.columns)
        counted = instances = replace(met, now=instances.now, values=instances.values)
        if not instances.settled:
            doubtful.append(_with_truth(steps, instances, UNKNOWN))
            instances = replace(_with_truth(steps, instances, TRUE), settled=True)
    aim = normal(check.cases) if isinstance(check, RateRule) else opposite(normal(check.require))
    key = ("event", instances.now)
    failing = steps.best([*compiler.hold(aim, instances), *doubtful], key)
    query = union_all([_count(counted), _statuses(check, failing, tables.to_us)])
    return with_steps(query, steps.listed)


def _with_truth(steps: Steps, rows: Rows, truth: int) -> Rows:
    wanted = exp.EQ(this=column(TRUTH, "r"), expression=number(truth))
    return steps.filtered(rows, where=[wanted])


def _count(rows: Rows) -> exp.Query:
    columns = [
        named(number(CHECKED), "status"),
        named(exp.cast(exp.Null(), "bigint"), "event"),
        named(exp.Count(this=exp.Star()), "instances"),
    ]
    return select(columns, of=rows.at("r"))


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
