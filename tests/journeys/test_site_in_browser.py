"""The evidence site as its readers meet it: every kind of page, by keyboard, on a phone, unsafe."""

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from chromium import LONG_MS, NEEDS_CHROMIUM, OPEN_ALL, WCAG_TAGS
from sites import hostile_site, sample_site

pytestmark = NEEDS_CHROMIUM

CUT_TABLES = """document.querySelectorAll('.data tbody').forEach(b =>
[...b.rows].slice(8).forEach(r => r.remove()));
document.querySelectorAll('.sources > li').forEach((s, n) => n > 8 && s.remove());"""
"""Rows are of one kind: looking at each of their cells would take minutes."""

KINDS = (
    "index.html",
    "claims/index.html",
    "deployments/index.html",
    "deployments/all.html",
    "deployments/2024.html",
    "deployments/record.html",
    "deployments/row/MPS-20230711-1a.html",
    "places/croydon.html",
    "places/essex-police.html",
    "methods.html",
    "glossary.html",
    "limits.html",
    "licences.html",
    "cite.html",
    "corrections.html",
    "live.html",
    "audit.html",
    "test.html",
)
"""One page of each kind; the claims of a site are added."""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("sites")
    for name, files in {"sample": sample_site(), "hostile": hostile_site()}.items():
        for path, content in files.items():
            target = directory / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return {name: directory / name for name in ("sample", "hostile")}


def kinds(site: Path) -> list[str]:
    """A page of each kind, and every claim."""
    claims = sorted(path.relative_to(site).as_posix() for path in site.glob("claims/*.html"))
    own = sorted(path.relative_to(site).as_posix() for path in site.glob("places/force-of*.html"))
    return list(dict.fromkeys((*KINDS, *claims, *own)))


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, sites: dict[str, Path]) -> Iterator[Opened]:
    """Open a page in a context of its own: ``opened("index.html", width=360)``."""
    contexts = []

    def open_page(path: str, *, site: str = "sample", width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONG_MS)
        page.goto((sites[site] / path).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_to_complain_about_on_any_kind_of_page(
    opened: Opened, sites: dict[str, Path], width: int, scheme: str
) -> None:
    page = opened("index.html", width=width, color_scheme=scheme)
    found = {}
    for path in kinds(sites["sample"]):
        page.goto((sites["sample"] / path).as_uri())
        page.evaluate(OPEN_ALL)
        page.evaluate(CUT_TABLES)
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
        if result.violations_count:
            found[path] = result.generate_report()
    assert found == {}


@pytest.mark.parametrize("site", ["sample", "hostile"])
def test_no_request_leaves_and_nothing_complains(
    opened: Opened, sites: dict[str, Path], site: str
) -> None:
    page = opened("index.html", site=site)
    sent: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("dialog", lambda dialog: messages.append(dialog.message))
    page.on("pageerror", lambda error: messages.append(str(error)))
    titles = set()
    for path in kinds(sites[site]):
        page.goto((sites[site] / path).as_uri())
        page.evaluate(OPEN_ALL)
        titles.add(page.title())
    assert [url for url in sent if not url.startswith(("file:", "data:"))] == []
    assert messages == []
    assert all(title.endswith(" – Probity") for title in titles)


@pytest.mark.parametrize("site", ["sample", "hostile"])
def test_no_page_scrolls_sideways(opened: Opened, sites: dict[str, Path], site: str) -> None:
    page = opened("index.html", site=site)
    too_wide = []
    for path in kinds(sites[site]):
        page.goto((sites[site] / path).as_uri())
        page.evaluate(OPEN_ALL)
        for width in (1280, 768, 360, 320):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append(f"{path} at {width}")
    assert too_wide == []


def test_the_first_tab_stop_skips_to_the_content(opened: Opened) -> None:
    page = opened("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["index.html", "deployments/2024.html"])
def test_every_tab_stop_shows_where_it_is(opened: Opened, path: str) -> None:
    page = opened(path)
    seen = set()
    for _ in range(28):
        page.keyboard.press("Tab")
        tag, shown = page.evaluate(
            """(() => { const e = document.activeElement;
            const marked = [e, e.parentElement].some(x => { const s = getComputedStyle(x);
            return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 });
            return [e.tagName, marked] })()"""
        )
        seen.add(tag)
        assert shown, tag
    assert {"A", "INPUT", "SELECT"} <= seen


def test_light_and_dark_are_swapped_by_keyboard_without_a_script(opened: Opened) -> None:
    page = opened("index.html", java_script_enabled=False, color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    page.locator("#scheme").focus()
    assert page.evaluate(background) == "rgb(251, 250, 248)"
    page.keyboard.press("Space")
    assert page.evaluate(background) == "rgb(18, 22, 27)"


def test_the_chosen_scheme_is_remembered_with_one(opened: Opened, sites: dict[str, Path]) -> None:
    page = opened("index.html", color_scheme="dark")
    page.locator("#scheme").check()
    page.goto((sites["sample"] / "deployments/index.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 248)"
    bar = page.locator(".drawing [fill='#215f9e']").first
    assert bar.evaluate("e => getComputedStyle(e).fill") == "rgb(33, 95, 158)"
    page.locator("#scheme").uncheck()
    assert bar.evaluate("e => getComputedStyle(e).fill") == "rgb(110, 171, 232)"


def test_claims_are_filtered_by_keyboard_and_the_choice_can_be_sent_on(opened: Opened) -> None:
    page = opened("index.html")
    shown = page.locator(".claims li:visible")
    every = shown.count()
    page.locator("#by-verdict").focus()
    page.keyboard.press("ArrowDown")
    assert 0 < shown.count() < every
    assert set(shown.locator(".badge").all_inner_texts()) == {"Supported"}
    assert page.locator(".found").inner_text().startswith(f"{shown.count()} claim")
    sent_on = page.url
    page.goto("about:blank")
    page.goto(sent_on)
    assert page.locator("#by-verdict").input_value() == "supported"
    assert 0 < shown.count() < every


def test_without_a_script_claims_are_found_by_verdict_and_by_claimant(opened: Opened) -> None:
    page = opened("index.html", java_script_enabled=False)
    assert not page.locator(".filters").is_visible()
    page.get_by_role("link", name="verdict or by who said it").click()
    page.wait_for_load_state()
    assert page.locator("#undecided .claims li").count() == 1
    assert page.get_by_role("heading", name="Essex Police").is_visible()


def column(page: Page, number: int) -> list[str]:
    """The cells of a column that are shown, as text."""
    cells = page.locator(f".records tbody tr:visible > :nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_a_table_is_sorted_and_filtered_by_keyboard(opened: Opened) -> None:
    page = opened("deployments/2024.html")
    faces = page.get_by_role("button", name="Faces seen")
    faces.focus()
    page.keyboard.press("Enter")
    shown = [text for text in column(page, 6) if text[:1].isdigit()]
    numbers = [int(text.replace(",", "")) for text in shown]
    assert numbers == sorted(numbers, reverse=True)
    assert column(page, 6)[len(shown) :] != []
    assert page.locator("th[aria-sort=descending]").inner_text() == "Faces seen"
    page.keyboard.press("Enter")
    assert [text for text in column(page, 6) if text[:1].isdigit()] == shown[::-1]
    page.locator("#find").fill("croydon george")
    places = column(page, 2)
    assert places
    assert all("Croydon" in place and "George" in place for place in places)
    assert page.locator(".found").inner_text().startswith(f"{len(places)} of ")


def test_without_a_script_a_table_is_whole_and_a_year_is_a_page(opened: Opened) -> None:
    page = opened("deployments/index.html", java_script_enabled=False)
    page.get_by_role("link", name="2024").click()
    page.wait_for_load_state()
    assert page.get_by_role("heading", level=1).inner_text() == "Deployments in 2024"
    rows = page.locator(".records tbody tr").count()
    assert page.locator(".lede").inner_text().startswith(f"{rows} rows, ")
    assert not page.locator(".filters").is_visible()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(sites: dict[str, Path]) -> Iterator[str]:
    """The sample site below a path of a web server on loopback."""
    handler = partial(_Quiet, directory=str(sites["sample"].parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sample/"
        server.shutdown()
        thread.join()


def test_the_first_page_is_light_and_nothing_on_it_moves(browser: Browser, address: str) -> None:
    with browser.new_page(viewport={"width": 1280, "height": 900}) as page:
        sizes: dict[str, int] = {}
        page.on("response", lambda r: sizes.update({r.url: len(r.body())}))
        page.goto(address)
        moved = page.evaluate(
            """new Promise(done => { let sum = 0; new PerformanceObserver(list => {
            for (const e of list.getEntries()) sum += e.value;
            }).observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 300) })"""
        )
    assert {url.rpartition("/")[2] for url in sizes} == {"", "site.css", "scheme.js", "front.js"}
    assert sum(sizes.values()) < 200_000
    assert moved == 0


def test_how_many_deployments_were_in_croydon_in_2024_and_who_says_so(
    browser: Browser, address: str
) -> None:
    with browser.new_page() as page:
        refused: list[str] = []
        page.on("response", lambda r: refused.append(r.url) if r.status >= 400 else None)
        page.goto(address)
        page.get_by_role("link", name="Deployments").click()
        page.locator(".tiles").get_by_role("link", name="Croydon").click()
        answer = page.get_by_role("link", name="in 2024")
        assert answer.inner_text() == "31 in 2024"
        answer.click()
        page.locator("#y2024 a").first.click()
        assert (
            page.locator(".figures").get_by_text("Metropolitan Police Service").first.is_visible()
        )
        page.get_by_role("link", name="Its entry in the list of sources").click()
        assert page.url.startswith(f"{address}licences.html#source-")
        assert refused == []


def test_the_data_can_be_saved(browser: Browser, address: str, tmp_path: Path) -> None:
    with browser.new_page(accept_downloads=True) as page:
        page.goto(f"{address}deployments/index.html")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV", exact=True).click()
        download.value.save_as(tmp_path / "saved.csv")
    lines = (tmp_path / "saved.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("record_id,force,")
    assert len(lines) > 600


def test_what_strangers_wrote_is_shown_as_text(opened: Opened, sites: dict[str, Path]) -> None:
    page = opened("index.html", site="hostile")
    text = ""
    for path in kinds(sites["hostile"]):
        page.goto((sites["hostile"] / path).as_uri())
        assert page.locator("img").count() == 0
        assert page.locator("script:not([src])").count() == 0
        assert page.locator("main iframe, main object, main embed").count() == 0
        text += page.locator("main").inner_text()
    assert "<img src=x onerror=alert(1)>" in text
    assert "\u202e" not in text


def test_paper_is_light_and_without_controls(opened: Opened) -> None:
    page = opened("deployments/2024.html", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 36, 48)"
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".scheme").is_visible()


def test_controls_are_big_enough_to_hit(opened: Opened) -> None:
    small = {}
    for path in ("index.html", "deployments/2024.html"):
        page = opened(path, width=360)
        heights: Mapping[str, float] = page.evaluate(
            """Object.fromEntries([...document.querySelectorAll(
            'nav a, summary, button, select, .dot, .scheme, .tiles a')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim().slice(0, 40), e.getBoundingClientRect().height]))"""
        )
        small |= {name: height for name, height in heights.items() if height < 24}
    assert small == {}
