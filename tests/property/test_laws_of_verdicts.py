"""Laws the decision rule keeps for every count, limit and relation."""

from hypothesis import assume, given
from hypothesis import strategies as st

from probity.claims.finding import Verdict
from probity.claims.relation import NEGATION, RANGES, Limit, Relation
from probity.claims.verdict import decide, weigh
from probity.core import Count, Estimate, Rate, Total
from probity.stats.interval import clopper_pearson

RELATIONS = st.sampled_from(sorted(Relation))
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6))
RANK = {Verdict.SUPPORTED: 0, Verdict.UNDECIDED: 1, Verdict.CONTRADICTED: 2}

OPPOSITE = {
    Verdict.SUPPORTED: Verdict.CONTRADICTED,
    Verdict.CONTRADICTED: Verdict.SUPPORTED,
}


@st.composite
def claims(draw: st.DrawFn) -> tuple[Relation, Limit]:
    relation = draw(RELATIONS)
    if relation not in RANGES:
        return relation, draw(NUMBERS)
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    assume(low < high)
    return relation, (low, high)


@st.composite
def intervals(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    return Estimate(value, low, high, 0.95, "test", "test")


def rate(k: int, n: int) -> Rate:
    measured = clopper_pearson(Count(k, n, "faces seen"))
    assert isinstance(measured, Rate)
    return measured


@given(intervals(), claims())
def test_no_side_gains_by_how_the_claim_is_put(
    measured: Estimate, claim: tuple[Relation, Limit]
) -> None:
    relation, limit = claim
    claimed = decide(measured, relation=relation, limit=limit)
    assert decide(measured, relation=NEGATION[relation], limit=limit) is OPPOSITE.get(
        claimed, claimed
    )


@given(intervals(), claims(), st.integers(-3, 3).map(lambda e: 2.0**e))
def test_units_do_not_matter(
    measured: Estimate, claim: tuple[Relation, Limit], scale: float
) -> None:
    relation, limit = claim
    scaled = Estimate(
        measured.value * scale, measured.low * scale, measured.high * scale, 0.95, "test", "test"
    )
    scaled_limit = (
        (limit[0] * scale, limit[1] * scale) if isinstance(limit, tuple) else limit * scale
    )
    assert decide(scaled, relation=relation, limit=scaled_limit) is decide(
        measured, relation=relation, limit=limit
    )


@given(st.integers(1, 5_000), st.data())
def test_more_cases_never_help_a_claim_of_few(n: int, data: st.DataObject) -> None:
    fewer = data.draw(st.integers(0, n - 1))
    more = data.draw(st.integers(fewer + 1, n))
    limit = data.draw(st.floats(0, 1))
    for relation in (Relation.AT_MOST, Relation.LESS_THAN):
        few = decide(rate(fewer, n), relation=relation, limit=limit)
        many = decide(rate(more, n), relation=relation, limit=limit)
        assert RANK[few] <= RANK[many]


@given(st.integers(1, 2_000), st.data())
def test_a_wider_limit_never_hurts(n: int, data: st.DataObject) -> None:
    measured = rate(data.draw(st.integers(0, n)), n)
    strict, wide = sorted((data.draw(st.floats(0, 1)), data.draw(st.floats(0, 1))))
    assert (
        RANK[decide(measured, relation=Relation.AT_MOST, limit=wide)]
        <= RANK[decide(measured, relation=Relation.AT_MOST, limit=strict)]
    )


@given(intervals(), claims())
def test_a_narrower_interval_never_overturns_a_verdict(
    measured: Estimate, claim: tuple[Relation, Limit]
) -> None:
    relation, limit = claim
    wide = decide(measured, relation=relation, limit=limit)
    assume(wide is not Verdict.UNDECIDED)
    assert decide(Total(measured.value, "test"), relation=relation, limit=limit) is wide


@given(st.lists(st.tuples(st.sampled_from(Verdict), st.booleans()), min_size=1, max_size=5))
def test_the_order_of_versions_does_not_matter(versions: list[tuple[Verdict, bool]]) -> None:
    verdicts, own = zip(*versions, strict=True)
    assert weigh(verdicts, own_word=own) is weigh(verdicts[::-1], own_word=own[::-1])
