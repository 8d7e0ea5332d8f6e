"""Rows met by rows: those that others meet, outlast, begin or contradict."""

from dataclasses import replace

from sqlglot import exp

from probity.audit.engine.normal_form import Normal, free_in
from probity.audit.engine.rows import TRUE, TRUTH, UNKNOWN, Rows, Steps, least
from probity.audit.engine.sql import case, coalesced, column, join, named, number, select
from probity.audit.engine.windows import Window, same_values


def joined(steps: Steps, rows: Rows, found: Rows, window: Window) -> Rows:
    """Each row with each found event of its window, the variables of both being equal."""
    on = same_values(rows, found) + window(column(found.now, "p"))
    shared = {v for k, v in found.values.items() if k in rows.values}
    extra = [name for name in found.columns if name not in shared]
    columns = rows.all_columns("r") + [column(name, "p") for name in extra]
    settled = rows.settled and found.settled
    if not settled:
        columns.append(named(least(rows.truth("r"), found.truth("p")), TRUTH))
    query = select(columns, of=rows.at("r"), joins=[join(found.at("p"), on)])
    both = rows.key and found.key
    return Rows(
        steps.add(query),
        found.now,
        (*rows.columns, *extra),
        {**found.values, **rows.values},
        settled,
        key=(*rows.key, *(name for name in found.key if name not in shared)) if both else (),
    )


def only(steps: Steps, rows: Rows, truth: int) -> Rows:
    """The rows that are as true as that, taken as true."""
    wanted = exp.EQ(this=column(TRUTH, "r"), expression=number(truth))
    return replace(steps.filtered(rows, where=[wanted]), settled=True)


def until_first(steps: Steps, start: Rows, stop: Rows) -> Rows:
    """Starts with a column for the first stop after them; none where nothing stops them."""
    end = steps.fresh("t")
    then = column(stop.now, "p")
    on = [*same_values(start, stop), exp.GT(this=then, expression=column(start.now, "r"))]
    columns = start.all_columns("r")
    if not start.settled:
        columns.append(column(TRUTH, "r"))
    query = select(
        [*columns, named(exp.Min(this=then.copy()), end)],
        of=start.at("r"),
        joins=[join(stop.at("p"), on, kind="LEFT")],
    ).group_by(*[part.copy() for part in columns], copy=False)
    name = steps.add(query)
    return replace(start, name=name, columns=(*start.columns, end), ends=(*start.ends, end))


def despite(steps: Steps, against: Rows, rows: Rows) -> Rows:
    """Rows as far as ``against``, which has their key columns, is not true."""
    on = [
        exp.NullSafeEQ(this=column(name, "r"), expression=column(name, "v"))
        for name in against.columns
    ]
    joined = [join(against.at("v"), on, kind="LEFT")]
    if against.settled:
        return steps.filtered(rows, joins=[join(against.at("v"), on, kind="ANTI")])
    truth = column(TRUTH, "v")
    return steps.filtered(
        rows,
        joins=joined,
        where=[exp.NEQ(this=coalesced(truth, 0), expression=number(TRUE))],
        truth=case(
            (exp.EQ(this=coalesced(truth, 0), expression=number(UNKNOWN)), number(UNKNOWN)),
            otherwise=rows.truth("r"),
        ),
    )


def contexts_of(steps: Steps, formula: Normal, rows: Rows, *further: str) -> Rows:
    """What of the rows a formula, judged at their instant, can depend on; each once."""
    inner = sorted(free_in(formula) & rows.values.keys())
    values = {name: rows.values[name] for name in inner}
    key = tuple(dict.fromkeys((rows.now, *further, *values.values())))
    query = select([column(name, "r") for name in key], of=rows.at("r")).distinct(copy=False)
    return Rows(steps.add(query), rows.now, key, values, key=key)
