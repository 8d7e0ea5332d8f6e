"""An event pattern is true where such an event happened; its variables take its values."""

from rule_tables import breaches, verdicts

LOG = """
event | time | kind              | alert | decision | actor
1     | 10   | alert.raised      | 1     | -        | -
2     | 10   | alert.adjudicated | 1     | accept   | 7
3     | 20   | alert.raised      | 2     | -        | -
4     | 30   | alert.adjudicated | 2     | reject   | -
"""


def test_each_event_that_matches_for_each_is_one_instance() -> None:
    assert verdicts(LOG, "alert.raised(alert: a)", "1 = 0") == {
        "satisfied": [0],
        "breached": [1, 3],
    }


def test_a_value_asks_for_that_value() -> None:
    assert breaches(LOG, 'alert.adjudicated(decision: "reject")', "1 = 0") == [4]


def test_a_variable_that_is_bound_asks_for_its_value() -> None:
    """Both stand in the log at one time: they are one instant, in no order."""
    assert breaches(LOG, "alert.raised(alert: a)", "alert.adjudicated(alert: a)") == [3]


def test_a_missing_value_matches_nothing() -> None:
    rule = "alert.adjudicated(actor: r)", "ONCE alert.adjudicated(actor: r)"
    assert breaches(LOG, *rule) == [4]


def test_the_field_time_is_the_instant() -> None:
    require = "EXISTS u. ONCE alert.raised(alert: a, time: u) AND t - u <= 5 s"
    assert breaches(LOG, "alert.adjudicated(alert: a, time: t)", require) == [4]
