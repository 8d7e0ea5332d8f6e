"""``EXISTS``, ``FORALL`` and ``COUNT`` speak of the values that events bind."""

from rule_tables import breaches, verdicts

LOG = """
event | time | kind            | search | actor
1     | 0    | search.reviewed | 1      | 7
2     | 1    | search.reviewed | 1      | 8
3     | 2    | search.acted    | 1      | -
4     | 3    | search.reviewed | 2      | 7
5     | 4    | search.reviewed | 2      | 7
6     | 5    | search.acted    | 2      | -
7     | 6    | search.reviewed | 3      | 7
8     | 7    | search.reviewed | 3      | -
9     | 8    | search.acted    | 3      | -
"""
ACTED = "search.acted(search: s)"
REVIEWED = "ONCE search.reviewed(search: s, actor: r)"


def test_exists_some_value() -> None:
    assert breaches(LOG, ACTED, f"(EXISTS r. {REVIEWED} AND r = 8) OR s = 3") == [6]


def test_forall_values() -> None:
    found = verdicts(LOG, ACTED, f"FORALL r. {REVIEWED} IMPLIES r = 7")
    assert found == {"satisfied": [1], "breached": [3], "unknown": [9]}


def test_count_counts_different_values_and_a_missing_one_as_one() -> None:
    assert breaches(LOG, ACTED, f"COUNT r. ({REVIEWED}) >= 2") == [6]


def test_present_leaves_missing_values_out_of_the_count() -> None:
    assert breaches(LOG, ACTED, f"COUNT r. ({REVIEWED} AND PRESENT r) >= 2") == [6, 9]


def test_a_comparison_makes_the_count_unknown_where_a_missing_value_decides() -> None:
    found = verdicts(LOG, ACTED, f"COUNT r. ({REVIEWED} AND r = r) >= 2")
    assert found == {"satisfied": [1], "breached": [6], "unknown": [9]}


def test_a_count_ahead_is_decided_once_there_are_enough() -> None:
    require = "COUNT r. (EVENTUALLY[0, 1 h] search.reviewed(search: s, actor: r)) >= 2"
    rule = "search.reviewed(search: s)", require
    assert verdicts(LOG, *rule, until=0) == {"satisfied": [0], "undecided": [1]}
    assert verdicts(LOG, *rule, until=1) == {"satisfied": [1], "undecided": [2]}


def test_a_count_ahead_that_is_too_high_is_broken_at_once() -> None:
    require = "COUNT r. (EVENTUALLY[0, 1 h] search.reviewed(search: s, actor: r)) <= 1"
    found = verdicts(LOG, "search.reviewed(search: s)", require, until=1)
    assert found == {"satisfied": [0], "breached": [1], "undecided": [2]}
