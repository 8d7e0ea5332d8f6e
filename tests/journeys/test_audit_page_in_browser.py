"""The page of an audit on a desktop, on a phone and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from audited_logs import hostile_audit_page, sample_audit_page
from chromium import NEEDS_CHROMIUM, OPEN_ALL, WCAG_TAGS, Opened, opening
from hostile_report import MARKUP

pytestmark = NEEDS_CHROMIUM

KINDS = pytest.mark.parametrize("kind", ["sample", "hostile"])
WIDTHS = pytest.mark.parametrize("width", [1280, 360])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("pages")
    written = {kind: directory / f"{kind}.html" for kind in ("sample", "hostile")}
    written["sample"].write_text(sample_audit_page(), "utf-8")
    written["hostile"].write_text(hostile_audit_page(), "utf-8")
    return written


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    yield from opening(browser, files, unfold=OPEN_ALL)


@WIDTHS
@KINDS
def test_axe_finds_nothing_to_complain_about(opened: Opened, kind: str, width: int) -> None:
    found = Axe().run(
        opened(kind, width), options={"runOnly": {"type": "tag", "values": WCAG_TAGS}}
    )
    assert found.violations_count == 0, found.generate_report()


@WIDTHS
@KINDS
def test_the_page_never_scrolls_sideways_and_text_of_pictures_can_be_read(
    opened: Opened, kind: str, width: int
) -> None:
    page = opened(kind, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(
        """[...document.querySelectorAll('.drawing')].filter(d => d.checkVisibility()).map(d =>
        11 * d.getBoundingClientRect().width / d.viewBox.baseVal.width)"""
    )
    assert sizes
    assert min(sizes) >= 10, "text of pictures, in CSS px"


def test_no_two_words_of_a_picture_stand_on_each_other(opened: Opened) -> None:
    page = opened("sample", 1280)
    overlaps = page.evaluate(
        """[...document.querySelectorAll('#process .drawing')].flatMap(d => {
          const boxes = [...d.querySelectorAll('text')].map(t => [t.textContent,
            t.getBoundingClientRect()]);
          return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([b, q]) => a !== b &&
            p.left < q.right - 1 && q.left < p.right - 1 &&
            p.top < q.bottom - 3 && q.top < p.bottom - 3).map(([b]) => [a, b]));
        })"""
    )
    assert overlaps == []


def test_markup_of_strangers_is_shown_as_text(opened: Opened) -> None:
    page = opened("hostile", 1280)
    assert page.locator("img").count() == 0
    assert page.title() != "taken"
    assert MARKUP in page.locator("main").inner_text()


def test_paper_has_the_formulas_and_the_evidence(browser: Browser, files: dict[str, Path]) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(files["sample"].as_uri())
    page.emulate_media(media="print")
    assert page.get_by_text("In the rule language:").first.is_visible()
    assert page.locator("#rule-R5-breach-1 table").is_visible()
    assert not page.locator(".download").first.is_visible()
    context.close()
