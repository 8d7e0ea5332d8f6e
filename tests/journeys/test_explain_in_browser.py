"""How it works and What if, as their readers meet them: by keyboard, on a phone, without script."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from chromium import LONG_MS, NEEDS_CHROMIUM, WCAG_TAGS
from probity.publish.how_it_works.pages import how_it_works
from probity.publish.site.page import render
from probity.publish.site.style_and_scripts import style_and_scripts
from probity.publish.what_if.grid import grid
from probity.publish.what_if.page import what_if
from probity.publish.what_if.shown import rows, sentence, told_apart
from probity.twin.expected.setting import Setting

pytestmark = NEEDS_CHROMIUM

_MOST_BYTES = 300_000
_PHONE, _DESKTOP = 360, 1280


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    files = dict(style_and_scripts())
    for part in (how_it_works(), what_if(app=False)):
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

    def open(self, path: str, *, width: int = _DESKTOP, script: bool = True, **more: Any) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, **more
        )
        page = context.new_page()
        page.set_default_timeout(LONG_MS)
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self.complaints.append(asked.url)
                if not asked.url.startswith(("file:", "data:")) else None)  # fmt: skip
        name, _, query = path.partition("?")
        page.goto((self.site / name).as_uri() + (f"?{query}" if query else ""))
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
    "what-if.html",
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


SETTINGS = (
    Setting(threshold=0.60, officers=1, deployments=500),
    Setting(threshold=0.66, watchlist=1_000, passers=5_000, deployments=10),
    Setting(threshold=0.56, watchlist=100_000, passers=50_000, presence_grows=True),
    Setting(threshold=0.58, watchlist=40_000, black_share=0.4, deployments=1_000),
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_page_says_what_the_program_says(visit: Visit, setting: Setting) -> None:
    page = visit.open("what-if.html" + _query(setting))
    found = grid().answer(setting)
    page.wait_for_function("words => document.querySelector('#said').textContent === words",
                           arg=sentence(found))  # fmt: skip
    shown = page.locator("#outcomes tr").all()
    for row, expected in zip(shown, rows(found, now=grid().answer(Setting())), strict=True):
        cells = row.locator("td").all_inner_texts()
        assert cells == [expected.here, expected.between, expected.now, expected.published]
    told = page.locator(".tell li").all_inner_texts()
    assert tuple(told) == told_apart(found)


def test_sliders_move_by_keyboard_and_the_answer_is_read_out(visit: Visit) -> None:
    page = visit.open("what-if.html")
    said = page.locator("#said")
    assert said.get_attribute("role") == "status"
    before = page.locator("#picture-wide .bar.here").get_attribute("d")
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    words = sentence(grid().answer(replace(Setting(), threshold=0.60)))
    page.wait_for_function(
        "words => document.querySelector('#said').textContent === words", arg=words
    )
    assert slider.get_attribute("aria-valuetext") == "0.60"
    assert page.locator("#picture-wide .bar.here").get_attribute("d") != before
    page.get_by_role("checkbox", name="Assume that a longer list").focus()
    page.keyboard.press("Space")
    page.get_by_role("slider", name="People on the watchlist").focus()
    page.keyboard.press("End")
    after = replace(Setting(), threshold=0.60, watchlist=100_000, presence_grows=True)
    page.wait_for_function(
        "words => document.querySelector('#said').textContent === words",
        arg=sentence(grid().answer(after)),
    )


def test_without_script_one_thing_at_a_time_is_there(visit: Visit) -> None:
    page = visit.open("what-if.html", script=False)
    assert not page.locator("#what-if").is_visible()
    assert sentence(grid().answer(Setting())) == page.locator("#said").inner_text()
    assert page.locator("#one ~ .panels-of-curves .drawing:visible").count() == 4
    assert page.locator("#outcomes tr").count() == 8


def test_nonsense_in_the_address_changes_nothing(visit: Visit) -> None:
    page = visit.open("what-if.html?threshold=<script>&officers=99&deployments=1e9&x=1")
    page.wait_for_timeout(300)
    assert page.locator("#said").inner_text() == sentence(grid().answer(Setting()))


def _query(setting: Setting) -> str:
    said = (
        f"?threshold={setting.threshold:.2g}&watchlist={setting.watchlist}"
        f"&passers={setting.passers}&black_share={setting.black_share:g}"
        f"&officers={setting.officers}&deployments={setting.deployments}"
    )
    return said + ("&presence_grows=1" if setting.presence_grows else "")
