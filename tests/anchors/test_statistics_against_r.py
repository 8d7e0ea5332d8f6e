"""Every statistic that base R has too, against R's values (see r/statistics.R for the calls)."""

import csv
from pathlib import Path

import pytest

from probity.core import Count, EventRate, Events, Rate
from probity.stats.beta_binomial import BetaBinomial, beta_binomial, beta_binomial_fit
from probity.stats.compare import event_rate_ratio, two_group_test
from probity.stats.groups import k_group_test
from probity.stats.interval import clopper_pearson, jeffreys, wilson
from probity.stats.poisson import garwood
from probity.stats.power import power_one_sample
from probity.stats.resampling import korn_graubard

R_VALUES = Path(__file__).parent / "r"


def rows(name: str) -> list[dict[str, str]]:
    """Rows of one file of R's values."""
    with (R_VALUES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole(text: str) -> list[int]:
    """Whole numbers separated by spaces."""
    return [int(float(number)) for number in text.split()]


def near(value: str, *, rel: float = 1e-9) -> object:
    """R's value, to more digits than any page prints. An exact 0 must be exact."""
    return pytest.approx(float(value), rel=rel, abs=0)


@pytest.mark.parametrize("row", rows("proportions.csv"), ids=lambda r: f"{r['k']}/{r['n']}")
def test_intervals_of_one_proportion(row: dict[str, str]) -> None:
    count = Count(int(float(row["k"])), int(float(row["n"])), "trials")
    for name, interval in {
        "clopper_pearson": clopper_pearson,
        "wilson": wilson,
        "jeffreys": jeffreys,
    }.items():
        rate = interval(count, level=float(row["level"]))
        assert isinstance(rate, Rate)
        # R's prop.test computes the score bounds with cancellation near 0.
        rel = 1e-6 if name == "wilson" and count.n > 1e9 else 1e-9
        assert rate.low == near(row[f"{name}_low"], rel=rel)
        assert rate.high == near(row[f"{name}_high"], rel=rel)


@pytest.mark.parametrize("row", rows("event_rates.csv"), ids=lambda r: f"{r['k']}/{r['exposure']}")
def test_interval_of_an_event_rate(row: dict[str, str]) -> None:
    events = Events(int(row["k"]), float(row["exposure"]), "hour")
    rate = garwood(events, level=float(row["level"]))
    assert isinstance(rate, EventRate)
    assert (rate.low, rate.high) == (near(row["low"]), near(row["high"]))


@pytest.mark.parametrize("row", rows("event_rate_ratios.csv"))
def test_ratio_of_event_rates(row: dict[str, str]) -> None:
    found = event_rate_ratio(
        Events(int(row["k_a"]), float(row["exposure_a"]), "hour"),
        Events(int(row["k_b"]), float(row["exposure_b"]), "hour"),
        level=float(row["level"]),
    )
    assert (found.value, found.low, found.high) == (
        near(row["value"]),
        near(row["low"]),
        near(row["high"]),
    )


@pytest.mark.parametrize("row", rows("groups.csv"), ids=lambda r: r["cases"])
def test_exact_tests_of_groups(row: dict[str, str]) -> None:
    counts = [
        Count(k, n, "trials") for k, n in zip(whole(row["cases"]), whole(row["sizes"]), strict=True)
    ]
    found = k_group_test(counts, seed=1)
    assert found.method == "Fisher-Freeman-Halton exact"
    # fisher.test prints more digits than its network algorithm keeps for r x k tables.
    assert found.p_value == near(row["p_value"], rel=1e-6)
    if len(counts) == 2:
        assert two_group_test(*counts).p_value == near(row["p_value"], rel=1e-7)


@pytest.mark.parametrize("row", rows("power.csv"), ids=lambda r: f"{r['n']}-{r['side']}")
def test_power_of_one_sample(row: dict[str, str]) -> None:
    power = power_one_sample(
        int(row["n"]), rate=float(row["rate"]), limit=float(row["limit"]), side=row["side"]
    )
    assert power == near(row["power"])


@pytest.mark.parametrize("row", rows("deployments.csv"), ids=lambda r: r["cases"])
def test_deployments_that_are_not_alike(row: dict[str, str]) -> None:
    ks, ns = whole(row["cases"]), whole(row["sizes"])
    fit = beta_binomial_fit(ks, ns)
    assert isinstance(fit, BetaBinomial)
    assert fit.mean == near(row["mean"], rel=1e-4)
    assert fit.spread == near(row["spread"], rel=1e-3)
    assert fit.log_likelihood == near(row["log_likelihood"], rel=1e-8)
    assert fit.log_likelihood_binomial == near(row["log_likelihood_binomial"])
    profile = beta_binomial(ks, ns, population="trials")
    assert (profile.low, profile.high) == (
        near(row["low"], rel=1e-5),
        near(row["high"], rel=1e-5),
    )
    survey = korn_graubard(ks, ns, population="trials")
    assert (survey.low, survey.high) == (
        near(row["korn_graubard_low"]),
        near(row["korn_graubard_high"]),
    )
