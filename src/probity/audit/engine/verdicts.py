"""A rule as one query: how many instances have each status, and which are not satisfied."""

from dataclasses import replace

from sqlglot import exp

from probity.audit.engine.compile import Compiler, Tables
from probity.audit.engine.normal_form import normal, opposite
from probity.audit.engine.rows import TRUE, TRUTH, UNKNOWN, Rows
from probity.audit.engine.sql import (
    LONGEST_US,
    case,
    coalesced,
    column,
    join,
    literal,
    named,
    number,
    select,
)
from probity.audit.engine.sql import within as with_steps
from probity.audit.guarded import rule_future_reach_us
from probity.audit.rule import RateRule, TemporalRule

SATISFIED, UNKNOWN_VALUE, UNDECIDED, BREACHED = 0, 1, 2, 3


def verdict_query(check: TemporalRule | RateRule, tables: Tables) -> exp.Query:
    """Status, event number (none where satisfied) and how many instances, of every instance.

    For a rate, BREACHED stands for its cases, and event numbers are not told.
    """
    compiler = Compiler(tables)
    steps = compiler.steps
    pattern = check.of if isinstance(check, RateRule) else check.for_each
    instances = compiler.events(pattern, numbered=True)
    condition = check.when if isinstance(check, TemporalRule) else None
    if condition is not None:
        met = steps.best(compiler.hold(normal(condition), instances), instances.columns)
        instances = replace(met, now=instances.now, values=instances.values)
    wanted = check.cases if isinstance(check, RateRule) else check.require
    aim = normal(wanted)
    if isinstance(check, TemporalRule):
        aim = opposite(aim)
    failing = steps.best(compiler.hold(aim, instances), ("event",))
    return with_steps(_statuses(check, instances, failing, tables.to_us), steps.listed)


def _statuses(
    check: TemporalRule | RateRule, instances: Rows, found: Rows, to_us: int
) -> exp.Query:
    truth = coalesced(column(TRUTH, "f"), 0)
    open_end = _open_end(check, column(instances.now, "r"), to_us)
    missing = case((open_end, number(UNDECIDED)), otherwise=number(UNKNOWN_VALUE))
    doubtful = [exp.EQ(this=truth, expression=number(UNKNOWN))]
    if not instances.settled:
        doubtful.append(exp.EQ(this=column(TRUTH, "r"), expression=number(UNKNOWN)))
    status = case(
        (exp.or_(*doubtful), missing),
        (exp.EQ(this=truth.copy(), expression=number(TRUE)), number(BREACHED)),
        otherwise=number(SATISFIED),
    )
    on = [exp.EQ(this=column("event", "r"), expression=column("event", "f"))]
    each = select(
        [named(column("event", "r"), "event"), named(status, "status")],
        of=instances.at("r"),
        joins=[join(found.at("f"), on, kind="LEFT")],
    )
    told: exp.Expr = column("event", "s")
    if isinstance(check, TemporalRule):
        failing = exp.NEQ(this=column("status", "s"), expression=number(SATISFIED))
        told = case((failing, told), otherwise=exp.Null())
    else:
        told = exp.cast(exp.Null(), "bigint")
    counted = exp.select(
        named(column("status", "s"), "status"),
        named(told, "event"),
        named(exp.Count(this=exp.Star()), "instances"),
    ).from_(each.subquery("s"), copy=False)
    return counted.group_by(number(1), number(2), copy=False)


def _open_end(check: TemporalRule | RateRule, now: exp.Expr, to_us: int) -> exp.Expr:
    """The log ends before the rule's last deadline."""
    reach = rule_future_reach_us(check)
    if reach is None or reach >= LONGEST_US:
        return exp.Boolean(this=True)
    last = exp.Add(this=now, expression=literal(reach))
    return exp.GT(this=last, expression=literal(to_us))
