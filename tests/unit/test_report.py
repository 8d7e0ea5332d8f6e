"""The report as a file: whole, self-contained, escaped, the same bytes every time."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from hostile_report import (
    FORMULA,
    MARKUP,
    SAFE_CLAIMS,
    hostile_record,
    hostile_report,
    sample_report,
)
from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.load import load_claims
from probity.core import Source
from probity.publish.page import address, host
from probity.publish.report import report, write_report
from probity.records.bundled import load

VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Page(HTMLParser):
    """What stands in a page: elements with their attributes, in order; and unclosed ones."""

    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> Counter[str]:
        return Counter(a["id"] for _, a in self.elements if "id" in a)


def short_evidence() -> Evidence:
    """Evidence whose record is soon drawn."""
    return Evidence(load(), (hostile_record(),))


@pytest.fixture(scope="module", params=["bundled", "strangers'"])
def page(request: pytest.FixtureRequest) -> Page:
    return Page(sample_report() if request.param == "bundled" else hostile_report())


def test_elements_are_closed_in_order(page: Page) -> None:
    assert page.open == []


def test_every_id_is_used_once(page: Page) -> None:
    assert [i for i, uses in page.ids.items() if uses > 1] == []


def test_every_link_within_the_page_leads_somewhere(page: Page) -> None:
    targets = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert targets
    assert targets <= set(page.ids)


def test_every_label_refers_to_an_element(page: Page) -> None:
    labels = {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    assert labels <= set(page.ids)


def test_nothing_is_loaded_and_nothing_can_run(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "base", "form", "use", "image"}
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    for link in page.all("a"):
        assert re.match(r"#|https?://|data:text/csv;charset=utf-8;base64,", link["href"])
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_the_policy_allows_this_style_sheet_and_nothing_else(page: Page) -> None:
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_every_header_cell_has_a_scope_and_every_table_a_caption(page: Page) -> None:
    assert all(cell.get("scope") in {"col", "row", "rowgroup"} for cell in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))


def test_every_drawing_has_a_name_and_every_chart_its_data(page: Page) -> None:
    drawings = [a for a in page.all("svg") if a.get("class") == "drawing"]
    assert drawings
    assert all(a["role"] == "img" and a["aria-label"] for a in drawings)
    downloads = [a for a in page.all("a") if "download" in a]
    assert len(downloads) == len(page.all("figure"))
    for link in downloads:
        content = base64.b64decode(link["href"].partition(",")[2]).decode("utf-8-sig")
        assert len(content.splitlines()) >= 1


def test_strangers_markup_is_text() -> None:
    page = Page(hostile_report())
    assert MARKUP not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
    assert "javascript:" not in "".join(a["href"] for a in page.all("a"))
    assert "{{ 7*7 }}" in page.text
    assert "\ud800" not in page.text


def test_strangers_formulas_are_inert_in_downloads() -> None:
    page = Page(hostile_report())
    files = [
        base64.b64decode(a["href"].partition(",")[2]).decode("utf-8-sig")
        for a in page.all("a")
        if "download" in a
    ]
    quoted = FORMULA.replace('"', '""')
    assert any(f'"\'{quoted}"' in content for content in files)
    assert not any(line.startswith(("=", '"=')) for f in files for line in f.splitlines())
    assert not any(f',"{quoted}' in content for content in files)


def test_verdicts_come_first_and_each_claim_once() -> None:
    text = sample_report()
    assert text.index('id="findings"') < text.index('id="claims"') < text.index('id="record"')
    for claim in SAFE_CLAIMS:
        assert text.count(f'id="claim-{claim}"') == 1
    for verdict in ("Supported", "Contradicted", "Undecided", "Untestable"):
        assert verdict in text


def test_both_denominators_and_the_tipping_values_are_shown() -> None:
    text = sample_report()
    for words in ("1 in 315,000", "0.481%", "10 of 3,147,436", "10 of 2,077", "44.4%", "97.5%"):
        assert words in text


def test_the_record_shows_its_conflicts_breaks_and_problems() -> None:
    text = sample_report()
    for words in (
        "19 January 2024",
        "not pooled over a break",
        "printed identical in every row",
        "could not be placed",
        "207</td>",
        "203</td>",
        "Two columns of outcomes are the same in every row",
    ):
        assert words in text


def test_the_words_that_are_not_used_name_no_measure() -> None:
    titles = re.findall(r'class="name">([^<]*)', sample_report())
    assert titles
    assert not re.search(r"accuracy|\bhit\b|match rate|\berror\b", " ".join(titles), re.IGNORECASE)


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    evidence = short_evidence()
    findings = check(load_claims(["C11-99-9997-percent"]), evidence)
    one, two = tmp_path / "one.html", tmp_path / "deep" / "two.html"
    write_report(findings, evidence, out=one)
    write_report(findings, evidence, out=two)
    assert one.read_bytes() == two.read_bytes()


def test_the_report_is_light_enough_to_send() -> None:
    assert len(sample_report().encode()) < 1_500_000


def test_progress_is_told_of_each_claim_and_of_the_record() -> None:
    evidence = short_evidence()
    findings = check(load_claims(["C11-99-9997-percent", "scanned-146157-in-2024"]), evidence)
    steps: list[None] = []
    report(findings, evidence, done=lambda: steps.append(None))
    assert len(steps) == 3


def test_claims_of_one_id_from_two_files_have_places_of_their_own() -> None:
    evidence = short_evidence()
    findings = check(load_claims(["C11-99-9997-percent"]), evidence)
    page = Page(report((*findings, *findings), evidence))
    assert page.ids["claim-C11-99-9997-percent"] == page.ids["claim-C11-99-9997-percent.2"] == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.met.police.uk/a", "met.police.uk"),
        ("http://[::1", "link"),
        ("https://\u202eevil.example/", "\\x202eevil.example"),
    ],
)
def test_a_link_says_where_it_goes(url: str, shown: str) -> None:
    assert host(url) == shown


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc", "", None]
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert address(Source(source_id="s", publisher="p", title="t", url=url)) is None
