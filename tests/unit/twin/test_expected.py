"""Answers from closed forms: by hand, against drawn passes, and against hostile settings."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from scipy import stats

from probity.core import InputError
from probity.twin.expected.answer import answer
from probity.twin.expected.answer_json import as_json
from probity.twin.expected.chances import make_chances
from probity.twin.expected.deployment import Spread, base_scenario, expected, scenario_at
from probity.twin.expected.recogniser import factor_at, factors
from probity.twin.expected.setting import LIMITS, Setting, setting_of

NOW = Setting()
ROOT = Path(__file__).parents[3]


def test_chance_of_a_listed_person_is_that_of_passes_drawn_one_by_one() -> None:
    scenario = base_scenario()
    stated, band = scenario.recogniser, scenario.capture.bands[1]
    rng, n, frames, level = np.random.default_rng(5), 200_000, 4, 0.915
    shared, new = rng.standard_normal((n, 1)), rng.standard_normal((n, frames))
    per_pass = np.sqrt(1 - stated.frame_share) * shared + np.sqrt(stated.frame_share) * new
    person = stated.mated_person_spread * rng.standard_normal(n)
    best = band.mated_mean + person + band.mated_spread * per_pass.max(axis=1)
    drawn = stats.binomtest(int((best >= level).sum()), n).proportion_ci(0.999)
    found = make_chances(scenario).found(level)[0, 1, frames - 1]
    assert drawn.low < found < drawn.high


def test_few_listed_people_are_reached_in_proportion_to_their_number() -> None:
    chances = make_chances(base_scenario())
    one, ten = (chances.alerts(0.915, listed=n) for n in (1, 10))
    assert np.allclose(ten / one, 10, rtol=0.01)


@pytest.mark.parametrize(
    ("name", "lower", "higher"),
    [("threshold", 0.64, 0.60), ("watchlist", 5_000, 50_000), ("passers", 5_000, 50_000),
     ("black_share", 0.05, 0.4), ("deployments", 50, 500)],
)  # fmt: skip
def test_false_alerts_rise(name: str, lower: float, higher: float) -> None:
    few, many = (answer(replace(NOW, **{name: value})) for value in (lower, higher))
    assert few.false_alerts.mean < many.false_alerts.mean
    assert few.false_alerts.high <= many.false_alerts.high


def test_fewer_officers_lose_more_people() -> None:
    lost = [expected(replace(NOW, officers=n)).lost_share for n in (1, 2, 4)]
    assert lost[0] > 0.1 > lost[1] > lost[2]


def test_a_longer_list_brings_more_listed_people_only_where_that_is_assumed() -> None:
    longer = replace(NOW, watchlist=32_000)
    assert expected(longer).true.mean == pytest.approx(expected(NOW).true.mean, rel=0.02)
    grown = expected(replace(longer, presence_grows=True)).true.mean
    assert grown == pytest.approx(2 * expected(NOW).true.mean, rel=0.05)


def test_a_setting_cannot_be_told_from_itself() -> None:
    found = answer(NOW)
    assert found.by_false_alerts.deployments is None
    assert found.by_true_alerts.power is not None
    assert found.by_true_alerts.power < 0.06
    assert not as_json(found)["told_apart"]["by_false_alerts"]["in_a_year"]


def test_years_vary_as_deployments_do() -> None:
    found = answer(replace(NOW, threshold=0.60))
    each = expected(replace(NOW, threshold=0.60)).false
    variance = 203 * (each.mean + each.dispersion * each.mean**2)
    half = stats.norm.isf(0.025) * np.sqrt(variance)
    assert found.false_alerts.high == pytest.approx(found.false_alerts.mean + half, rel=0.02)
    assert found.false_alerts.low == pytest.approx(found.false_alerts.mean - half, rel=0.02)


def test_independent_counts_add_up() -> None:
    both = Spread(mean=2, dispersion=0.5).plus(Spread(mean=3, dispersion=0.2))
    assert both.mean == 5
    assert both.dispersion == pytest.approx((4 * 0.5 + 9 * 0.2) / 25)


def test_no_published_test_speaks_of_thresholds_above_0_64() -> None:
    assert answer(replace(NOW, threshold=0.66)).false_alerts_as_tested is None
    last = factor_at(0.64)
    assert last is not None
    assert last.high == pytest.approx(factors()[-1].high)
    tested, alone = answer(NOW).false_alerts_as_tested, answer(NOW).false_alerts
    assert tested is not None
    assert tested.low <= alone.low < alone.high < tested.high


def test_the_scenario_of_a_setting_can_be_run_by_the_whole_twin() -> None:
    setting = Setting(threshold=0.6, watchlist=90_000, passers=5_000, officers=2, deployments=7)
    scenario = scenario_at(setting)
    assert scenario.watchlist.pool_size == 90_000
    assert scenario.calendar.deployments == 7
    assert scenario.expected_faces_per_replicate == pytest.approx(7 * 5_000)


def test_the_document_is_as_its_schema_says() -> None:
    schema = json.loads((ROOT / "docs/reference/schemas/what-if-answer.json").read_text("utf-8"))
    for threshold in (0.64, 0.66):
        document = json.loads(json.dumps(as_json(answer(replace(NOW, threshold=threshold)))))
        jsonschema.validate(document, schema)
        assert document["setting"] == asdict(replace(NOW, threshold=threshold))


def test_words_of_an_address_are_read() -> None:
    given = {"threshold": "0.6", "officers": "2", "presence_grows": "1"}
    assert setting_of(given) == Setting(threshold=0.6, officers=2, presence_grows=True)
    assert setting_of({}) == NOW


@pytest.mark.parametrize(
    "given",
    [{"threshold": text} for text in ("", "nan", "inf", "0.5", "0.7", "-0.6", "1e-1", "0x1", "٠.6",
                                      "0.6 ", "9" * 5_000, "<script>", "0.6\x00", "1_000")]
    + [{"officers": text} for text in ("0", "21", "2.5", "1e1")]
    + [{"watchlist": "999"}, {"watchlist": "100001"}, {"presence_grows": "yes"},
       {"seed": "1"}, {"__class__": "1"}, {"black_share": "0"}, {"deployments": "2001"}],
)  # fmt: skip
def test_what_cannot_be_set_is_refused_in_one_sentence(given: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        setting_of(given)
    assert "\x00" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", LIMITS)
def test_limits_themselves_are_answered(name: str) -> None:
    for value in (LIMITS[name].least, LIMITS[name].most):
        whole = LIMITS[name].whole
        found = answer(replace(NOW, **{name: int(value) if whole else value}))
        assert found.false_alerts.low <= found.false_alerts.mean <= found.false_alerts.high
        assert 0 <= found.lost_share <= 1
