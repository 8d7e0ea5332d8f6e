"""The page of test results on a desktop and a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from chromium import NEEDS_CHROMIUM, OPEN_SHORT, WCAG_TAGS, Opened, opening
from measured_samples import HOSTILE, measured_identification, measured_verification
from probity.publish.performance_page import identification_page, verification_page

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("pages")
    written = {kind: directory / f"{kind}.html" for kind in ("verification", "identification")}
    written["verification"].write_text(verification_page(measured_verification()), "utf-8")
    written["identification"].write_text(identification_page(measured_identification()), "utf-8")
    return written


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    yield from opening(browser, files, unfold=OPEN_SHORT)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("kind", ["verification", "identification"])
def test_axe_finds_nothing_to_complain_about(opened: Opened, kind: str, width: int) -> None:
    found = Axe().run(
        opened(kind, width), options={"runOnly": {"type": "tag", "values": WCAG_TAGS}}
    )
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("kind", ["verification", "identification"])
def test_the_page_never_scrolls_sideways_and_text_of_charts_can_be_read(
    opened: Opened, kind: str, width: int
) -> None:
    page = opened(kind, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(
        """[...document.querySelectorAll('.drawing')].filter(d => d.checkVisibility()).map(d =>
        11 * d.getBoundingClientRect().width / d.viewBox.baseVal.width)"""
    )
    assert sizes
    assert min(sizes) >= 10, "text of charts, in CSS px"


def test_markup_in_names_of_groups_is_shown_as_text(opened: Opened) -> None:
    page = opened("identification", 1280)
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("main").inner_text()
