"""``SINCE`` and ``UNTIL``: something happened, and something else did not on the way."""

from rule_tables import breaches, verdicts

LOG = """
event | time | kind                | authority | deployment | template
1     | 0    | template.compared   | -         | 1          | 1
2     | 1    | authority.granted   | 1         | 1          | -
3     | 2    | template.compared   | -         | 1          | 2
4     | 3    | authority.cancelled | 1         | 1          | -
5     | 3    | template.compared   | -         | 1          | 3
6     | 4    | template.compared   | -         | 1          | 4
7     | 5    | authority.granted   | 2         | 1          | -
8     | 6    | template.compared   | -         | 1          | 5
"""
COMPARED = "template.compared(deployment: d)"


def test_since_looks_back_to_the_opening() -> None:
    """At the instant of the cancellation the authority is gone."""
    require = "(NOT authority.cancelled(deployment: d)) SINCE authority.granted(deployment: d)"
    assert breaches(LOG, COMPARED, require) == [1, 5, 6]


def test_what_must_not_happen_may_speak_of_what_was_opened() -> None:
    require = (
        "EXISTS a. (NOT authority.cancelled(authority: a)) "
        "SINCE authority.granted(authority: a, deployment: d)"
    )
    assert breaches(LOG, COMPARED, require) == [1, 5, 6]


def test_an_interval_lets_what_was_opened_end_by_itself() -> None:
    require = (
        "(NOT authority.cancelled(deployment: d)) SINCE[0, 500 ms] authority.granted(deployment: d)"
    )
    assert breaches(LOG, COMPARED, require) == [1, 3, 5, 6, 8]


def test_until_looks_ahead_and_is_undecided_where_the_log_ends() -> None:
    require = (
        "(NOT template.compared(deployment: d)) UNTIL[0, 10 s] authority.cancelled(deployment: d)"
    )
    found = verdicts(LOG, "authority.granted(deployment: d)", require, until=6)
    assert found == {"satisfied": [0], "breached": [2, 7]}
    before = verdicts(LOG, "authority.granted(deployment: d)", require, until=5)
    assert before == {"satisfied": [0], "breached": [2], "undecided": [7]}
