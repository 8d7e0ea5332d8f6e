"""The interval for events over deployments that differ from each other."""

import numpy as np
import pytest

from probity.core import CountError, EventRate, Events, Undefined
from probity.stats.event_clusters import clustered_garwood
from probity.stats.poisson import garwood


def _interval(ks: list[int], exposures: list[float], *, level: float = 0.95) -> EventRate:
    rate = clustered_garwood(ks, exposures, unit="deployment", level=level)
    assert isinstance(rate, EventRate)
    return rate


def test_deployments_that_are_alike_give_the_plain_interval() -> None:
    plain = garwood(Events(50, 5.0, "deployment"))
    assert isinstance(plain, EventRate)
    rate = _interval([10] * 5, [1.0] * 5)
    assert (rate.low, rate.high) == pytest.approx((plain.low, plain.high))


def test_by_hand() -> None:
    """k = 2, 10, x = 1, 1: r = 6, squares 16 + 16, m/(m-1) = 2, t/z = 12.7062/1.95996.

    f = 2 * 32 / 12 * 42.03 = 224.2; Garwood for 12 / 224.2 events, times f / 2.
    """
    from scipy.stats import chi2, norm, t

    factor = 2 * 32 / 12 * (t.ppf(0.975, 1) / norm.ppf(0.975)) ** 2
    effective = 12 / factor
    rate = _interval([2, 10], [1.0, 1.0])
    assert rate.low == pytest.approx(chi2.ppf(0.025, 2 * effective) / 2 * factor / 2)
    assert rate.high == pytest.approx(chi2.ppf(0.975, 2 * effective + 2) / 2 * factor / 2)
    assert factor == pytest.approx(224.2, abs=0.1)


def test_no_event_gives_the_plain_bound_and_says_so() -> None:
    rate = _interval([0, 0, 0], [1.0, 1.0, 1.0])
    assert rate.low == 0.0
    assert rate.high == pytest.approx(3.6889 / 3, abs=1e-4)
    assert "no event" in rate.method


@pytest.mark.parametrize(("ks", "exposures"), [([], []), ([3], [1.0]), ([0, 0], [0.0, 0.0])])
def test_without_two_deployments_or_exposure_it_is_undefined(
    ks: list[int], exposures: list[float]
) -> None:
    assert isinstance(clustered_garwood(ks, exposures, unit="hour"), Undefined)


@pytest.mark.parametrize(
    ("ks", "exposures"), [([1], [1.0, 2.0]), ([-1, 2], [1, 1]), ([1, 2], [-1, 1])]
)
def test_what_cannot_be_is_refused(ks: list[int], exposures: list[float]) -> None:
    with pytest.raises(CountError):
        clustered_garwood(ks, exposures, unit="hour")


def _coverage(
    spread: float, *, deployments: int, mean: float, trials: int = 2000
) -> tuple[float, float]:
    """Shares of plain and widened intervals that hold the true rate, for gamma-mixed events."""
    generator = np.random.default_rng(7)
    plain = widened = 0
    exposures = [1.0] * deployments
    for _ in range(trials):
        means = (
            generator.gamma(mean / spread, spread, size=deployments)
            if spread
            else [mean] * deployments
        )
        ks = [int(k) for k in generator.poisson(means)]
        simple = garwood(Events(sum(ks), float(deployments), "deployment"))
        assert isinstance(simple, EventRate)
        rate = _interval(ks, exposures)
        plain += simple.low <= mean <= simple.high
        widened += rate.low <= mean <= rate.high
    return plain / trials, widened / trials


@pytest.mark.verify
@pytest.mark.parametrize(
    ("deployments", "mean", "at_least"), [(10, 5.0, 0.935), (50, 0.1, 0.87), (200, 10.0, 0.93)]
)
def test_it_covers_where_deployments_differ(deployments: int, mean: float, at_least: float) -> None:
    """Events spread four times as wide as independent ones, where the plain interval fails.

    With five events expected in all, the widened one falls short of its level too.
    """
    plain, widened = _coverage(3.0, deployments=deployments, mean=mean)
    assert plain < 0.8
    assert widened > at_least


@pytest.mark.verify
@pytest.mark.parametrize(("deployments", "mean"), [(10, 5.0), (50, 0.1), (200, 10.0)])
def test_it_covers_where_deployments_are_alike(deployments: int, mean: float) -> None:
    _, widened = _coverage(0.0, deployments=deployments, mean=mean)
    assert widened > 0.95 - 3 * (0.05 * 0.95 / 2000) ** 0.5
