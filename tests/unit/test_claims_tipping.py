"""Tipping points: for which values of the unknown number a claim would hold."""

from math import inf

import pytest

from probity.claims.claim import GroupShareTipping, MeasureUse, SampleSizeTipping
from probity.claims.evidence import Evidence
from probity.claims.finding import TippingPoint, Verdict
from probity.claims.relation import Relation
from probity.claims.tipping import chance_of_at_least, chance_two_sided, group_share, sample_size
from probity.claims.verdict import decide
from probity.core import Count, InputError, Rate
from probity.records.bundled import load
from probity.stats.interval import clopper_pearson


def group(k: int, n: int, *, beside: list[dict[str, object]] | None = None) -> TippingPoint:
    tipping = GroupShareTipping.model_validate(
        {
            "kind": "group share",
            "unknown": "the share of faces seen",
            "group": "left-handed people",
            "cases": MeasureUse(
                measure="counts_as_published",
                params={"k": k, "n": n, "of": "false alerts", "source": "pq-98989"},
            ),
            "beside": tuple(beside or ()),
        }
    )
    found = group_share(tipping, Evidence(load()), level=0.95)
    assert found is not None
    return found


def size(share: float, *, limit: float = 0.5, up_to: int = 200) -> TippingPoint:
    tipping = SampleSizeTipping(
        kind="sample size",
        unknown="the number asked",
        share=share,
        relation="more than",
        limit=limit,
        up_to=up_to,
        source="pq-98989",
    )
    return sample_size(tipping, level=0.95)


def test_the_group_share_tips_where_it_meets_the_interval_of_the_cases() -> None:
    rate = clopper_pearson(Count(8, 10, "false alerts"))
    assert isinstance(rate, Rate)
    assert group(8, 10).tips_at == (rate.low, rate.high)


def test_the_verdict_on_more_often_changes_exactly_where_it_tips() -> None:
    found = group(8, 10)
    for unknown, value, low, high in found.curve:
        from probity.core import Estimate

        verdict = decide(
            Estimate(value, low, high, 0.95, "test", "test"), relation=Relation.MORE_THAN, limit=1
        )
        expected = (
            Verdict.SUPPORTED
            if unknown < found.tips_at[0]
            else Verdict.CONTRADICTED
            if unknown >= found.tips_at[1]
            else Verdict.UNDECIDED
        )
        assert verdict is expected, unknown


def test_the_curve_is_the_odds_of_the_cases_over_those_of_the_population() -> None:
    for p, value, _, _ in group(8, 10).curve:
        assert value == pytest.approx((8 / 2) / (p / (1 - p)))


def test_exact_tests_agree_with_where_it_tips() -> None:
    low, high = group(8, 10).tips_at
    assert chance_of_at_least(8, 10, low) == pytest.approx(0.025)
    assert chance_two_sided(8, 10, low) == pytest.approx(0.05)
    assert chance_two_sided(8, 10, high) == pytest.approx(0.05)
    assert chance_two_sided(8, 10, 0.8) == 1


def test_no_case_of_the_group_tips_once() -> None:
    found = group(0, 10)
    assert len(found.tips_at) == 1
    assert found.curve[0][2] == 0
    assert len(found.readings) == 2


def test_only_cases_of_the_group_have_no_upper_bound() -> None:
    found = group(10, 10)
    assert len(found.tips_at) == 1
    assert found.curve[0][1] == inf


def test_no_case_at_all_gives_no_tipping_point() -> None:
    tipping = GroupShareTipping.model_validate(
        {
            "kind": "group share",
            "unknown": "the share",
            "group": "anybody",
            "cases": MeasureUse(
                measure="counts_as_published",
                params={"k": 0, "n": 0, "of": "false alerts", "source": "pq-98989"},
            ),
        }
    )
    assert group_share(tipping, Evidence(load()), level=0.95) is None


def test_a_measure_without_counts_cannot_tip() -> None:
    tipping = GroupShareTipping.model_validate(
        {
            "kind": "group share",
            "unknown": "the share",
            "group": "anybody",
            "cases": MeasureUse(
                measure="total_in_record",
                params={"force": "Metropolitan Police", "column": "arrests"},
            ),
        }
    )
    with pytest.raises(InputError, match="share with counts"):
        group_share(tipping, Evidence(load()), level=0.95)


def test_known_shares_beside_it_get_their_exact_chances() -> None:
    found = group(8, 10, beside=[{"share": 0.135, "words": "of residents", "source": "pq-98989"}])
    assert "13.5% (of residents)" in found.statement
    assert chance_of_at_least(8, 10, 0.135) == pytest.approx(1 / 260_000, rel=0.01)
    assert "a chance of 1 in 260,000" in found.statement


def test_only_numbers_that_can_print_the_percentage_are_looked_at() -> None:
    found = size(0.83)
    numbers = [int(n) for n, *_ in found.curve]
    assert numbers[:4] == [6, 12, 18, 23]
    for n, share, low, high in found.curve:
        assert round(100 * share) == 83
        assert low < share < high
        assert n == round(n)


def test_the_sample_size_tips_where_the_interval_clears_the_limit() -> None:
    found = size(0.83)
    (tip,) = found.tips_at
    lows = {int(n): low for n, _, low, _ in found.curve}
    assert lows[int(tip)] > 0.5
    assert max(low for n, low in lows.items() if n < tip) <= 0.5
    assert "from 12 on" in found.statement


def test_a_percentage_at_the_limit_never_carries_the_claim() -> None:
    found = size(0.5)
    assert found.tips_at == ()
    assert "For no number up to 200" in found.statement


def test_what_holds_for_good_does_hold_for_good() -> None:
    """10% is 10 of 96 and still 10 of 99, whose interval reaches lower."""
    found = size(0.1, limit=0.05, up_to=100)
    assert found.readings[-1] == "from 99 on: not shown"
    assert "from 96 on, though not for every number up to 100; with fewer" in found.statement


def test_a_long_curve_is_thinned_but_keeps_where_it_tips() -> None:
    found = size(0.51, up_to=20_000)
    assert len(found.curve) < 400
    assert set(found.tips_at) <= {n for n, *_ in found.curve}
