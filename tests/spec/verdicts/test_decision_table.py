"""Verdicts.

A claim says that a measure lies in a set of values. The measure is known to lie in an interval, or
is a single total. These are all the cases, for every relation a claim can state.
"""

import pytest

from probity.claims.finding import Verdict
from probity.claims.relation import Limit, Relation
from probity.claims.verdict import decide, weigh
from probity.core import Count, Estimate, EventRate, Events, Measured, Rate, Total, Undefined

title = "The decision table"

S, C, U, X = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.UNDECIDED, Verdict.UNTESTABLE


def measure(low: float, high: float) -> Estimate:
    """A measure known to lie from low to high."""
    return Estimate(
        value=(low + high) / 2, low=low, high=high, level=0.95, method="test", population="test"
    )


# Limit 0.5. The interval:     below      touches    straddles  touches    above
#                              0.1-0.4    0.1-0.5    0.4-0.6    0.5-0.9    0.6-0.9
ONE_LIMIT = {
    Relation.AT_MOST:         (S,         S,         U,         U,         C),
    Relation.LESS_THAN:       (S,         U,         U,         C,         C),
    Relation.AT_LEAST:        (C,         U,         U,         S,         S),
    Relation.MORE_THAN:       (C,         C,         U,         U,         S),
    Relation.EQUAL_TO:        (C,         U,         U,         U,         C),
    Relation.NOT_EQUAL_TO:    (S,         U,         U,         U,         S),
}  # fmt: skip
INTERVALS = ((0.1, 0.4), (0.1, 0.5), (0.4, 0.6), (0.5, 0.9), (0.6, 0.9))

# Limits 0.4 and 0.6. The interval:  below     touches   inside     across    touches   above
#                                    0.1-0.3   0.1-0.4   0.45-0.6   0.3-0.5   0.6-0.9   0.7-0.9
TWO_LIMITS = {
    Relation.BETWEEN:               (C,        U,        S,         U,        U,        C),
    Relation.OUTSIDE:               (S,        U,        C,         U,        U,        S),
}  # fmt: skip
RANGES = ((0.1, 0.3), (0.1, 0.4), (0.45, 0.6), (0.3, 0.5), (0.6, 0.9), (0.7, 0.9))

# Limit 0.5. The total:         0.4  0.5  0.6
TOTALS = {
    Relation.AT_MOST:          (S,   S,   C),
    Relation.LESS_THAN:        (S,   C,   C),
    Relation.AT_LEAST:         (C,   S,   S),
    Relation.MORE_THAN:        (C,   C,   S),
    Relation.EQUAL_TO:         (C,   S,   C),
    Relation.NOT_EQUAL_TO:     (S,   C,   S),
}  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "interval", "verdict"),
    [
        (relation, interval, verdict)
        for relation, row in ONE_LIMIT.items()
        for interval, verdict in zip(INTERVALS, row, strict=True)
    ],
)
def test_an_interval_against_one_limit(
    relation: Relation, interval: tuple[float, float], verdict: Verdict
) -> None:
    assert decide(measure(*interval), relation=relation, limit=0.5) is verdict


@pytest.mark.parametrize(
    ("relation", "interval", "verdict"),
    [
        (relation, interval, verdict)
        for relation, row in TWO_LIMITS.items()
        for interval, verdict in zip(RANGES, row, strict=True)
    ],
)
def test_an_interval_against_a_range(
    relation: Relation, interval: tuple[float, float], verdict: Verdict
) -> None:
    assert decide(measure(*interval), relation=relation, limit=(0.4, 0.6)) is verdict


@pytest.mark.parametrize(
    ("relation", "total", "verdict"),
    [
        (relation, total, verdict)
        for relation, row in TOTALS.items()
        for total, verdict in zip((0.4, 0.5, 0.6), row, strict=True)
    ],
)
def test_a_total_is_never_undecided(relation: Relation, total: float, verdict: Verdict) -> None:
    assert decide(Total(total, "deployments"), relation=relation, limit=0.5) is verdict


@pytest.mark.parametrize("relation", list(Relation))
def test_without_a_measure_every_claim_is_untestable(relation: Relation) -> None:
    limit: Limit = (0.4, 0.6) if relation in {Relation.BETWEEN, Relation.OUTSIDE} else 0.5
    assert decide(Undefined("not published"), relation=relation, limit=limit) is X


def test_a_clean_record_does_not_show_that_something_never_happens() -> None:
    none_of_ten = Rate(Count(0, 10, "false alerts"), 0.0, 0.308, 0.95, "Clopper-Pearson")
    assert decide(none_of_ten, relation=Relation.EQUAL_TO, limit=0) is U


def test_one_case_shows_that_it_does_happen() -> None:
    one_of_ten = Rate(Count(1, 10, "false alerts"), 0.0025, 0.445, 0.95, "Clopper-Pearson")
    assert decide(one_of_ten, relation=Relation.EQUAL_TO, limit=0) is C


def test_a_margin_lets_likeness_be_shown() -> None:
    assert decide(measure(0.9, 1.1), relation=Relation.EQUAL_TO, limit=1) is U
    assert decide(measure(0.9, 1.1), relation=Relation.BETWEEN, limit=(0.8, 1.25)) is S


def test_an_open_ended_interval_decides_nothing_it_does_not_exclude() -> None:
    unbounded = measure(1.2, float("inf"))
    assert decide(unbounded, relation=Relation.MORE_THAN, limit=1) is S
    assert decide(unbounded, relation=Relation.AT_MOST, limit=2) is U


def test_events_over_an_exposure_are_decided_the_same_way() -> None:
    rate = EventRate(Events(7, 41_176, "search"), 6.8e-5, 3.5e-4, 0.95, "Garwood")
    assert decide(rate, relation=Relation.AT_MOST, limit=1 / 6000) is U
    assert decide(rate, relation=Relation.AT_MOST, limit=1 / 1000) is S


# Own word, and conflicting versions ------------------------------------------------------------


@pytest.mark.parametrize(("alone", "weighed"), [(S, X), (C, C), (U, U), (X, X)])
def test_a_claim_cannot_support_itself_but_can_contradict_itself(
    alone: Verdict, weighed: Verdict
) -> None:
    assert weigh([alone], own_word=[True]) is weighed


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_from_another_document_stands(verdict: Verdict) -> None:
    assert weigh([verdict], own_word=[False]) is verdict


@pytest.mark.parametrize(
    ("versions", "weighed"),
    [
        ((S, S), S),
        ((C, C), C),
        ((S, C), U),
        ((S, U), U),
        ((C, U), U),
        ((S, X), S),
        ((X, C), C),
        ((X, X), X),
    ],
)
def test_versions_that_disagree_leave_the_claim_undecided(
    versions: tuple[Verdict, Verdict], weighed: Verdict
) -> None:
    assert weigh(versions, own_word=[False, False]) is weighed
    assert weigh(versions[::-1], own_word=[False, False]) is weighed


def test_own_word_beside_rows_leaves_it_to_the_rows() -> None:
    assert weigh([S, C], own_word=[True, False]) is C
    assert weigh([S, S], own_word=[True, False]) is S


# What the rule refuses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "limit"),
    [
        (Relation.BETWEEN, 0.5),
        (Relation.AT_MOST, (0.4, 0.6)),
        (Relation.BETWEEN, (0.6, 0.4)),
        (Relation.OUTSIDE, (0.5, 0.5)),
    ],
)
def test_a_limit_must_fit_its_relation(relation: Relation, limit: Limit) -> None:
    with pytest.raises(ValueError, match="limit"):
        decide(Total(1, "rows"), relation=relation, limit=limit)


@pytest.mark.parametrize(
    "broken", [measure(float("nan"), 1), measure(0, float("nan")), Total(float("nan"), "rows")]
)
def test_a_bound_that_is_no_number_is_refused(broken: Measured) -> None:
    with pytest.raises(ValueError, match="not a number"):
        decide(broken, relation=Relation.AT_MOST, limit=1)
