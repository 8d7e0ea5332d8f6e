"""How it works, as its readers meet it: stepping by keyboard, on a phone, without script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from chromium import NEEDS_CHROMIUM, WCAG_TAGS, running_browser
from probity.publish.how_it_works.pages import how_it_works
from probity.publish.site.page import render
from probity.publish.site.style_and_scripts import style_and_scripts

pytestmark = NEEDS_CHROMIUM

_MOST_BYTES = 300_000
_PHONE, _DESKTOP = 360, 1280


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from running_browser()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    files = dict(style_and_scripts())
    part = how_it_works()
    files |= {page.path: render(page, app=False) for page in part.pages}
    files |= part.files
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


class Visit:
    """Opens pages, and keeps what the browser complains about and whatever leaves the disk."""

    def __init__(self, browser: Browser, site: Path) -> None:
        self.browser, self.site = browser, site
        self.complaints: list[str] = []
        self.contexts: list[object] = []

    def open(self, path: str, *, width: int = _DESKTOP, script: bool = True, **more: str) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, **more
        )  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self.complaints.append(asked.url)
                if not asked.url.startswith(("file:", "data:")) else None)  # fmt: skip
        page.goto((self.site / path).as_uri())
        return page


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    one = Visit(browser, site)
    yield one
    for context in browser.contexts:
        context.close()
    assert one.complaints == []


PAGES = (
    "how-it-works.html",
    "how-it-works-live.html",
    "how-it-works-operator.html",
    "how-it-works-retrospective.html",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(visit: Visit, path: str, scheme: str) -> None:
    page = visit.open(path, width=_DESKTOP if scheme == "light" else _PHONE, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('.rules-of').forEach(d => d.open = true)")
    assert visit.complaints == []
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
    visit.complaints.clear()  # axe itself asks for the style sheet, which a disk refuses
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_never_scrolls_sideways_and_can_read_the_drawings(visit: Visit, path: str) -> None:
    page = visit.open(path, width=_PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE
    sizes = page.evaluate(
        """[...document.querySelectorAll('.drawing')].filter(d => d.checkVisibility()).map(d =>
        11 * d.getBoundingClientRect().width / d.viewBox.baseVal.width)"""
    )
    assert min(sizes) >= 10, "text of charts, in CSS px"
    assert (visit.site / path).stat().st_size < _MOST_BYTES


def test_steps_are_walked_with_arrow_keys(visit: Visit) -> None:
    page = visit.open("how-it-works-live.html")
    life = page.locator("#false-alert")
    assert life.locator(".panels > li:visible h3").inner_text() == "A face is seen"
    life.locator(".step-1").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert life.locator(".panels > li:visible h3").all_inner_texts() == ["An alert is raised"]
    assert life.locator(".panels > li:visible .exists li.exists").count() == 3
    # The line in the drawing moves along: one of it is shown, at that moment.
    shown = life.locator(".for-wide .now:visible")
    assert shown.count() == 1
    assert "now-4" in (shown.get_attribute("class") or "")
    # The other people on the page stay where they were.
    assert page.locator("#true-alert .panels > li:visible h3").inner_text() == "A face is seen"


def test_the_line_stands_where_the_bar_ends(visit: Visit) -> None:
    page = visit.open("how-it-works-live.html")
    page.locator("#no-alert .step-5").check()
    line = page.locator("#no-alert .for-wide .now-5 path").first.bounding_box()
    bars = page.locator("#no-alert .for-wide .drawing line[stroke-width='13']").all()
    # A browser counts half of a stroke's width on every side.
    boxes = [box for bar in bars if (box := bar.bounding_box())]
    ends = [box["x"] + box["width"] - box["height"] / 2 for box in boxes]
    assert line is not None
    assert min(abs(line["x"] + line["width"] / 2 - end) for end in ends) < 3


def test_everything_works_without_script_and_prints_whole(visit: Visit) -> None:
    page = visit.open("how-it-works-operator.html", script=False)
    page.locator(".step-3").check()
    assert page.locator(".panels > li:visible h3").all_inner_texts() == [
        "The photograph is deleted"
    ]
    page.emulate_media(media="print")
    assert page.locator(".panels > li:visible").count() == page.locator(".panels > li").count()
