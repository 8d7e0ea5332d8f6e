"""How soon the local app answers, and how smoothly the live twin is drawn.

Run: make bench, or .venv/bin/python benchmarks/app.py

Ready: from the start of the command to the first whole answer of the front page, as time and as CPU
time of the app, which is what another load on the machine does not lengthen; medians of 5.
Drawn: frame times of the live twin in Debian's Chromium (without a graphics processor) while about
500 people are on screen. Fails where the median CPU time or frame time is beyond its limit.
"""

import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROBITY = str(Path(sys.executable).with_name("probity"))
READY_LIMIT_SECONDS = 2.0
FRAME_LIMIT_MS = 17.0
LONG_SECONDS = 300
CHROMIUM = "/usr/bin/chromium"
_FRAMES = """seconds => new Promise(done => {
  const times = []; let last = performance.now(); const end = last + 1000 * seconds;
  requestAnimationFrame(function frame(now) {
    times.push(now - last); last = now;
    if (now < end) requestAnimationFrame(frame); else done(times.slice(1));
  });
})"""


@dataclass(frozen=True)
class Running:
    """A running app."""

    address: str
    port: int
    pid: int
    ready_seconds: float
    ready_cpu_seconds: float


@contextmanager
def app_running(*, wait_for_site: bool = False) -> Iterator[Running]:
    """`probity serve` on a free port, from its start to Ctrl-C."""
    began = time.monotonic()
    with subprocess.Popen(
        [PROBITY, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
            assert found is not None
            fetched(found[0])
            ready, spent = time.monotonic() - began, cpu_seconds(process.pid)
            while wait_for_site and '"ready":true' not in fetched(f"{found[0]}site-state.json"):
                assert time.monotonic() - began < LONG_SECONDS
                time.sleep(0.5)
            yield Running(found[0], int(found[1]), process.pid, ready, spent)
        finally:
            process.send_signal(2)


def cpu_seconds(pid: int) -> float:
    """User and system time of one process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fetched(url: str) -> str:
    """The answer of the app."""
    with urllib.request.urlopen(url, timeout=LONG_SECONDS) as answer:  # noqa: S310 - 127.0.0.1
        text: str = answer.read().decode()
        return text


def resident_mebibytes(pid: int) -> float:
    """Memory of one process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def frame_times() -> tuple[int, float, list[float]]:
    """People on screen, milliseconds of work for a frame, and those from frame to frame."""
    from playwright.sync_api import sync_playwright

    with app_running(wait_for_site=True) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{app.address}live.html")
        page.select_option("#scenario", "carnival")
        page.select_option("#speed", "60")
        page.uncheck("#linger")
        page.click("#begin")
        page.wait_for_timeout(25_000)
        metrics = page.context.new_cdp_session(page)
        metrics.send("Performance.enable")
        before = busy_seconds(metrics)
        times: list[float] = page.evaluate(_FRAMES, 20)
        busy = 1000 * (busy_seconds(metrics) - before) / len(times)
        people = int(page.get_attribute("#picture", "data-people") or 0)
        browser.close()
    return people, busy, sorted(times)


def busy_seconds(metrics: Any) -> float:
    """How long the page's main thread has worked."""
    found = metrics.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in found if one["name"] == "TaskDuration"))


def main() -> None:
    """Print both figures; exit with 1 where a limit is missed."""
    ready = []
    for _ in range(5):
        with app_running() as app:
            ready.append((app.ready_seconds, app.ready_cpu_seconds))
    wall, cpu = (statistics.median(of) for of in zip(*ready, strict=True))
    print(f"ready: median {wall:.2f} s, {cpu:.2f} CPU-s")
    missed = cpu > READY_LIMIT_SECONDS
    if Path(CHROMIUM).exists():
        people, busy, times = frame_times()
        median = statistics.median(times)
        long = sum(one > 50 for one in times)
        print(f"drawn: {people} people; {busy:.1f} ms of work a frame; median {median:.1f} ms, "
              f"95% {times[int(0.95 * len(times))]:.1f} ms, longest {times[-1]:.0f} ms, "
              f"{long} of {len(times)} frames over 50 ms")  # fmt: skip
        missed |= median > FRAME_LIMIT_MS
    sys.exit(missed)


if __name__ == "__main__":
    main()
