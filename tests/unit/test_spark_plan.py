"""Queries cut into parts for Spark, tried on DuckDB, which needs no cutting."""

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from probity.audit.engine.spark_plan import Plan, in_parts
from probity.audit.engine.sql import Step, column, named, number, select, source, union_all, within


def doubling(steps: int) -> exp.Query:
    """Each step reads the one before it twice: 2**steps rows."""
    listed = [Step("step_0", exp.select(named(number(1), "x")))]
    for index in range(steps):
        half = select([column("x", "r")], of=source(f"step_{index}", "r"))
        listed.append(Step(f"step_{index + 1}", union_all([half, half.copy()])))
    # A step that nothing reads.
    listed.append(Step("unread", exp.select(named(number(7), "x"))))
    last = select([named(exp.Count(this=exp.Star()), "n")], of=source(f"step_{steps}", "r"))
    return within(last, listed)


def copies(query: exp.Query) -> int:
    """Steps that a query would hold if each were copied into its place."""
    steps = {one.alias: one.this for one in query.ctes}
    body = query.copy()
    body.set("with_", None)

    def count(part: exp.Expr) -> int:
        found = [table.name for table in part.find_all(exp.Table) if table.name in steps]
        return sum(1 + count(steps[name]) for name in found)

    return count(body)


def answer(plan: Plan) -> object:
    with duckdb.connect(":memory:") as session:
        for step in plan.first:
            table = exp.Table(this=exp.to_identifier(step.name, quoted=True))
            session.execute(
                exp.Create(this=table, kind="TABLE", expression=step.query).sql("duckdb")
            )
        return session.execute(plan.query.sql("duckdb")).fetchall()


@pytest.mark.parametrize("largest", [1, 5, 40])
def test_no_part_outgrows_its_steps_and_the_answer_is_the_same(largest: int) -> None:
    query = doubling(12)
    assert copies(query) == 2**13 - 1
    plan = in_parts(query, largest=largest)
    assert plan.first
    assert max(copies(part) for part in (*(step.query for step in plan.first), plan.query)) <= (
        2 * (largest + 1)
    )
    assert answer(plan) == [(2**12,)]


def test_a_small_query_is_left_whole_but_for_steps_that_nothing_reads() -> None:
    plan = in_parts(doubling(2))
    assert plan.first == ()
    assert [one.alias for one in plan.query.ctes] == ["step_0", "step_1", "step_2"]
    assert answer(plan) == [(4,)]


def test_a_query_without_steps_is_itself() -> None:
    query = sqlglot.parse_one("SELECT 1 AS x", into=exp.Select)
    assert in_parts(query).query == query
