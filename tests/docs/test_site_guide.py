"""The guide to the site names every page of it and the policy that its pages state."""

from pathlib import Path

from probity.publish.site.navigation import entries
from probity.publish.site.page import HEADER_POLICY

GUIDE = (Path(__file__).parents[2] / "docs/guides/site.md").read_text(encoding="utf-8")


def test_every_page_of_the_navigation_is_named() -> None:
    shown = entries(app=False)
    missing = [entry.path for entry in (*shown.top, *shown.foot) if entry.path not in GUIDE]
    assert missing == []


def test_the_header_is_the_one_that_the_app_sends() -> None:
    assert f"Content-Security-Policy: {HEADER_POLICY}\n" in GUIDE
