"""What journeys share: one browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chromium import running_browser


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Started by the first journey that needs it.

    Not for the whole run: while it is open, no loop of asyncio can run in this thread.
    """
    yield from running_browser()
