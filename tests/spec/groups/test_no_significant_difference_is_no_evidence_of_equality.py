"""A test of few events finds only enormous differences; it must say which."""

from probity.core import Count
from probity.stats.groups import k_group_test


def groups(cases: tuple[int, ...], size: int) -> list[Count]:
    return [Count(k, size, f"searches of group {i}") for i, k in enumerate(cases, start=1)]


def test_a_few_false_alerts_cannot_show_equality() -> None:
    """1, 2 and 4 false alerts in groups of 800: no significant difference, and none could be."""
    test = k_group_test(groups((1, 2, 4), 800), seed=1)
    assert test.p_value > 0.05
    assert test.detectable.ratio is None
    assert "would find no ratio between the worst and the best group" in test.power_statement


def test_no_false_alert_cannot_show_equality_either() -> None:
    """0, 0 and 0: the rates may be anything up to the bound, in any ratio."""
    test = k_group_test(groups((0, 0, 0), 800), seed=1)
    assert test.p_value == 1.0
    assert test.detectable.ratio is None


def test_a_hundred_events_can_show_a_good_deal() -> None:
    """30, 33 and 37 of 800: a ratio of more than about 2 would have been found."""
    test = k_group_test(groups((30, 33, 37), 800), seed=1)
    assert test.p_value > 0.05
    assert 1.8 < test.detectable.ratio < 2.3


def test_a_large_difference_is_found() -> None:
    """2, 5 and 20 of 800 do not share a rate."""
    assert k_group_test(groups((2, 5, 20), 800), seed=1).p_value < 0.001
