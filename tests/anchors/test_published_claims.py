"""Figures worked out before this project, on the same published counts, come out again.

They are the DERIVED figures of the fact sheets that the claims were collected in; each is an
exact binomial or Poisson calculation that can be redone in any statistics package.
"""

from math import prod

import pytest

from probity.claims import words
from probity.claims.check import check
from probity.claims.claim import MeasureUse
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Verdict
from probity.claims.load import load_claims
from probity.claims.measures.laboratory import searches
from probity.claims.measures.registry import take
from probity.claims.tipping import chance_of_at_least
from probity.core import EventRate, Rate
from probity.records.bundled import load
from probity.stats.power import clean_trials_needed


def found(claim_id: str) -> Finding:
    (finding,) = check(load_claims([claim_id]), Evidence(load()))
    return finding


def laboratory(threshold: str, *, level: float = 0.95) -> EventRate:
    use = MeasureUse(
        measure="laboratory_false_positives_per_search", params={"threshold": threshold}
    )
    measured = take(use, Evidence(load()), level=level).measured
    assert isinstance(measured, EventRate)
    return measured


def test_ten_false_alerts_in_the_year_to_september_2025() -> None:
    first, rows = found("C1-at-worst-1-in-6000").measurements[:2]
    assert words.key_figure(first) == (
        "10 of 3,147,436 (1 in 315,000; 95% interval 1 in 171,000 to 1 in 656,000)"
    )
    assert isinstance(rows.measured, Rate)
    assert rows.measured.count.k == 9


def test_the_same_alerts_as_a_share_of_alerts() -> None:
    share = next(
        m.measured
        for m in found("C1-at-worst-1-in-6000").measurements
        if m.name == "report_share" and isinstance(m.measured, Rate) and m.measured.count.n == 2077
    )
    assert isinstance(share, Rate)
    assert 100 * share.value == pytest.approx(0.48, abs=0.005)


def test_seven_false_positives_bound_the_laboratory_rate() -> None:
    rate = laboratory("0.60")
    assert 1 / rate.low == pytest.approx(14_600, abs=50)
    assert 1 / rate.high == pytest.approx(2_900, abs=50)


def test_no_false_positive_at_064_bounds_the_rate_one_sided() -> None:
    # A one-sided 95% bound is the upper end of the two-sided 90% interval.
    bound = laboratory("0.64", level=0.90).high
    assert 1 / bound == pytest.approx(13_700, abs=50)
    assert 1 / (3 * bound) == pytest.approx(4_600, abs=50)


def test_the_laboratory_evidence_amounts_to_some_2300_searches_of_its_whole_list() -> None:
    assert searches(Evidence(load()), list_size=178_000) == pytest.approx(2_300, abs=20)


def test_at_the_length_of_lists_in_use_060_would_give_1_in_3600() -> None:
    use = MeasureUse(
        measure="laboratory_false_positives_per_search",
        params={"threshold": "0.60", "list_size": 16_500},
    )
    measured = take(use, Evidence(load()), level=0.95).measured
    assert isinstance(measured, EventRate)
    assert 1 / measured.value == pytest.approx(3_600, abs=50)


def test_none_of_seven_white_if_all_groups_are_alike() -> None:
    assert prod([2 / 3] * 7) == pytest.approx(0.059, abs=0.0005)
    assert "0.059" in found("C2-no-bias-at-the-setting-used").measurements[0].note


def test_22_of_33_black_if_all_groups_are_alike() -> None:
    assert chance_of_at_least(22, 33, 1 / 3) == pytest.approx(0.00009, abs=0.000005)


@pytest.mark.parametrize(("share", "p"), [(0.135, 0.000004), (0.40, 0.012), (0.50, 0.055)])
def test_8_of_10_black_by_share_of_faces_seen(share: float, p: float) -> None:
    assert chance_of_at_least(8, 10, share) == pytest.approx(p, rel=0.05)


def test_clean_trials_that_show_less_than_1_in_6000() -> None:
    n = clean_trials_needed(1 / 6000)
    assert round(n, -3) == 18_000
    needed = found("C17-setting-0-64-removes-bias").needed
    assert needed is not None
    assert "18,000" in needed.statement
    per_group = searches(Evidence(load()), list_size=10_000) / 3
    assert f"{round(per_group, -2):,.0f}" in needed.statement


def test_classes_of_arrest_add_up_to_981() -> None:
    finding = found("C7-arrests-by-class")
    assert finding.verdict is Verdict.UNTESTABLE
    (reading,) = finding.other_readings
    assert words.key_figure(reading.measurement) == "981 (exact total)"
    assert reading.verdict is Verdict.CONTRADICTED


def test_londons_black_share_of_residents_is_the_one_set_beside_the_tipping_point() -> None:
    wards = load().wards
    share = sum(ward.black for ward in wards) / sum(ward.residents_2021 for ward in wards)
    tipping = found("C2-eight-of-ten-false-alerts-black").claim.tipping
    assert tipping is not None
    assert tipping.kind == "group share"
    assert tipping.beside[0].share == pytest.approx(share, abs=0.0005)
    (thornton_heath,) = (ward for ward in wards if ward.ward_name == "Thornton Heath")
    assert tipping.beside[1].share == pytest.approx(
        thornton_heath.black / thornton_heath.residents_2021, abs=0.0005
    )


def test_the_rows_of_2024_fit_1_in_33000() -> None:
    (first,) = found("C1-in-practice-1-in-33000").measurements[:1]
    assert words.key_figure(first) == "27 of 902,748 (1 in 33,400; exact total)"


def test_arrests_of_the_first_half_of_2025_against_the_press() -> None:
    (first,) = found("C7-215-arrests-in-2025").measurements[:1]
    assert words.key_figure(first) == "510 (exact total)"


def test_no_false_alert_in_25_million_faces_at_face_value() -> None:
    companion = found("C12-no-false-alert-since-2023").measurements[1].measured
    assert isinstance(companion, Rate)
    assert 1 / companion.high == pytest.approx(678_000, rel=0.001)


def test_watchlists_of_2025_change_by_one_image_from_one_deployment_to_the_next() -> None:
    steps = [
        words.key_figure(m)
        for m in found("C4-watchlist-bespoke-and-limited").measurements
        if m.name == "median_change_of_watchlist_size"
    ]
    assert steps == ["82 (exact total)", "1 (exact total)"]
