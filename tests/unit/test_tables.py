"""Tables with fixed margins: listed completely, weighed exactly, drawn from the right law."""

from itertools import product
from math import comb, log

import numpy as np
import pytest

from probity.stats.stream import stream
from probity.stats.tables import (
    draw_tables,
    every_table,
    log_ways,
    p_values,
    tables_at_most,
)


@pytest.mark.parametrize("sizes", [(3, 2), (4, 1, 2), (2, 2, 2, 2), (5,)])
def test_every_table_is_listed_once(sizes: tuple[int, ...]) -> None:
    for cases in range(sum(sizes) + 1):
        listed = [tuple(row) for row in every_table(sizes, cases).tolist()]
        expected = [t for t in product(*(range(n + 1) for n in sizes)) if sum(t) == cases]
        assert sorted(listed) == expected
        assert len(listed) <= tables_at_most(sizes, cases)


def test_ways_are_products_of_binomial_coefficients() -> None:
    sizes, cases = (3_147_436, 40, 7), (10, 40, 3)
    expected = sum(log(comb(n, k)) for n, k in zip(sizes, cases, strict=True))
    assert float(log_ways(np.array(cases), sizes)) == pytest.approx(expected, abs=1e-8)


def test_p_values_count_ties_once_and_add_up() -> None:
    probabilities = np.array([0.1, 0.4, 0.1, 0.3, 0.1])
    assert p_values(np.log(probabilities)) == pytest.approx([0.3, 1.0, 0.3, 0.6, 0.3])
    assert p_values(np.log(probabilities) + 700.0) == pytest.approx([0.3, 1.0, 0.3, 0.6, 0.3])


@pytest.mark.parametrize(
    ("sizes", "cases"),
    [((400, 300, 200), 7), ((6, 5, 4), 7), ((400, 300, 200), 893)],
    ids=["few", "many", "few without"],
)
def test_draws_follow_the_hypergeometric_law(sizes: tuple[int, ...], cases: int) -> None:
    drawn = draw_tables(sizes, cases, tables=20_000, generator=stream(1, "test"))
    assert (drawn.sum(axis=1) == cases).all()
    assert ((drawn >= 0) & (drawn <= sizes)).all()
    tables = every_table(sizes, cases)
    weights = np.exp(log_ways(tables, sizes) - log_ways(tables, sizes).max())
    weights /= weights.sum()
    seen = {tuple(row): 0 for row in tables.tolist()}
    for row in drawn.tolist():
        seen[tuple(row)] += 1
    expected = 20_000 * weights
    common = expected > 5
    surprise = ((np.array(list(seen.values())) - expected) ** 2 / expected)[common].sum()
    degrees = int(common.sum())
    assert surprise < degrees + 5 * np.sqrt(2 * degrees)


def test_few_cases_are_drawn_among_a_million_million_trials() -> None:
    drawn = draw_tables((10**12, 10**12), 20, tables=2_000, generator=stream(1, "test"))
    assert (drawn.sum(axis=1) == 20).all()
    assert drawn.mean(axis=0) == pytest.approx([10, 10], abs=0.3)


def test_streams_depend_on_seed_and_name_only() -> None:
    first = stream(7, "one purpose").random(4)
    assert (stream(7, "one purpose").random(4) == first).all()
    assert (stream(7, "another purpose").random(4) != first).all()
    assert (stream(8, "one purpose").random(4) != first).all()
    with pytest.raises(ValueError, match="non-negative"):
        stream(-1, "one purpose")
