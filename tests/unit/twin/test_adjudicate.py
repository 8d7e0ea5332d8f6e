"""Two looks at every alert, with the staff there is."""

import numpy as np
import pytest

from probity.twin.adjudicate import (
    ARREST,
    FALSE,
    NO_ACTION,
    NOT,
    OTHER_DISPOSAL,
    TRUE,
    UNCONFIRMED,
    acceptance,
    concluded_us,
    decide,
)
from twin_people import SECOND, made_alerts, seeds, small_calendar, small_scenario

NO_BIAS = {"adjudication__automation_bias": 0.0}
ALL_OF_THEM = {
    "adjudication__sensitivity": {"all": 1.0},
    "adjudication__officer_sensitivity": {"all": 1.0},
    "engagement__stop_share": 1.0,
}


def decided(*, each=500, deployments=40, alerts=None, seed=1, **changes):
    calendar = small_calendar(deployments)
    alerts = alerts or made_alerts(calendar, each)
    scenario = small_scenario(**changes)
    return alerts, decide(scenario, calendar=calendar, alerts=alerts, seeds=seeds(seed))


def share(flags):
    """A share, and four of its standard errors."""
    return flags.mean(), 4 * np.sqrt(flags.mean() * (1 - flags.mean()) / len(flags)) + 1e-9


def test_every_alert_ends_in_exactly_one_way():
    calendar = small_calendar(40)
    alerts, found = decided(alerts=made_alerts(calendar, 500, seeded_share=0.1))
    looked, engaged = found.officer_us != NOT, found.engaged_us != NOT
    ways = [
        ~found.operator_accepts,
        found.operator_accepts & alerts.seeded,
        found.operator_accepts & ~alerts.seeded & ~looked,
        looked & ~found.officer_accepts,
        found.officer_accepts & ~engaged,
        engaged,
    ]
    np.testing.assert_array_equal(np.sum(ways, axis=0), 1)
    assert min(way.sum() for way in ways) > 0
    np.testing.assert_array_equal(found.result == UNCONFIRMED, ~engaged)
    np.testing.assert_array_equal(found.disposal == NOT, ~engaged)


def test_causes_come_before_effects():
    alerts, found = decided()
    engaged, looked = found.engaged_us != NOT, found.officer_us != NOT
    assert (found.operator_us >= alerts.time_us).all()
    assert (found.officer_us >= found.operator_us)[looked].all()
    assert (found.engaged_us >= found.officer_us)[engaged].all()
    assert (found.released_us >= found.engaged_us)[engaged].all()
    assert found.operator_accepts[looked].all()
    assert not found.officer_accepts[~looked].any()
    assert (concluded_us(found) >= found.operator_us).all()


def test_an_operator_and_an_officer_are_two_people():
    _, found = decided()
    looked = found.officer != NOT
    assert looked.any()
    assert (found.operator[looked] != found.officer[looked]).all()


def test_nobody_does_two_things_at_once():
    alerts, found = decided()
    for d in range(40):
        for officer in np.unique(found.officer[(alerts.deployment == d) & (found.officer != NOT)]):
            mine = np.flatnonzero((alerts.deployment == d) & (found.officer == officer))
            mine = mine[np.argsort(found.officer_us[mine])]
            free = np.maximum(found.released_us, found.officer_us)[mine]
            assert (found.officer_us[mine][1:] >= free[:-1]).all()


def test_operators_accept_as_often_as_the_scenario_says_of_each_group():
    alerts, found = decided(**NO_BIAS)
    for group, sensitivity, specificity in ((0, 0.95, 0.6), (1, 0.9, 0.5)):
        of = alerts.group == group
        accepted, error = share(found.operator_accepts[of & alerts.mated])
        assert abs(accepted - sensitivity) < error
        accepted, error = share(found.operator_accepts[of & ~alerts.mated])
        assert abs(accepted - (1 - specificity)) < error


def test_officers_accept_as_often_as_the_scenario_says():
    alerts, found = decided(**NO_BIAS)
    looked = found.officer != NOT
    accepted, error = share(found.officer_accepts[looked & alerts.mated])
    assert abs(accepted - 0.95) < error
    accepted, error = share(found.officer_accepts[looked & ~alerts.mated])
    assert abs(accepted - 0.3) < error


def test_the_log_odds_of_accepting_rise_with_the_score():
    above = np.array([0.0, 0.1, 0.2])
    accepted = acceptance(np.full(3, 0.5), above=above, bias=2.0)
    np.testing.assert_allclose(np.log(accepted / (1 - accepted)), [0, 2, 4])


def test_always_and_never_do_not_depend_on_the_score():
    above = np.array([0.0, 0.3])
    np.testing.assert_array_equal(acceptance(np.ones(2), above=above, bias=3.0), 1)
    np.testing.assert_array_equal(acceptance(np.zeros(2), above=above, bias=3.0), 0)


def test_bias_makes_operators_accept_more_false_alerts_of_higher_score():
    calendar = small_calendar(40)
    n = 40 * 500
    score = np.where(np.arange(n) % 2 == 0, 0.64, 0.74)
    alerts = made_alerts(calendar, 500, mated_share=0.0, score=score, group=np.zeros(n, np.int64))
    _, found = decided(alerts=alerts, adjudication__automation_bias=2.0)
    low, low_error = share(found.operator_accepts[score == 0.64])
    high, high_error = share(found.operator_accepts[score == 0.74])
    assert abs(low - 0.4) < low_error
    assert abs(high - 1 / (1 + np.exp(-(np.log(0.4 / 0.6) + 2)))) < high_error


def test_with_few_officers_more_alerts_are_lost():
    quick = {"adjudication__operator_service_s": {"mean": 0.1, "most": 0.1}}
    patient = {"adjudication__patience_s": {"mean": 60.0, "most": 60.0}}
    lost = []
    for officers in (0, 1, 4, 200):
        _, found = decided(
            each=100, **ALL_OF_THEM, **quick, **patient, adjudication__officers=officers
        )
        asked = found.operator_accepts
        lost.append((asked & (found.officer_us == NOT)).sum() / asked.sum())
    assert lost[0] == 1
    assert lost[0] > lost[1] > lost[2] > lost[3] == 0


def test_nobody_waits_longer_than_their_patience():
    exactly = {"mean": 45.0, "most": 45.0}
    alerts, found = decided(
        adjudication__patience_s=exactly, adjudication__officer_service_s={"mean": 7.0, "most": 7.0}
    )
    looked = found.officer_us != NOT
    waited = (found.officer_us - 7 * SECOND - alerts.time_us)[looked]
    assert waited.max() <= 45 * SECOND
    assert (~looked & found.operator_accepts).any()


def test_the_check_of_identity_is_right_as_often_as_stated():
    alerts, found = decided(engagement__identity_check_right_share=0.9)
    engaged = found.engaged_us != NOT
    right, error = share((found.result == TRUE)[engaged] == alerts.mated[engaged])
    assert abs(right - 0.9) < error


def test_disposals_follow_what_the_check_found():
    changes = {
        "engagement__disposal_if_true": {"arrest": 0.5, "other": 0.2, "no_action": 0.3},
        "engagement__disposal_if_false": {"arrest": 0.0, "other": 0.1, "no_action": 0.9},
    }
    _, found = decided(**changes)
    for result, expected in ((TRUE, (0.3, 0.2, 0.5)), (FALSE, (0.9, 0.1, 0.0))):
        of = found.disposal[found.result == result]
        for disposal, wanted in zip((NO_ACTION, OTHER_DISPOSAL, ARREST), expected, strict=True):
            got, error = share(of == disposal)
            assert abs(got - wanted) < error


def test_test_subjects_are_not_stopped():
    calendar = small_calendar(40)
    alerts, found = decided(alerts=made_alerts(calendar, 500, seeded_share=0.5))
    assert alerts.seeded.any()
    assert (found.officer[alerts.seeded] == NOT).all()
    assert (found.result[alerts.seeded] == UNCONFIRMED).all()


def test_the_same_seed_gives_the_same_decisions_and_another_others():
    _, first = decided()
    _, again = decided()
    _, other = decided(seed=2)
    for name in type(first).__dataclass_fields__:
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert (first.operator_us != other.operator_us).any()


@pytest.mark.parametrize("deployments", [1, 4])
def test_a_replicate_without_alerts(deployments):
    _, found = decided(deployments=deployments, alerts=made_alerts(small_calendar(deployments), 0))
    assert len(found.result) == len(found.operator_us) == 0
