"""``ONCE`` looks back; ``HISTORICALLY`` is its opposite of the opposite."""

from rule_tables import breaches

LOG = """
event | time | kind              | alert | engagement | decision
1     | 10   | alert.adjudicated | 1     | -          | accept
2     | 10   | engagement.start  | 1     | 1          | -
3     | 12   | engagement.start  | 1     | 2          | -
4     | 13   | engagement.start  | 1     | 3          | -
5     | 14   | engagement.start  | 2     | 4          | -
"""
EVENT = "engagement.start(alert: a)"


def test_without_an_interval_any_time_before_will_do() -> None:
    assert breaches(LOG, EVENT, "ONCE alert.adjudicated(alert: a)") == [5]


def test_both_ends_of_an_interval_are_in_it() -> None:
    assert breaches(LOG, EVENT, "ONCE[0, 2 s] alert.adjudicated(alert: a)") == [4, 5]


def test_a_round_bracket_leaves_the_end_out() -> None:
    assert breaches(LOG, EVENT, "ONCE(0, 2 s] alert.adjudicated(alert: a)") == [2, 4, 5]
    assert breaches(LOG, EVENT, "ONCE[0, 2 s) alert.adjudicated(alert: a)") == [3, 4, 5]
    assert breaches(LOG, EVENT, "ONCE[3 s, *) alert.adjudicated(alert: a)") == [2, 3, 5]


def test_historically_not_is_not_once() -> None:
    never = "HISTORICALLY NOT alert.adjudicated(alert: a)"
    assert breaches(LOG, EVENT, never) == [2, 3, 4]


def test_historically_with_a_condition_on_each_event() -> None:
    require = (
        'HISTORICALLY FORALL d. (alert.adjudicated(alert: a, decision: d) IMPLIES d = "reject")'
    )
    assert breaches(LOG, EVENT, require) == [2, 3, 4]
