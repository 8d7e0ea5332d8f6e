"""What is shown of a claim comes from its finding and from nowhere else."""

from math import inf

import pytest

from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Verdict
from probity.claims.load import load_claims
from probity.core import Rate
from probity.publish.claim_page import ClaimPage, claim_page
from probity.records.bundled import load


def page_of(claim_id: str) -> ClaimPage:
    (finding,) = check(load_claims([claim_id]), Evidence(load()))
    return claim_page(finding, anchor="claim-x")


@pytest.fixture(scope="module")
def one_in_6000() -> ClaimPage:
    return page_of("C1-at-worst-1-in-6000")


def test_the_tested_measures_come_first_and_say_so(one_in_6000: ClaimPage) -> None:
    tested = [m.tested for m in one_in_6000.measures]
    assert tested == sorted(tested, reverse=True)
    assert sum(tested) == one_in_6000.finding.versions


def test_the_value_the_counts_and_the_interval_are_those_of_the_measure(
    one_in_6000: ClaimPage,
) -> None:
    first = one_in_6000.measures[0]
    measured = first.measurement.measured
    assert isinstance(measured, Rate)
    assert first.value == "1 in 315,000"
    assert first.counts.startswith(f"{measured.count.k} of {measured.count.n:,} ")
    assert first.interval == "95% interval: 1 in 171,000 to 1 in 656,000 (Clopper-Pearson)"


def test_the_two_denominators_share_their_cases(one_in_6000: ClaimPage) -> None:
    per_face, of_alerts = one_in_6000.denominators
    assert per_face.counts.startswith("10 of 3,147,436 faces seen")
    assert of_alerts.counts.startswith("10 of 2,077 alerts")


def test_the_figure_draws_the_claimed_limit_and_lists_every_number(
    one_in_6000: ClaimPage,
) -> None:
    assert one_in_6000.picture is not None
    row = one_in_6000.picture.table.rows[0]
    assert row[2:4] == (10, 3_147_436)
    assert row[4] == pytest.approx(10 / 3_147_436)
    assert "at most 1 in 6,000" in one_in_6000.picture.description


def test_two_measures_of_one_name_are_told_apart_in_the_picture(one_in_6000: ClaimPage) -> None:
    assert one_in_6000.picture is not None
    datasets = one_in_6000.picture.specs["any"]["datasets"].values()
    words = [" ".join(row["words"]) for rows in datasets for row in rows if "words" in row]
    assert words
    names = set(words)
    assert len(names) == len(one_in_6000.measures)


def test_a_claim_without_a_figure_has_no_picture_and_says_what_is_missing() -> None:
    page = page_of("C8-walking-past-is-optional")
    assert page.picture is None
    assert page.finding.verdict is Verdict.UNTESTABLE
    assert page.plain.startswith("Not published: ")
    assert not page.measures[0].defined


def test_an_undecided_claim_shows_its_interval_in_one_line() -> None:
    page = page_of("C11-99-9997-percent")
    assert page.finding.verdict is Verdict.UNDECIDED
    assert "95% interval" in page.plain
    assert page.claimed in page.plain


def test_a_tipping_point_is_drawn_with_the_value_where_it_tips() -> None:
    page = page_of("C2-eight-of-ten-false-alerts-black")
    assert page.tipping is not None
    assert page.finding.tipping is not None
    assert len(page.tipping.table.rows) == len(page.finding.tipping.curve)
    assert all(
        cell is None or abs(float(cell)) < inf for row in page.tipping.table.rows for cell in row
    )


def test_a_measure_is_shown_once_even_where_a_companion_repeats_it(
    one_in_6000: ClaimPage,
) -> None:
    finding = one_in_6000.finding
    twice = Finding(
        claim=finding.claim,
        verdict=finding.verdict,
        rule=finding.rule,
        measurements=(*finding.measurements, finding.measurements[0]),
        versions=finding.versions,
    )
    assert len(claim_page(twice, anchor="x").measures) == len(one_in_6000.measures)


def test_every_source_of_a_measure_is_listed_once(one_in_6000: ClaimPage) -> None:
    listed = [source.source_id for source in one_in_6000.sources]
    assert len(listed) == len(set(listed))
    used = {s.source_id for m in one_in_6000.finding.measurements for s in m.sources}
    assert used <= set(listed)
