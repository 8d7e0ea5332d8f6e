"""Draw the tutorial's pictures again: pages of the site and of the app, in Debian's chromium.

    .venv/bin/python docs/draw_pictures.py

They show pages, and no page holds a picture of a person. They are looked at, not compared: fonts
differ between machines.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
PROBITY = Path(sys.executable).with_name("probity")
SIZE = {"width": 1120, "height": 760}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        site = Path(folder) / "site"
        subprocess.run([PROBITY, "publish", "site", "--out", site], check=True)  # noqa: S603
        page.goto((site / "index.html").as_uri())
        page.screenshot(path=PICTURES / "site-front.png")
        draw_live_twin(page)
        browser.close()


def draw_live_twin(page: Page) -> None:
    serving = subprocess.Popen(  # noqa: S603
        [PROBITY, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        said = serving.stdout.readline() if serving.stdout else ""
        address = re.search(r"http://\S+/", said)
        if address is None:
            raise SystemExit(f"the app did not tell its address: {said!r}")
        page.goto(f"{address[0]}live.html")
        page.get_by_role("button", name="Start").click()
        page.wait_for_timeout(40_000)
        page.evaluate("scrollTo(0, 180)")
        page.screenshot(path=PICTURES / "live-twin.png")
        page.goto("about:blank")
    finally:
        serving.terminate()
        serving.wait()


if __name__ == "__main__":
    main()
