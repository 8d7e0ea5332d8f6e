"""A rate is a count with bounds. The bounds say what the count is compatible with."""

from probity.core import Count
from probity.stats.interval import clopper_pearson, jeffreys, wilson

FALSE_ALERTS = 10
FACES_SEEN = 3_147_436
ALERTS = 2_077


def one_in(rate: float) -> int:
    """The rate as 1 in so many, to the nearest thousand."""
    return round(1 / rate, -3)


def test_ten_false_alerts_among_three_million_faces() -> None:
    """10 of 3,147,436 is 1 in 315,000, and lies between 1 in 171,000 and 1 in 656,000."""
    rate = clopper_pearson(Count(FALSE_ALERTS, FACES_SEEN, "faces seen"))
    assert one_in(rate.value) == 315_000
    assert (one_in(rate.high), one_in(rate.low)) == (171_000, 656_000)


def test_the_same_ten_among_two_thousand_alerts() -> None:
    """10 of 2,077 is 0.48%, and lies between 0.23% and 0.88%. Neither denominator is the rate."""
    rate = clopper_pearson(Count(FALSE_ALERTS, ALERTS, "alerts"))
    assert (round(rate.low, 4), round(rate.value, 4), round(rate.high, 4)) == (
        0.0023,
        0.0048,
        0.0088,
    )


def test_the_exact_interval_is_the_widest_of_three() -> None:
    """Clopper-Pearson promises its level whatever the rate; Wilson and Jeffreys on average."""
    count = Count(4, 10, "searches")
    exact, score, bayes = clopper_pearson(count), wilson(count), jeffreys(count)
    assert exact.high - exact.low > bayes.high - bayes.low
    assert exact.high - exact.low > score.high - score.low


def test_more_confidence_is_a_wider_interval() -> None:
    """99% needs more room than 95%."""
    count = Count(FALSE_ALERTS, ALERTS, "alerts")
    usual, careful = clopper_pearson(count), clopper_pearson(count, level=0.99)
    assert careful.low < usual.low < usual.high < careful.high
