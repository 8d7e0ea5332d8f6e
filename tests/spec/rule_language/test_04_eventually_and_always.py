"""``EVENTUALLY`` looks ahead, and is undecided where the log ends too early."""

from rule_tables import verdicts

LOG = """
event | time | kind          | alert
1     | 0    | alert.raised  | 1
2     | 0    | alert.raised  | 2
3     | 5    | alert.deleted | 1
4     | 9    | alert.raised  | 3
"""
DELETED = "alert.raised(alert: a)", "EVENTUALLY[0, 5 s] alert.deleted(alert: a)"


def test_a_deadline_beyond_the_end_of_the_log_is_undecided() -> None:
    assert verdicts(LOG, *DELETED, until=13) == {
        "satisfied": [1],
        "breached": [2],
        "undecided": [4],
    }


def test_a_deadline_at_the_end_of_the_log_is_decided() -> None:
    assert verdicts(LOG, *DELETED, until=14) == {"satisfied": [1], "breached": [2, 4]}


def test_what_already_happened_needs_no_more_log() -> None:
    require = "EVENTUALLY[0, 30 h] alert.deleted(alert: a)"
    found = verdicts(LOG, "alert.raised(alert: a)", require, until=9)
    assert found == {"satisfied": [1], "undecided": [2, 4]}


def test_without_an_end_it_is_never_broken() -> None:
    found = verdicts(LOG, "alert.raised(alert: a)", "EVENTUALLY alert.deleted(alert: a)")
    assert found == {"satisfied": [1], "undecided": [2, 4]}


def test_always_is_broken_as_soon_as_it_fails() -> None:
    require = "ALWAYS[0, 30 h] NOT alert.deleted(alert: a)"
    found = verdicts(LOG, "alert.raised(alert: a)", require, until=9)
    assert found == {"satisfied": [0], "breached": [1], "undecided": [2, 4]}


def test_events_after_the_end_of_the_log_are_not_looked_at() -> None:
    assert verdicts(LOG, *DELETED, until=4) == {"satisfied": [0], "undecided": [1, 2]}
