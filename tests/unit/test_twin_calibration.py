"""The twin's fit: rates against explicit vectors, posteriors against closed forms and emcee."""

from pathlib import Path

import emcee
import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import beta, multinomial, norm

from probity.cli.twin_calibrate import published_periods
from probity.core import InputError
from probity.twin.calibrate.anchors import Anchors, FalsePositives, Setting, npl_2023
from probity.twin.calibrate.fit import as_json, calibrate, read_calibration
from probity.twin.calibrate.likelihood import Likelihood, log_false_positives
from probity.twin.calibrate.parameters import DIMENSION, KNOTS, natural, parameters
from probity.twin.calibrate.rates import (
    TEST,
    fmr_per_comparison,
    latent_thresholds,
    mean_fmr,
    tpir_moments,
)
from probity.twin.calibrate.sampler import NotConvergedError, sample
from probity.twin.calibrate.sbc import simulation_based_calibration
from probity.twin.calibrate.validate import Period, honest_reading, validate

TABLE = parameters((2_247, 2_384))


@pytest.fixture(scope="module")
def fitted():
    return calibrate(seed=3, draws=500, points=8_192)


def _theta(seed: int, number: int = 1) -> dict:
    return natural(np.random.default_rng(seed).normal(size=(number, len(TABLE))), TABLE)


@pytest.mark.parametrize(("probe", "entry"), [(0, 0), (2, 2), (0, 2)])
def test_the_false_match_rate_is_that_of_explicit_vectors(probe: int, entry: int) -> None:
    theta = _theta(11)
    one = {name: float(value[0]) for name, value in theta.items()}
    lookalike = (1.0, one["lookalike_asian"], one["lookalike_black"])
    generator = np.random.default_rng(5)
    thresholds = np.array([[2.0, 3.0, 4.0]])
    alike, d, n = one["group_separation"], DIMENSION, 200_000
    listed = generator.normal(size=(n, d)) / np.sqrt(d)
    listed[:, 0] += alike * lookalike[entry] + one["entry_spread"] * generator.normal(size=n)
    listed[:, 2] += one["quality_effect"] * (1 - TEST.entry_quality)
    listed /= np.linalg.norm(listed, axis=1)[:, None]
    # Given a listed image, the score of a random passer-by is normal: no noise of rare events.
    along = listed[:, 0 if probe == entry else 1]
    mean = alike * lookalike[probe] * along
    mean += one["quality_effect"] * (1 - TEST.probe_quality) * listed[:, 2]
    deviation = np.sqrt((one["person_spread"] * along) ** 2 + 1 / d)
    expected = [ndtr(-(t / np.sqrt(d) - mean) / deviation).mean() for t in thresholds[0]]
    found = fmr_per_comparison(theta, thresholds, mix=TEST, probe=probe, entry=entry)[0]
    assert found == pytest.approx(expected, rel=0.03)


def test_the_level_is_the_false_match_rate_at_its_knot() -> None:
    theta = _theta(4, 500)
    rate = mean_fmr(theta, latent_thresholds(theta), mix=TEST)[:, KNOTS.index(0.60)]
    assert -np.log10(rate) == pytest.approx(theta["fmr_decades_60"], abs=0.003)


def test_the_true_positive_rate_is_normal_in_its_margin() -> None:
    theta = _theta(6, 50)
    mean, between = tpir_moments(theta, latent_thresholds(theta), knot=KNOTS.index(0.60))
    assert mean == pytest.approx(ndtr(theta["mated_margin"]), rel=1e-9)
    assert (between < mean * (1 - mean)).all()


def test_nested_counts_are_multinomial_and_an_open_setting_is_a_mixture() -> None:
    fpir = np.array([[0.02, 0.01, 0.003, 0.001, 0.0002]])
    rows = (
        FalsePositives(
            id="a", settings=(Setting(threshold=0.60, weight=1.0),), count=7,
            status="FOUND-2", source_id="x",
        ),
        FalsePositives(
            id="b",
            settings=(Setting(threshold=0.56, weight=0.8), Setting(threshold=0.58, weight=0.2)),
            count=33, status="UNVERIFIED", source_id="x",
        ),
    )  # fmt: skip
    found = np.exp(log_false_positives(rows, fpir, np.array([2_300.0])))[0]
    expected = sum(
        weight * multinomial.pmf([7, 26, 2_267], 2_300, [0.003, lower - 0.003, 1 - lower])
        for weight, lower in ((0.8, 0.02), (0.2, 0.01))
    )
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_conjugate_posterior_is_found() -> None:
    """Prior uniform through its normal coordinate, 7 of 60: the posterior is beta(8, 54)."""

    def log_likelihood(z: np.ndarray) -> np.ndarray:
        p = np.clip(ndtr(z[:, 0]), 1e-12, 1 - 1e-12)
        return 7 * np.log(p) + 53 * np.log1p(-p)

    found = sample(log_likelihood, dimension=6, seed=1)
    p = ndtr(found.points[:, 0])
    exact = beta(8, 54)
    assert found.mean(p) == pytest.approx(exact.mean(), rel=0.01)
    assert found.quantile(p, 0.975) == pytest.approx(exact.ppf(0.975), rel=0.02)
    assert found.log_evidence == pytest.approx(np.log(1 / (61 * 386_206_920)), abs=0.02)
    assert found.standard_deviation(found.points[:, 3]) == pytest.approx(1.0, abs=0.03)


def test_impossible_data_and_a_far_truth_are_told() -> None:
    with pytest.raises(NotConvergedError, match="impossible at every point"):
        sample(lambda z: np.full(len(z), -np.inf), dimension=2, seed=0)
    with pytest.raises(ValueError, match="not-a-number"):
        sample(lambda z: np.full(len(z), np.nan), dimension=2, seed=0)


@pytest.mark.verify
def test_the_posterior_is_the_one_that_emcee_finds(fitted) -> None:
    likelihood = Likelihood(npl_2023())
    d, walkers = len(TABLE), 64

    def log_posterior(z: np.ndarray) -> np.ndarray:
        return likelihood(z) - 0.5 * np.square(z).sum(axis=1)

    start = np.asarray(fitted.draws)[:walkers]
    ensemble = emcee.EnsembleSampler(walkers, d, log_posterior, vectorize=True)
    ensemble.random_state = np.random.RandomState(2).get_state()
    # The walkers start in the posterior: what has to be forgotten is which points they had.
    ensemble.run_mcmc(start, 1_500)
    chain = ensemble.get_chain(discard=300, flat=True)
    ours = np.asarray(fitted.draws)
    for name in ("fmr_decades_60", "step_60_62", "step_62_64", "mated_margin"):
        column = [one.name for one in TABLE].index(name)
        spread = ours[:, column].std()
        assert ours[:, column].mean() == pytest.approx(chain[:, column].mean(), abs=0.35 * spread)
        assert spread == pytest.approx(chain[:, column].std(), rel=0.3)


def test_what_the_anchors_cannot_inform_is_said(fitted) -> None:
    names = {one.name for one in fitted.not_informed}
    assert {"group_separation", "entry_spread", "quality_effect", "lookalike_black"} <= names
    assert not {"fmr_decades_60", "mated_margin"} & names
    at_60 = fitted.rates[KNOTS.index(0.60)]
    assert at_60.tpir_per_mated_probe.low < 0.89 < at_60.tpir_per_mated_probe.high
    # 7 of 2,313, with their exact interval, the other counts pulling little.
    low, high = beta(7, 2_307).ppf(0.025), beta(8, 2_306).ppf(0.975)
    assert low < at_60.fpir_per_nonmated_probe.median < high


def test_the_same_seed_gives_the_same_file_and_it_can_be_read(fitted, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(as_json(fitted))
    assert read_calibration(path) == fitted
    assert as_json(calibrate(seed=3, draws=500, points=8_192)) == path.read_text()


@pytest.mark.parametrize("content", ["", "[]", '{"schema": "probity/calibration/2"}', "[" * 9_999])
def test_a_file_that_is_no_calibration_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"c\.json[:,]"):
        read_calibration(path)


def _ten_for_one(anchors: Anchors) -> Anchors:
    low, high = anchors.design.searches
    design = anchors.design.model_copy(update={"searches": (10 * low, 10 * high)})
    return anchors.model_copy(update={"design": design})


@pytest.mark.verify
def test_ranks_of_the_truth_are_uniform_over_500_fits() -> None:
    ranks = simulation_based_calibration(npl_2023(), fits=500, seed=4, workers=2)
    assert ranks.not_converged <= 5
    assert ranks.p_value() > 0.001


@pytest.mark.control
@pytest.mark.verify
def test_a_likelihood_that_takes_one_search_for_ten_is_found_out() -> None:
    ranks = simulation_based_calibration(
        npl_2023(), fits=100, seed=2, misread=_ten_for_one, workers=2
    )
    assert ranks.p_value() < 0.001


def test_more_events_than_searches_are_impossible() -> None:
    row = FalsePositives(
        id="a", settings=(Setting(threshold=0.60, weight=1.0),), count=7,
        status="FOUND-2", source_id="x",
    )  # fmt: skip
    found = log_false_positives((row,), np.full((2, len(KNOTS)), 0.5), np.array([6.5, 10.0]))
    assert found[0] == -np.inf
    assert np.isfinite(found[1])


def test_a_year_far_from_prediction_is_told_with_its_direction(fitted) -> None:
    def year(false_alerts: int) -> Period:
        return Period(
            name="a year", threshold=0.60, faces_seen=np.full(100, 5_000),
            watchlist_size=np.full(100, 10_000), alerts=np.full(100, 60),
            false_alerts=np.full(100, false_alerts),
        )  # fmt: skip

    for each, direction in ((0, "fewer or less"), (50, "more")):
        (found,) = validate(fitted, [year(each)])
        assert found.checks[0].direction == direction
        assert f"{100 * each} false alerts were published" in honest_reading(fitted, [found])


def test_the_year_of_the_report_is_read_but_for_the_row_that_prints_no_false_alerts() -> None:
    year = published_periods()[0]
    assert (len(year.faces_seen), year.false_alerts.sum(), year.alerts.sum()) == (206, 9, 2_055)
    assert 3_147_436 - year.faces_seen.sum() == 51_220


def test_only_prevalence_times_tpir_is_identified(fitted) -> None:
    period = Period(
        name="p", threshold=0.64, faces_seen=np.array([1_000_000]),
        watchlist_size=np.array([10_000]), alerts=np.array([500]), false_alerts=np.array([0]),
    )  # fmt: skip
    (found,) = validate(fitted, [period])
    value, low, high = found.found_per_face
    assert value == 500e-6
    deviations = norm.ppf(0.975) * np.sqrt(500) * 1e-6
    assert high - low == pytest.approx(2 * deviations, rel=0.05)
    assert found.prevalence[1] / found.prevalence[0] > found.tpir[1] / found.tpir[0]
