"""The local app as a person uses it: by mouse and keyboard, on a phone, and without a script."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chromium import LONG_MS, NEEDS_CHROMIUM, WCAG_TAGS
from event_logs import created, deleted, write_parquet
from probity.audit.log import open_log
from web_app import served_app

pytestmark = NEEDS_CHROMIUM

PAGES = pytest.mark.parametrize("path", ["audit.html", "test.html", "live.html", "nothing.html"])
LOOKS = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light"), (390, "dark")]
)
SCORES = "score,mated\n" + "".join(
    f"{(index * 37 % 100) / 100 + (index % 5 == 0)},{int(index % 5 == 0)}\n" for index in range(500)
)


@dataclass
class Watched:
    """A page, with everything that it asked for and complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_app() as address:
        yield address


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator["Opener"]:
    opener = Opener(browser, address)
    yield opener
    opener.close()


class Opener:
    """Opens pages, and at the end holds them to never having asked for anything elsewhere."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.watched: list[Watched] = []

    def __call__(
        self, path: str, *, width: int = 1280, scheme: str = "light", script: bool = True
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
            accept_downloads=True,
        )
        page = context.new_page()
        page.set_default_timeout(LONG_MS)
        watched = Watched(page)
        self.watched.append(watched)
        page.on("request", lambda request: watched.asked.append(request.url))
        page.on("console", lambda said: watched.complaints.append(said.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.goto(f"{self.address}{path}")
        return page

    def close(self) -> None:
        for watched in self.watched:
            watched.page.context.close()
            own = (self.address, "data:", "blob:")
            assert [url for url in watched.asked if not url.startswith(own)] == []
            # The browser itself notes an answer of 404; nothing else may be said.
            assert [one for one in watched.complaints if "404" not in one] == []


def _clean(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
    assert found.violations_count == 0, found.generate_report()


_MORE_FACES = """than => Number(document.querySelector('[data-count=faces]').textContent
.replaceAll(',', '')) > than"""


@LOOKS
@PAGES
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    opened: Opener, path: str, width: int, scheme: str
) -> None:
    page = opened(path, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    _clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _log(directory: Path) -> Path:
    rows = [
        row
        for number in range(4)
        for row in (
            created(2 * number, at=number, template=number),
            deleted(2 * number + 1, at=number + 0.1, template=number),
        )
    ]
    return write_parquet(directory / "log.parquet", rows)


def test_a_log_is_dropped_in_and_its_findings_are_read(opened: Opener, tmp_path: Path) -> None:
    page = opened("audit.html")
    page.set_input_files("#log", _log(tmp_path))
    expect(page.locator(".drop.filled .chosen").first).to_contain_text("log.parquet")
    page.click("button.go")
    expect(page.locator("a.go")).to_contain_text("Read all findings")
    _clean(page)
    with page.context.expect_page() as other:
        page.click("a.go")
    findings = other.value
    findings.wait_for_load_state()
    assert "Audit:" in findings.title()
    colour = findings.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(251, 250, 248)", "the page's own style is let through by its policy"
    page.click("text=Delete the result")
    expect(page.locator("h1")).to_have_text("Audit a log")


def test_scores_are_tested_by_keyboard_alone(opened: Opener, tmp_path: Path) -> None:
    scores = tmp_path / "scores.csv"
    scores.write_text(SCORES)
    page = opened("test.html")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        if seen[-1] == "scores":
            page.set_input_files("#scores", scores)
        if seen[-1] == "go":
            break
    assert "scores" in seen
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Test: verification")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    opened: Opener, tmp_path: Path
) -> None:
    page = opened("audit.html")
    page.evaluate("document.querySelector('form.upload').dataset.most = '10'")
    page.set_input_files("#log", _log(tmp_path))
    page.click("button.go")
    expect(page.locator(".sending")).to_contain_text("Too large")
    assert page.url.endswith("audit.html")


def test_a_file_is_dropped_on_its_field(opened: Opener) -> None:
    page = opened("audit.html")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(['{}'], 'dropped.jsonl'));
          document.querySelector('.drop').dispatchEvent(
            new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert page.evaluate("document.getElementById('log').files[0].name") == "dropped.jsonl"


def test_without_a_script_a_log_is_audited_all_the_same(opened: Opener, tmp_path: Path) -> None:
    page = opened("audit.html", script=False)
    page.set_input_files("#log", _log(tmp_path))
    page.click("button.go")
    until = time.monotonic() + LONG_MS / 1000
    while not page.locator("a.go").count():
        assert time.monotonic() < until
        page.wait_for_timeout(500)
        page.goto(page.url)
    assert page.locator("text=Look again").count() == 0


def test_without_a_script_the_live_twin_shows_a_finished_run(opened: Opener) -> None:
    page = opened("live.html", script=False)
    until = time.monotonic() + LONG_MS / 1000
    while not page.inner_text("[data-count=faces]").replace(",", "").isdigit():
        assert time.monotonic() < until
        page.wait_for_timeout(500)
        page.reload()
    assert int(page.inner_text("[data-count=faces]").replace(",", "")) > 1_000
    assert "interval" in page.inner_text("[data-rate=false_alerts_per_face_seen] .detail")
    assert page.locator("#begin").is_hidden()


def test_the_live_twin_runs_and_its_counts_are_those_of_the_event_log(opened: Opener) -> None:
    _watch(opened, seconds=8)


@pytest.mark.verify
def test_the_live_twin_runs_for_half_a_minute_with_a_fault_that_is_found(opened: Opener) -> None:
    page = _watch(opened, seconds=30, fault="blur-missing")
    expect(page.locator("#findings li").first).to_be_visible()
    expect(page.locator("#findings li").first).to_contain_text("R04")


def _watch(opened: Opener, *, seconds: int, fault: str = "") -> Page:
    """Run the twin, pause it, and hold what the page shows against the log that it gives."""
    page = opened("live.html")
    page.select_option("#fault", fault)
    page.fill("#seed", "1")
    page.select_option("#speed", "300")
    page.uncheck("#linger")
    page.press("#seed", "Enter")
    expect(page.locator("#phase")).to_contain_text("Cameras on")
    first = _shown(page)
    page.wait_for_timeout(seconds * 1000)
    page.wait_for_function(_MORE_FACES, arg=first["faces"], timeout=LONG_MS)
    page.focus("#pause")
    page.keyboard.press("Enter")
    expect(page.locator("#phase")).to_have_text("Paused")
    stopped = _shown(page)
    _clean(page)
    assert _shown(page) == stopped, "a pause is a pause"
    for form in ("parquet", "jsonl"):
        with page.expect_download() as download:
            page.click(f"#save-{form}")
        _hold_against_log(page, Path(download.value.path()), form)
    page.keyboard.press("Tab")
    page.focus("#pause")
    page.keyboard.press("Space")
    page.wait_for_function(_MORE_FACES, arg=stopped["faces"], timeout=LONG_MS)
    return page


def _hold_against_log(page: Page, path: Path, form: str) -> None:
    shown = _shown(page)
    with tempfile.TemporaryDirectory() as directory:
        kept = Path(directory) / f"log.{form}"
        kept.write_bytes(path.read_bytes())
        with open_log(kept) as log:
            assert log.events == shown["events"]
            assert log.counts["face.seen"] == shown["faces"]
            assert log.counts.get("alert.raised", 0) == shown["alerts"] + shown["test_alerts"]
            assert log.counts.get("engagement.start", 0) == shown["engaged"]


def _shown(page: Page) -> dict[str, int]:
    counts: dict[str, int] = page.evaluate(
        """() => Object.fromEntries([
          ...[...document.querySelectorAll('[data-count]')].map(
            cell => [cell.dataset.count, cell.textContent]),
          ['events', document.getElementById('events').textContent],
        ].map(([name, text]) => [name, Number(text.replaceAll(',', '')) || 0]))"""
    )
    return counts
