"""The page of test results: what stands on it, what is escaped, and what is not claimed."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from measured_samples import FORMULA, HOSTILE, measured_identification, measured_verification
from probity.core import Rate, Undefined
from probity.performance.identification.measure import Identification
from probity.performance.scores import ArrayScores
from probity.performance.verification import Verification, lowest_showable, verification
from probity.publish.download import csv_text
from probity.publish.figures.det_curve import DetPoint, det_curve
from probity.publish.figures.group_intervals import MOST_DRAWN, GroupMeasured, group_intervals
from probity.publish.identification_sections import identification_sections
from probity.publish.performance_page import identification_page, verification_page, write_page
from probity.publish.verification_sections import verification_sections


class _Reader(HTMLParser):
    """Ids, links inside the page, headings by level, and elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fragments: list[str] = []
        self.levels: list[int] = []
        self.elements: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src"}:
                (self.fragments if (value or "").startswith("#") else self.addresses).append(
                    value or ""
                )


@pytest.fixture(scope="module")
def verified() -> Verification:
    return measured_verification()


@pytest.fixture(scope="module")
def identified() -> Identification:
    return measured_identification()


@pytest.fixture(scope="module")
def pages(verified: Verification, identified: Identification) -> dict[str, str]:
    return {
        "verification": verification_page(verified),
        "identification": identification_page(identified),
    }


KINDS = pytest.mark.parametrize("kind", ["verification", "identification"])


@KINDS
def test_ids_are_unique_links_lead_somewhere_and_headings_skip_no_level(
    pages: dict[str, str], kind: str
) -> None:
    read = _Reader(pages[kind])
    assert len(set(read.ids)) == len(read.ids)
    assert {fragment[1:] for fragment in read.fragments} <= set(read.ids)
    assert read.levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(read.levels, read.levels[1:], strict=False))


@KINDS
def test_nothing_is_fetched_or_run_and_names_are_text(pages: dict[str, str], kind: str) -> None:
    read = _Reader(pages[kind])
    assert not read.elements & {"script", "img", "iframe", "form", "object"}
    assert all(address.startswith("data:") for address in read.addresses)
    assert "default-src &#39;none&#39;" in pages[kind]
    assert HOSTILE not in pages[kind]
    assert "&lt;img src=x onerror=alert(1)&gt;" in pages[kind]


@KINDS
def test_the_terms_used_are_linked_to_their_definitions(pages: dict[str, str], kind: str) -> None:
    wanted = {
        "verification": ["false-match-rate-fmr", "false-non-match-rate-fnmr", "rule-of-three"],
        "identification": ["fpir", "tpir", "garbe", "naive-interval", "interval-over-people"],
    }
    for term in wanted[kind]:
        assert f'href="#term-{term}"' in pages[kind]


def test_the_same_results_give_the_same_bytes(pages: dict[str, str]) -> None:
    assert verification_page(measured_verification()) == pages["verification"]
    assert identification_page(measured_identification()) == pages["identification"]


def test_an_fmr_that_cannot_be_shown_has_its_reason(
    pages: dict[str, str], verified: Verification
) -> None:
    reason = verified.fnmr_at_fmr[-1][1]
    assert isinstance(reason, Undefined)
    assert reason.reason in pages["verification"]


def test_without_mated_comparisons_there_is_no_curve_but_a_reason() -> None:
    found = replace(measured_verification(), mated=0, eer=Undefined("no mated comparisons at all"))
    assert "det" not in [section.anchor for section in verification_sections(found, None)]
    assert "no mated comparisons at all" in verification_page(found)


def test_the_curve_ends_where_the_rule_of_three_does(verified: Verification) -> None:
    lowest = lowest_showable(verified.nonmated, "non-mated comparisons", level=0.95)
    assert isinstance(lowest, float)
    assert lowest == pytest.approx(3 / verified.nonmated, rel=0.01)
    points = [DetPoint(1.0, 0.1, 0.01), DetPoint(2.0, lowest, 0.1), DetPoint(3.0, lowest / 2, 0.2)]
    figure = det_curve(points, lowest_fmr=lowest, lowest_fnmr=1e-3)
    datasets = figure.specs["wide"]["datasets"].values()
    drawn = [row["fmr"] for rows in datasets for row in rows if "fnmr" in row]
    assert sorted(drawn) == [lowest, 0.1]
    assert [row[-1] for row in figure.table.rows] == [
        "yes",
        "yes",
        "no: lower than this test can show",
    ]


def test_the_naive_interval_is_drawn_where_it_claims_too_much(identified: Identification) -> None:
    parting = [
        (name, figures.fpir)
        for name, figures in identified.at[-1].groupings[0].groups.items()
        if figures.fpir.parts
    ]
    assert parting, "searches of one person come out alike in this sample"
    groups = next(s for s in identification_sections(identified) if s.anchor == "groups")
    rows = {row[0]: row for row in groups.figures[0].table.rows}
    for name, rate in parting:
        assert isinstance(rate.naive, Rate)
        assert rows[name][-3:] == (rate.naive.low, rate.naive.high, "yes")
    assert "too narrow" in str(groups.figures[0].specs)


def test_warnings_and_power_statements_are_on_the_page(
    pages: dict[str, str], identified: Identification
) -> None:
    assert identified.warnings
    test = identified.at[-1].groupings[0].fpir_test
    assert not isinstance(test, Undefined)
    assert test.power_statement in pages["identification"]
    assert "times too narrow" in pages["identification"]


def test_a_group_without_value_is_named_with_its_reason(identified: Identification) -> None:
    rate = identified.at[0].fpir.naive
    figure = group_intervals(
        [GroupMeasured(group="a", rate=rate), GroupMeasured(group="b", rate=Undefined("no probe"))],
        figure_id="x",
        rate_name="FPIR",
        title="FPIR",
    )
    assert figure is not None
    assert "b: no value, no probe." in figure.notes
    assert figure.table.rows[1][1:] == ("undefined", "", "", "no probe")


def test_without_a_threshold_there_is_no_curve_but_the_table(identified: Identification) -> None:
    at = tuple(replace(one, threshold=float("-inf")) for one in identified.at)
    rates = identification_sections(replace(identified, at=at, false_matches=()))[0]
    assert rates.figures == ()
    assert {row[0] for row in rates.tables[0].table.rows} == {"none"}


def test_many_groups_are_all_in_the_table_and_the_drawing_says_so(
    identified: Identification,
) -> None:
    rate = identified.at[0].fpir.naive
    figure = group_intervals(
        [GroupMeasured(group=f"group {n}", rate=rate) for n in range(MOST_DRAWN + 5)],
        figure_id="x",
        rate_name="FPIR",
        title="FPIR",
    )
    assert figure is not None
    assert len(figure.table.rows) == MOST_DRAWN + 5
    assert any("the table has all" in note for note in figure.notes)


def test_a_name_that_is_a_formula_is_inert_in_a_download(identified: Identification) -> None:
    groups = next(s for s in identification_sections(identified) if s.anchor == "groups")
    assert f"\n'{FORMULA}" in csv_text(groups.figures[0].table)


def test_the_page_is_written_whole_or_not_at_all(tmp_path, pages: dict[str, str]) -> None:
    out = tmp_path / "page.html"
    write_page(pages["verification"], out=out)
    assert out.read_text(encoding="utf-8") == pages["verification"]
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    (tmp_path / "directory").mkdir()
    with pytest.raises(OSError, match="irectory"):
        write_page("x", out=tmp_path / "directory")


def test_intervals_over_people_stand_beside_the_naive_ones() -> None:
    generator = np.random.default_rng(13)
    pairs = [(a, b) for a in range(12) for b in range(a, 12) for _ in range(2)]
    mated = np.array([a == b for a, b in pairs])
    score = generator.normal(np.where(mated, 3.0, 0.0), 1.0)
    labels = {
        "probe_subject": [f"person {a}" for a, _ in pairs],
        "reference_subject": [f"person {b}" for _, b in pairs],
    }
    with_people = verification(ArrayScores(score, mated, labels=labels), fmrs=(0.1,))
    without = verification(ArrayScores(score, mated), fmrs=(0.1,))

    page, plain = verification_page(with_people), verification_page(without)

    assert "FMR, over people" in page
    assert "FMR, naive" in page
    assert "FMR, over people" not in plain
    assert "No interval over people" in re.sub(r"<[^>]+>", "", plain)
