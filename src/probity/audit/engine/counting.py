"""Counting different values: at least those that are true, at most those that may be, too."""

from dataclasses import replace

from sqlglot import exp

from probity.audit.engine.normal_form import HowMany
from probity.audit.engine.rows import TRUE, TRUTH, UNKNOWN, Rows, Steps
from probity.audit.engine.sql import (
    case,
    coalesced,
    column,
    join,
    named,
    number,
    select,
    source,
    union_all,
)
from probity.audit.engine.terms import count_tests


def counted(
    steps: Steps, formula: HowMany, rows: Rows, *, contexts: Rows, branches: list[Rows]
) -> Rows:
    """Rows as far as the number of different values compares as the formula says.

    ``branches`` are the rows where the counted part is true or unknown, of ``contexts``, which
    are what of the rows it can depend on.
    """
    key = contexts.columns
    alike = [_with_values(steps, rows, formula.names, key) for rows in branches if not rows.to_come]
    further = [branch for branch in branches if branch.to_come]
    least_column, most_column = steps.fresh("n"), steps.fresh("n")
    parts: list[Rows] = []
    value_key = (*key, *(f"value_{i}" for i in range(len(formula.names))))
    if alike:
        parts.append(steps.best(alike, value_key))
    sums = [
        select(
            [
                *_of_rows(key),
                named(_times(found), least_column),
                named(number(1), most_column),
            ],
            of=found.at("r"),
        )
        for found in parts
    ] + [
        select(
            [
                *_of_rows(key),
                named(number(0), least_column),
                named(number(formula.limit + 1), most_column),
            ],
            of=found.at("r"),
        )
        for found in further
    ]
    name = steps.add(union_all(sums))
    totals = select(
        [
            *_of_rows(key),
            named(exp.Sum(this=column(least_column, "r")), least_column),
            named(exp.Sum(this=column(most_column, "r")), most_column),
        ],
        of=source(name, "r"),
    ).group_by(*_of_rows(key), copy=False)
    total = steps.add(totals)
    on = [exp.NullSafeEQ(this=column(part, "r"), expression=column(part, "v")) for part in key]
    possible, certain = count_tests(
        coalesced(column(least_column, "v"), 0),
        coalesced(column(most_column, "v"), 0),
        formula.operator,
        formula.limit,
    )
    return steps.filtered(
        rows,
        joins=[join(source(total, "v"), on, kind="LEFT")],
        where=[possible],
        truth=case((certain, rows.truth("r")), otherwise=number(UNKNOWN)),
    )


def _with_values(steps: Steps, rows: Rows, names: tuple[str, ...], key: tuple[str, ...]) -> Rows:
    """Rows with the counted values in columns of the same names in every branch."""
    columns = _of_rows(key)
    columns += [named(column(rows.values[name], "r"), f"value_{i}") for i, name in enumerate(names)]
    if not rows.settled:
        columns.append(named(rows.truth("r"), TRUTH))
    name = steps.add(select(columns, of=rows.at("r")))
    every_name = (*key, *(f"value_{i}" for i in range(len(names))))
    return replace(rows, name=name, columns=every_name, values={}, key=())


def _of_rows(key: tuple[str, ...]) -> list[exp.Expr]:
    """Columns of the rows ``r``."""
    return [column(name, "r") for name in key]


def _times(found: Rows) -> exp.Expr:
    """1 for a row that is true."""
    true = exp.EQ(this=found.truth("r"), expression=number(TRUE))
    return case((true, number(1)), otherwise=number(0))
