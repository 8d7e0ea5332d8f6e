"""Deletion clocks, their chains and their exceptions; and the steps around a deployment."""

import numpy as np
import pytest

from probity.twin.adjudicate import NOT, concluded_us, decide
from probity.twin.arrange import arrange
from probity.twin.retain import DAY_US, delete, passing_templates_us
from twin_people import HOUR, SECOND, made_alerts, seeds, small_calendar, small_scenario

CLASSES = ("template", "alert", "watchlist", "medium", "footage")


def clock(after, seconds, most=None, cv=0.0):
    return {
        "after": after,
        "delay_s": {"mean": float(seconds), "cv": cv, "most": float(most or seconds)},
    }


class Run:
    def __init__(self, *, each=50, deployments=40, **changes):
        self.scenario = small_scenario(**changes)
        self.calendar = small_calendar(deployments)
        self.alerts = made_alerts(self.calendar, each)
        self.arrangements = arrange(self.scenario, calendar=self.calendar, seeds=seeds())
        self.decisions = decide(
            self.scenario, calendar=self.calendar, alerts=self.alerts, seeds=seeds()
        )
        self.deletions = delete(
            self.scenario,
            calendar=self.calendar,
            arrangements=self.arrangements,
            alerts=self.alerts,
            decisions=self.decisions,
            seeds=seeds(),
        )


def test_every_clock_keeps_its_limit():
    run = Run(retention__exceptions=[])
    found, end = run.deletions, run.calendar.end_us
    assert (found.alert.deleted_us - run.alerts.time_us).max() <= 24 * HOUR
    assert (found.watchlist.deleted_us - end).max() <= 24 * HOUR
    assert (found.medium.deleted_us - found.watchlist.deleted_us).max() <= HOUR
    assert (found.footage.deleted_us - end).max() <= 31 * DAY_US
    for data_class in CLASSES:
        np.testing.assert_array_equal(found.of(data_class).deleted_us, found.of(data_class).due_us)
        assert (found.of(data_class).exception == NOT).all()


def test_a_clock_counts_from_where_it_says():
    run = Run(
        retention__watchlist=clock("made", 100_000),
        retention__medium=clock("watchlist", 60),
        retention__footage=clock("deployment-end", 5),
        retention__exceptions=[],
    )
    compiled = run.arrangements.compiled_us
    np.testing.assert_array_equal(run.deletions.watchlist.deleted_us, compiled + 100_000 * SECOND)
    np.testing.assert_array_equal(run.deletions.medium.deleted_us, compiled + 100_060 * SECOND)
    np.testing.assert_array_equal(
        run.deletions.footage.deleted_us, run.calendar.end_us + 5 * SECOND
    )


def test_a_list_after_the_alerts_goes_after_the_last_of_them():
    run = Run(
        retention__watchlist=clock("alert", 10),
        retention__alert=clock("made", 5 * 3600, cv=0.3, most=10 * 3600),
        retention__exceptions=[],
    )
    for d in range(40):
        last = run.deletions.alert.deleted_us[run.alerts.deployment == d].max()
        expected = max(last, run.calendar.end_us[d]) + 10 * SECOND
        assert run.deletions.watchlist.deleted_us[d] == expected


def test_an_alert_after_the_footage_of_its_deployment():
    run = Run(retention__alert=clock("footage", 1), retention__exceptions=[])
    np.testing.assert_array_equal(
        run.deletions.alert.deleted_us,
        run.deletions.footage.deleted_us[run.alerts.deployment] + SECOND,
    )


def test_an_alert_is_kept_while_officers_are_at_it():
    run = Run(retention__alert=clock("made", 0), retention__exceptions=[])
    np.testing.assert_array_equal(run.deletions.alert.deleted_us, concluded_us(run.decisions))


def test_the_template_of_an_alert_is_kept_until_the_operator_has_decided():
    run = Run(retention__template=clock("made", 0.5))
    end = run.calendar.end_us[run.alerts.deployment]
    expected = np.minimum(run.decisions.operator_us + SECOND // 2, end)
    np.testing.assert_array_equal(run.deletions.template.deleted_us, expected)
    assert (run.deletions.template.deleted_us >= run.alerts.time_us).all()


def test_exceptions_keep_their_share_for_their_days():
    stated = [
        {"data_class": "alert", "code": code, "share": share, "kept_days": {"mean": d, "most": d}}
        for code, share, d in (("complaint", 0.2, 90.0), ("court", 0.3, 400.0))
    ]
    run = Run(each=500, retention__exceptions=stated)
    alert = run.deletions.alert
    for number, share, days in ((0, 0.2, 90), (1, 0.3, 400)):
        kept = alert.exception == number
        assert abs(kept.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(kept))
        np.testing.assert_array_equal((alert.deleted_us - run.alerts.time_us)[kept], days * DAY_US)
        assert (alert.due_us < alert.deleted_us)[kept].all()
    rest = alert.exception == NOT
    np.testing.assert_array_equal(alert.deleted_us[rest], alert.due_us[rest])
    assert (run.deletions.footage.exception == NOT).all()


@pytest.mark.parametrize("after", ["made", "deployment-end", "footage", "alert"])
def test_templates_without_an_alert(after):
    run = Run(retention__template=clock(after, 1))
    end = int(run.calendar.end_us[1])
    made = np.array([run.calendar.start_us[1], end - SECOND // 2, end])
    deleted = passing_templates_us(
        run.scenario,
        made,
        deployment=1,
        end_us=end,
        deletions=run.deletions,
        alerts=run.alerts,
        rng=np.random.default_rng(1),
    )
    last_alert_us = run.deletions.alert.deleted_us[run.alerts.deployment == 1].max()
    expected = {
        "made": np.minimum(made + SECOND, end),
        "deployment-end": end + SECOND,
        "footage": run.deletions.footage.deleted_us[1] + SECOND,
        "alert": last_alert_us + SECOND,
    }
    np.testing.assert_array_equal(deleted, np.broadcast_to(expected[after], 3))
    assert (deleted >= made).all()


def test_the_steps_before_a_deployment_are_in_their_order():
    run = Run()
    steps, start, end = run.arrangements, run.calendar.start_us, run.calendar.end_us
    for earlier, later in (
        (steps.applied_us, steps.granted_us),
        (steps.granted_us, start),
        (steps.granted_us, steps.ratified_us),
        (steps.window_start_us, start),
        (end, steps.cancelled_us),
        (steps.cancelled_us - 1, steps.window_end_us),
        (steps.compiled_us, steps.reviewed_us),
        (steps.reviewed_us, steps.written_us),
        (steps.written_us, steps.imported_us),
        (steps.imported_us, start),
        (steps.notice_us, start),
    ):
        assert (earlier < later).all()
    assert (start - steps.compiled_us).max() <= 24 * HOUR


def test_the_urgent_share():
    run = Run(deployments=2_000, each=0)
    assert abs(run.arrangements.urgent.mean() - 0.2) < 4 * np.sqrt(0.16 / 2_000)
