"""Values are compared; where one is missing, the verdict is unknown."""

import pytest

from rule_tables import breaches, verdicts

LOG = """
event | time | kind         | alert | score | threshold
1     | 1    | alert.raised | 1     | 0.64  | 0.6
2     | 2    | alert.raised | 2     | 0.60  | 0.6
3     | 3    | alert.raised | 3     | 0.55  | 0.6
4     | 4    | alert.raised | 4     | -     | 0.6
"""
EVENT = "alert.raised(alert: a, score: s, threshold: x)"


@pytest.mark.parametrize(
    ("comparison", "broken_by"),
    [
        ("s >= x", [3]),
        ("s > x", [2, 3]),
        ("s = x", [1, 3]),
        ("s != x", [2]),
        ("s <= x", [1]),
        ("s < x", [1, 2]),
        ("s - x > -0.01", [3]),
        ("s IN (0.6, 0.64)", [3]),
    ],
)
def test_comparisons(comparison: str, broken_by: list[int]) -> None:
    found = verdicts(LOG, EVENT, comparison)
    assert found.get("breached") == broken_by
    assert found["unknown"] == [4]


def test_present_is_never_unknown() -> None:
    assert breaches(LOG, EVENT, "PRESENT s") == [4]


def test_or_needs_one_true_part_whatever_the_other() -> None:
    assert breaches(LOG, EVENT, "s >= x OR NOT PRESENT s") == [3]


def test_and_with_one_false_part_is_false_whatever_the_other() -> None:
    assert breaches(LOG, EVENT, "s >= x AND a != 4") == [3, 4]


def test_where_a_condition_does_not_apply_there_is_no_instance() -> None:
    assert verdicts(LOG, EVENT, "1 = 0", when="s > 0.62") == {
        "satisfied": [0],
        "breached": [1],
        "unknown": [4],
    }
