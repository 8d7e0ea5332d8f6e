"""The page of what-if answers on a desktop and a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from chromium import NEEDS_CHROMIUM, OPEN_SHORT, WCAG_TAGS, Opened, opening
from probity.publish.twin_page import what_if_page
from what_if_samples import HOSTILE, two_compared, varied

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("pages")
    written = {kind: directory / f"{kind}.html" for kind in ("varied", "two")}
    written["varied"].write_text(what_if_page(varied()), "utf-8")
    written["two"].write_text(what_if_page(two_compared()), "utf-8")
    return written


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    yield from opening(browser, files, unfold=OPEN_SHORT)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("kind", ["varied", "two"])
def test_axe_finds_nothing_and_the_page_never_scrolls_sideways(
    opened: Opened, kind: str, width: int
) -> None:
    page = opened(kind, width)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(
        """[...document.querySelectorAll('.drawing')].filter(d => d.checkVisibility()).map(d =>
        11 * d.getBoundingClientRect().width / d.viewBox.baseVal.width)"""
    )
    assert min(sizes) >= 10, "text of charts, in CSS px"


def test_markup_in_a_title_is_shown_as_text(opened: Opened) -> None:
    page = opened("two", 1280)
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("h1").inner_text()
