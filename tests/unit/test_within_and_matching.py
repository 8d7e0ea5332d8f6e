"""Comparisons within strata and matched pairs, against closed forms and full enumeration."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from probity.core import Undefined
from probity.stats.matching import nearest_pairs, sign_flip_test
from probity.stats.twopart import Units
from probity.stats.within import within_ratio


def paired(x, counts, strata):
    return Units(
        counts=np.asarray(counts, dtype=float),
        covariates={"x": np.asarray(x, dtype=float)},
        clusters=np.asarray(strata).astype(str),
        unit="ward",
        event="deployment",
        cluster="borough",
    )


def test_pairs_with_a_yes_or_no_covariate_give_the_ratio_of_discordant_pairs():
    # 15 pairs where only the case is exposed, 6 where only the control is, 9 concordant
    case = np.repeat([1, 0, 1], [15, 6, 9])
    control = np.repeat([0, 1, 1], [15, 6, 9])
    strata = np.char.mod("%d", np.concatenate([np.arange(30), np.arange(30)]))
    data = paired(np.concatenate([case, control]), np.repeat([1, 0], [30, 30]), strata)
    found = within_ratio(data, strata, "x")
    assert found.value == pytest.approx(15 / 6, rel=1e-4)
    # McNemar: the variance of the log ratio is 1/15 + 1/6
    assert np.log(found.high / found.low) / 2 / 1.959964 == pytest.approx(
        np.sqrt(1 / 15 + 1 / 6), rel=1e-3
    )


def test_pairs_are_a_logistic_model_of_the_difference_without_a_constant():
    rng = np.random.default_rng(8)
    case, control = rng.normal(0.4, 1, 40), rng.normal(0, 1, 40)
    strata = np.char.mod("%d", np.concatenate([np.arange(40), np.arange(40)]))
    data = paired(np.concatenate([case, control]), np.repeat([2, 0], [40, 40]), strata)
    by_hand = minimize(lambda b: np.logaddexp(0, -b[0] * (case - control)).sum(), [0.0], tol=1e-12)
    assert within_ratio(data, strata, "x").value == pytest.approx(np.exp(by_hand.x[0]), rel=1e-4)


def test_what_a_whole_stratum_shares_drops_out():
    rng = np.random.default_rng(9)
    strata = np.repeat(np.arange(12), 15)
    x = rng.normal(size=180)
    events = rng.random(180) < 1 / (1 + np.exp(1 - 0.8 * x))
    names = strata.astype(str)
    plain = within_ratio(paired(x, events, names), names, "x")
    shifted = within_ratio(paired(x + 7 * strata, events, names), names, "x")
    assert shifted.value == pytest.approx(plain.value, rel=1e-3)


def test_strata_of_one_kind_only_leave_nothing_to_compare():
    names = np.repeat(["a", "b"], 5)
    found = within_ratio(paired(np.arange(10.0), np.repeat([1, 0], 5), names), names, "x")
    assert isinstance(found, Undefined)


def test_separated_strata_are_undefined():
    names = np.repeat(["a", "b", "c"], 6)
    x = np.tile(np.arange(6.0), 3)
    found = within_ratio(paired(x, x > 2, names), names, "x")
    assert isinstance(found, Undefined)


def test_the_pairing_is_the_best_overall_and_each_control_serves_once():
    # One after another, 0.0 would take 0.4 and leave 0.5 with 2.0
    pairs = nearest_pairs(np.array([[0.0], [0.5]]), np.array([[0.4], [-0.3], [2.0]]), caliper=1)
    assert list(pairs.controls) == [1, 0]
    assert pairs.distances == pytest.approx([0.3, 0.1])


def test_cases_beyond_the_caliper_stay_unmatched():
    pairs = nearest_pairs(np.array([[0.0], [9.0]]), np.array([[0.1], [5.0]]), caliper=0.5)
    assert list(pairs.cases) == [0]
    assert list(pairs.unmatched) == [1]


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=9))
def test_the_sign_flip_test_counts_every_assignment(differences):
    sums = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    expected = np.mean([s >= abs(sum(differences)) for s in sums])
    assert sign_flip_test(np.array(differences)).p_value == pytest.approx(expected)
