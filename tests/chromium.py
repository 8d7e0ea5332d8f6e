"""Debian's Chromium, as the browser tests use it; they are skipped where it is not installed."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

OPEN_SHORT = "document.querySelectorAll('details:not(.long)').forEach(d => d.open = true)"
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"

LONG_MS = 120_000
"""Whatever is waited for, on however busy a machine."""
expect.set_options(timeout=LONG_MS)

Opened = Callable[..., Page]
"""Opens the page of that name, in a window of that width and with options of the browser's."""


def running_browser() -> Iterator[Browser]:
    """Start a browser, yield it, and close it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def opening(browser: Browser, files: Mapping[str, Path], *, unfold: str = "") -> Iterator[Opened]:
    """Yield a function that opens one of the files, unfolded by a script; close all at the end."""
    contexts = []

    def open_page(name: str, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONG_MS)
        page.goto(files[name].as_uri())
        if unfold:
            page.evaluate(unfold)
        return page

    yield open_page
    for context in contexts:
        context.close()
