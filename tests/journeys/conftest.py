"""What journeys share: how a browser is started."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chromium import running_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For the tests of one file: while it is open, no loop of asyncio can run in this thread."""
    yield from running_browser()
