"""The report as its readers meet it: on a desktop, a phone and paper, by keyboard, by ear."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Request

from chromium import NEEDS_CHROMIUM, OPEN_ALL, WCAG_TAGS, Opened, opening
from hostile_report import hostile_report, sample_report

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("report")
    written = {"sample": directory / "sample.html", "hostile": directory / "hostile.html"}
    written["sample"].write_text(sample_report(), encoding="utf-8")
    written["hostile"].write_text(hostile_report(), encoding="utf-8")
    return written


CUT_TABLES = """document.querySelectorAll('.data tbody').forEach(b =>
[...b.rows].slice(8).forEach(r => r.remove()))"""
"""Rows of data are of one kind: looking at each of their cells would take minutes."""


@pytest.fixture
def opened(browser: Browser, files: dict[str, Path]) -> Iterator[Opened]:
    yield from opening(browser, files)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_to_complain_about(opened: Opened, width: int, scheme: str) -> None:
    page = opened("sample", width=width, color_scheme=scheme)
    page.evaluate(OPEN_ALL)
    page.evaluate(CUT_TABLES)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
    assert found.violations_count == 0, found.generate_report()


def test_axe_would_notice(opened: Opened) -> None:
    page = opened("hostile")
    page.evaluate("document.querySelector('.drawing').removeAttribute('aria-label')")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
    assert [violation["id"] for violation in found.response["violations"]] == ["svg-img-alt"]


@pytest.mark.parametrize("report", ["sample", "hostile"])
def test_no_request_leaves_and_nothing_runs(
    browser: Browser, files: dict[str, Path], report: str
) -> None:
    requests: list[Request] = []
    messages: list[str] = []
    with browser.new_context() as context:
        # Playwright marks its handlers, and a method of a list cannot be marked.
        context.on("request", lambda request: requests.append(request))  # noqa: PLW0108
        page = context.new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("dialog", lambda dialog: messages.append(dialog.message))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto(files[report].as_uri())
        page.evaluate(OPEN_ALL)
        page.wait_for_timeout(200)
        title = page.title()
    sent = [r.url for r in requests if not r.url.startswith(("file:", "data:"))]
    assert sent == []
    assert messages == []
    assert title == "Claims about police facial recognition, tested"


def test_the_style_sheet_is_let_through_by_the_policy(opened: Opened) -> None:
    page = opened("sample")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(251, 250, 248)"


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("report", ["sample", "hostile"])
def test_the_page_never_scrolls_sideways(opened: Opened, report: str, width: int) -> None:
    page = opened(report, width=width)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_gets_drawings_that_can_be_read(opened: Opened) -> None:
    page = opened("sample", width=360)
    sizes = page.evaluate(
        """[...document.querySelectorAll('.drawing')].filter(d => d.checkVisibility()).map(d =>
        12 * d.getBoundingClientRect().width / d.viewBox.baseVal.width)"""
    )
    assert len(sizes) > 5
    assert min(sizes) >= 11, "text of charts, in CSS px"


@pytest.mark.parametrize("width", [1280, 360])
def test_each_figure_is_read_out_once(opened: Opened, width: int) -> None:
    page = opened("sample", width=width)
    shown = page.evaluate(
        """[...document.querySelectorAll('figure')].map(f =>
        [...f.querySelectorAll('.drawing')].filter(d => d.checkVisibility()).length)"""
    )
    assert set(shown) == {1}


def test_the_first_tab_stop_skips_to_the_findings(opened: Opened) -> None:
    page = opened("sample")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    box = page.locator(".skip").bounding_box()
    assert box
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_keyboard_reaches_links_and_data_with_a_visible_focus(opened: Opened) -> None:
    page = opened("sample")
    seen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """(() => { const e = document.activeElement, s = getComputedStyle(e);
                return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth)] })()"""
            )
        )
    assert {"A", "SUMMARY"} <= {tag for tag, _, _ in seen}
    assert all(style != "none" and width >= 2 for _, style, width in seen)


def test_data_opens_by_keyboard_and_without_javascript(opened: Opened) -> None:
    page = opened("sample", java_script_enabled=False)
    summary = page.locator("#tile-map summary")
    table = page.locator("#tile-map table")
    assert not table.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    assert "Croydon" in table.inner_text()


def test_data_can_be_saved_as_a_file(opened: Opened, tmp_path: Path) -> None:
    page = opened("sample", accept_downloads=True)
    page.locator("#tile-map summary").click()
    with page.expect_download() as download:
        page.locator("#tile-map .download").click()
    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    assert download.value.suggested_filename == "tile-map.csv"
    assert saved.read_text("utf-8-sig").splitlines()[0] == "Borough,Tile,Deployments"


def test_links_that_stand_alone_are_big_enough_to_hit(opened: Opened) -> None:
    page = opened("sample", width=360)
    heights = page.evaluate(
        """[...document.querySelectorAll('nav a, summary')].filter(e => e.checkVisibility())
        .map(e => e.getBoundingClientRect().height)"""
    )
    assert min(heights) >= 24


def test_markup_in_names_is_shown_as_text(opened: Opened) -> None:
    page = opened("hostile")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 0
    assert "<img src=x onerror=alert(1)>" in page.locator("main").inner_text()


def test_paper_has_every_detail_open_and_addresses_of_sources(opened: Opened) -> None:
    page = opened("sample")
    page.emulate_media(media="print")
    counted = page.locator(".measure details p").first
    assert counted.bounding_box() is not None
    height = page.evaluate(
        """document.querySelector('.measure details p').getBoundingClientRect().height"""
    )
    assert height > 0
    address = page.evaluate(
        "getComputedStyle(document.querySelector('.sources a[href^=http]'), '::after').content"
    )
    assert "http" in address
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_paper_is_light_even_where_the_screen_is_dark(opened: Opened) -> None:
    page = opened("sample", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(233, 235, 238)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"
