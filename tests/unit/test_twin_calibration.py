"""The twin's fit: rates against explicit vectors, posteriors against closed forms and emcee."""

import json
from pathlib import Path

import emcee
import jsonschema
import numpy as np
import pytest
from scipy.special import betaln, ndtr
from scipy.stats import beta, multinomial, norm
from typer.testing import CliRunner

from probity.cli.app import app
from probity.cli.twin_calibrate import published_periods
from probity.core import InputError
from probity.twin.calibrate.anchors import Anchors, FalsePositives, Setting, npl_2023
from probity.twin.calibrate.fit import as_json, calibrate, read_calibration
from probity.twin.calibrate.held_out import check_held_out
from probity.twin.calibrate.likelihood import Likelihood, log_false_positives
from probity.twin.calibrate.parameters import DIMENSION, KNOTS, PARAMETERS, natural
from probity.twin.calibrate.posterior import sample
from probity.twin.calibrate.rates import (
    TEST,
    fmr_per_comparison,
    fpir_in_test,
    fpir_per_nonmated_probe,
    latent_thresholds,
    tpir_moments,
)
from probity.twin.calibrate.reached import Frames
from probity.twin.calibrate.reading import honest_reading
from probity.twin.calibrate.sampler import NotConvergedError
from probity.twin.calibrate.sbc import simulation_based_calibration
from probity.twin.calibrate.validate import Period, validate

SCHEMAS = Path(__file__).parents[2] / "docs/reference/schemas"
GALLERY = npl_2023().design.gallery_size


@pytest.fixture(scope="module")
def fitted():
    return calibrate(seed=3, draws=500, particles=1_024)


def _theta(seed: int, number: int = 1) -> dict:
    return natural(np.random.default_rng(seed).normal(size=(number, len(PARAMETERS))))


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


def test_the_best_of_several_frames_is_that_of_frames_drawn_one_by_one() -> None:
    theta = _theta(11)
    one = {name: float(value[0]) for name, value in theta.items()}
    generator, n, d = np.random.default_rng(8), 400_000, DIMENSION
    frames = Frames(number=6, new_share=0.3)
    listed = generator.normal(size=(n, d)) / np.sqrt(d)
    listed[:, 0] += one["group_separation"] + one["entry_spread"] * generator.normal(size=n)
    listed[:, 2] += one["quality_effect"] * (1 - TEST.entry_quality)
    listed /= np.linalg.norm(listed, axis=1)[:, None]
    mean = one["group_separation"] * listed[:, 0]
    mean += one["quality_effect"] * (1 - TEST.probe_quality) * listed[:, 2]
    shared = np.sqrt((one["person_spread"] * listed[:, 0]) ** 2 + (1 - frames.new_share) / d)
    new = generator.normal(size=(n, frames.number)).max(axis=1) * np.sqrt(frames.new_share / d)
    thresholds = np.array([[2.0, 3.0, 4.0]])
    expected = [ndtr(-(t / np.sqrt(d) - mean - new) / shared).mean() for t in thresholds[0]]
    rates = {"mix": TEST, "probe": 0, "entry": 0, "frames": frames}
    assert fmr_per_comparison(theta, thresholds, **rates)[0] == pytest.approx(expected, rel=0.03)


def test_frames_that_share_all_or_nothing() -> None:
    theta, thresholds = _theta(11), np.array([[2.0, 3.0, 4.0]])
    rates = {"mix": TEST, "probe": 0, "entry": 1}
    single = fmr_per_comparison(theta, thresholds, **rates)
    alike = fmr_per_comparison(theta, thresholds, frames=Frames(number=6, new_share=0), **rates)
    assert alike == pytest.approx(single)
    apart = fmr_per_comparison(theta, thresholds, frames=Frames(number=6, new_share=1), **rates)
    assert (5 * single < apart).all()
    assert (apart < 6 * single).all()


def test_the_latent_thresholds_give_the_rates_that_were_fitted() -> None:
    """From one candidate in a billion searches to one in every search."""
    theta = _theta(4, 40)
    thresholds = latent_thresholds(theta, gallery_size=GALLERY)
    found = fpir_per_nonmated_probe(theta, thresholds, mix=TEST, gallery_size=GALLERY)
    assert found == pytest.approx(fpir_in_test(theta, gallery_size=GALLERY), rel=0.01)
    assert (np.diff(thresholds) > 0).all()
    frames = Frames(number=4, new_share=0.2)
    few = {name: values[:5] for name, values in theta.items()}
    of_pass = latent_thresholds(few, gallery_size=GALLERY, frames=frames)
    assert (of_pass > thresholds[:5]).all()
    again = fpir_per_nonmated_probe(few, of_pass, mix=TEST, gallery_size=GALLERY, frames=frames)
    assert again == pytest.approx(fpir_in_test(few, gallery_size=GALLERY), rel=1e-3)


def test_candidates_of_one_search_clump_as_those_of_explicit_vectors_do() -> None:
    """Taken as independent, candidates in a large gallery would make FPIR three times as high."""
    theta = _theta(11)
    one = {name: float(value[0]) for name, value in theta.items()}
    lookalike = np.array([1.0, one["lookalike_asian"], one["lookalike_black"]])
    generator, d = np.random.default_rng(5), DIMENSION

    def vectors(number: int, *, quality: float, spread: float) -> np.ndarray:
        group = generator.integers(0, 3, number)
        drawn = generator.normal(size=(number, d)) / np.sqrt(d)
        place = one["group_separation"] * lookalike[group]
        drawn[np.arange(number), group] += place + spread * generator.normal(size=number)
        drawn[:, 3] += one["quality_effect"] * (1 - quality)
        return drawn

    listed = vectors(20_000, quality=TEST.entry_quality, spread=one["entry_spread"])
    listed /= np.linalg.norm(listed, axis=1)[:, None]
    people = vectors(4_000, quality=TEST.probe_quality, spread=one["person_spread"])
    parts = np.split(people.astype(np.float32), 8)
    best = np.concatenate([(part @ listed.astype(np.float32).T).max(axis=1) for part in parts])
    thresholds = np.quantile(best, [0.7, 0.9, 0.97])[np.newaxis] * np.sqrt(d)
    found = fpir_per_nonmated_probe(theta, thresholds, mix=TEST, gallery_size=20_000)[0]
    assert found == pytest.approx([0.3, 0.1, 0.03], rel=0.2)
    pair = [
        fmr_per_comparison(theta, thresholds, mix=TEST, probe=g, entry=h)[0]
        for g in range(3) for h in range(3)
    ]  # fmt: skip
    independent = -np.expm1(-20_000 * np.mean(pair, axis=0))
    assert (independent > 1.5 * found).all()


def test_the_true_positive_rate_is_normal_in_its_margin() -> None:
    theta = _theta(6, 50)
    mean, between = tpir_moments(theta)
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
    found = np.exp(log_false_positives(rows, fpir, np.array([2_250, 2_300])))[0]
    expected = sum(
        weight / 2 * multinomial.pmf([7, 26, n - 33], n, [0.003, lower - 0.003, 1 - lower])
        for weight, lower in ((0.8, 0.02), (0.2, 0.01))
        for n in (2_250, 2_300)
    )
    assert found == pytest.approx(expected, rel=1e-9)


def _binomial(k: int, n: int):
    def log_likelihood(z: np.ndarray) -> np.ndarray:
        p = np.clip(ndtr(z[:, 0]), 1e-300, 1 - 1e-16)
        return k * np.log(p) + (n - k) * np.log1p(-p)

    return log_likelihood


def test_a_conjugate_posterior_is_found() -> None:
    """Prior uniform through its normal coordinate, 7 of 60: the posterior is beta(8, 54)."""
    found = sample([(1.0, _binomial(7, 60))], dimension=6, seed=1)
    p = ndtr(found.points[:, 0])
    exact = beta(8, 54)
    assert found.mean(p) == pytest.approx(exact.mean(), rel=0.01)
    assert found.quantile(p, 0.975) == pytest.approx(exact.ppf(0.975), rel=0.03)
    assert found.log_evidence == pytest.approx(np.log(1 / (61 * 386_206_920)), abs=0.1)
    assert found.standard_deviation(found.points[:, 3]) == pytest.approx(1.0, abs=0.05)


def test_readings_of_the_data_are_mixed_by_their_evidence() -> None:
    """7 of 60 or 40 of 60, at even odds: beta functions, at two places far apart."""
    found = sample([(0.5, _binomial(7, 60)), (0.5, _binomial(40, 60))], dimension=2, seed=2)
    ratio = np.exp(betaln(8, 54) - betaln(41, 21))
    assert found.readings == pytest.approx([ratio / (1 + ratio), 1 / (1 + ratio)], abs=0.03)
    low = found.weights[ndtr(found.points[:, 0]) < 0.35].sum()
    assert low == pytest.approx(found.readings[0], abs=0.01)


def test_a_bent_posterior_is_followed() -> None:
    """x + x^2/2 + y known to 0.1: a curve that no one normal distribution covers."""

    def log_likelihood(z: np.ndarray) -> np.ndarray:
        return -0.5 * np.square((z[:, 1] + np.square(z[:, 0]) / 2 - 1) / 0.1)

    found = sample([(1.0, log_likelihood)], dimension=3, seed=3)
    x = np.linspace(-5, 5, 2_001)
    density = norm.pdf(x) * norm.pdf(1 - x**2 / 2)
    density /= density.sum()
    assert found.mean(found.points[:, 0]) == pytest.approx(0, abs=0.1)
    spread = np.sqrt((density * x**2).sum())
    assert found.standard_deviation(found.points[:, 0]) == pytest.approx(spread, rel=0.05)


def test_impossible_data_are_told() -> None:
    with pytest.raises(NotConvergedError, match="impossible at every point"):
        sample([(1.0, lambda z: np.full(len(z), -np.inf))], dimension=2, seed=0)
    with pytest.raises(ValueError, match="not-a-number"):
        sample([(1.0, lambda z: np.full(len(z), np.nan))], dimension=2, seed=0)


def test_runs_that_disagree_are_refused() -> None:
    """Two needles in ten dimensions: which of them the particles find is chance."""

    def log_likelihood(z: np.ndarray) -> np.ndarray:
        needles = [np.square(z - side * 2).sum(axis=1) / (2 * 0.05**2) for side in (1, -1)]
        return -np.minimum(*needles)

    with pytest.raises(NotConvergedError, match="runs disagree"):
        sample([(1.0, log_likelihood)], dimension=10, seed=0, particles=64)


@pytest.mark.verify
def test_the_posterior_is_the_one_that_emcee_finds(fitted) -> None:
    likelihood = Likelihood(npl_2023())
    d, walkers = len(PARAMETERS), 64

    def log_posterior(z: np.ndarray) -> np.ndarray:
        return likelihood(z) - 0.5 * np.square(z).sum(axis=1)

    start = np.asarray(fitted.draws)[:walkers]
    ensemble = emcee.EnsembleSampler(walkers, d, log_posterior, vectorize=True)
    ensemble.random_state = np.random.RandomState(2).get_state()
    # The walkers start in the posterior: what has to be forgotten is which points they had.
    ensemble.run_mcmc(start, 6_000)
    chain = ensemble.get_chain(discard=1_000, flat=True)
    ours = np.asarray(fitted.draws)
    for name in ("fmr_decades_60", "fall_below_60", "fall_60_62", "fall_62_64", "mated_margin"):
        column = [one.name for one in PARAMETERS].index(name)
        spread = ours[:, column].std()
        assert ours[:, column].mean() == pytest.approx(chain[:, column].mean(), abs=0.15 * spread)
        assert spread == pytest.approx(chain[:, column].std(), rel=0.15)


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
    assert as_json(calibrate(seed=3, draws=500, particles=1_024)) == path.read_text()


def test_what_is_printed_is_as_its_schemas_say(fitted, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(as_json(fitted.model_copy(update={"draws": fitted.draws[:20]})))
    said = CliRunner().invoke(
        app, ["twin", "validate", "--calibration", str(path), "--format", "json"]
    )
    assert said.exit_code == 0
    for text, name in ((path.read_text(), "calibration"), (said.stdout, "twin-validation")):
        schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads(text), schema)


@pytest.mark.parametrize("content", ["", "[]", '{"schema": "probity/calibration/1"}', "[" * 9_999])
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
def test_ranks_of_the_truth_are_uniform_over_500_fits(record_property) -> None:
    ranks = simulation_based_calibration(npl_2023(), fits=500, seed=1, workers=2)
    record_property("fits", ranks.fits)
    record_property("refused", ranks.not_converged)
    record_property(
        "p_values", {f"rank of {name}": test.p_value for name, test in ranks.tests().items()}
    )
    assert ranks.not_converged <= 5
    assert ranks.p_value() > 0.01


@pytest.mark.control
@pytest.mark.verify
def test_a_likelihood_that_takes_one_search_for_ten_is_found_out(record_property) -> None:
    ranks = simulation_based_calibration(
        npl_2023(), fits=100, seed=1, misread=_ten_for_one, workers=2
    )
    record_property("smallest p, times the number of quantities", ranks.p_value())
    assert ranks.p_value() < 0.01


def test_more_events_than_searches_are_impossible() -> None:
    row = FalsePositives(
        id="a", settings=(Setting(threshold=0.60, weight=1.0),), count=7,
        status="FOUND-2", source_id="x",
    )  # fmt: skip
    found = log_false_positives((row,), np.full((1, len(KNOTS)), 0.5), np.array([6]))
    assert found[0] == -np.inf
    some = log_false_positives((row,), np.full((1, len(KNOTS)), 0.5), np.array([6, 10]))
    assert some[0] == pytest.approx(np.log(120 / 2**10 / 2))


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


def test_searches_of_single_frames_would_predict_more_false_alerts(fitted) -> None:
    period = Period(
        name="a year", threshold=0.60, faces_seen=np.full(100, 5_000),
        watchlist_size=np.full(100, 10_000), alerts=np.full(100, 60),
        false_alerts=np.full(100, 1),
    )  # fmt: skip
    frames = Frames(number=6, new_share=0.15)
    (as_pass,), (as_frame,) = (
        validate(fitted, [period]), validate(fitted, [period], searches_of_a_pass=frames)
    )  # fmt: skip
    assert 3 < as_frame.checks[0].median / as_pass.checks[0].median < 6
    assert as_frame.tpir == as_pass.tpir


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


def test_figures_kept_back_are_compared_with_their_direction(fitted) -> None:
    gallery, not_white, black = check_held_out(fitted, npl_2023())
    # More than a hundred and seventy-eighth: in the larger gallery candidates clump.
    assert 1.2 < gallery.median / (7 / 2_316 / 178) < 5
    assert gallery.direction in {"as predicted", "fewer or less"}
    # A third of false positives each, give or take all that the prior allows.
    assert not_white.median == pytest.approx(5, abs=1)
    assert black.median == pytest.approx(11, abs=4)
    assert not_white.direction == black.direction == "as predicted"
    a_hundred_times = npl_2023().held_out[0].model_copy(update={"printed": 1.67e-3})
    only = npl_2023().model_copy(update={"held_out": (a_hundred_times,)})
    assert [one.direction for one in check_held_out(fitted, only)] == ["more"]
    assert "may have scaled" in honest_reading(fitted, [], [gallery])
