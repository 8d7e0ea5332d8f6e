"""200 readers of the local app at once, for a minute: answers, times, and the server's memory.

Run: make bench, or .venv/bin/python benchmarks/app_readers.py [readers] [seconds] [--no-site]

The app runs as a user starts it. Most readers go from page to page and pause as people do; a fifth
watch one live twin, and every fourth of these reads nothing for most of the time. With
--no-site the pages of the evidence are not waited for, nor asked for. Everything stays on
127.0.0.1, at most 500 readers and 300 seconds. Fails on any error, and where memory grew by
more than 30 MB between a quarter of the time and its end; with --no-site it may grow, since the
pages of the evidence come into it whenever they are made.
"""

import asyncio
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from app import app_running, resident_mebibytes

EVIDENCE = ("claims/index.html", "deployments/index.html", "methods.html", "glossary.html")
OWN = ("", "assets/site.css", "audit.html", "test.html", "live.html", "site-state.json")
PAUSE_SECONDS = (0.2, 1.8)
MOST_READERS, MOST_SECONDS = 500, 300
GROWTH_LIMIT_MIB = 30.0
SLOW_READ_SECONDS = 5.0


@dataclass
class Seen:
    """What the readers saw."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0
    frames: int = 0


async def asked(
    port: int, path: str, *, method: str = "GET", body: bytes = b"", kind: str = ""
) -> bytes:
    """One request on a connection of its own; the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (
            f"{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: {kind or 'text/plain'}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()


async def reads(
    port: int, pages: Sequence[str], seen: Seen, until: float, chance: random.Random
) -> None:
    """Go from page to page."""
    while time.monotonic() < until:
        await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
        path = chance.choice(pages)
        began = time.monotonic()
        try:
            answer = await asyncio.wait_for(asked(port, path), 30)
        except (OSError, TimeoutError) as error:
            seen.errors.append(f"/{path}: {error!r}")
            continue
        seen.milliseconds.append(1000 * (time.monotonic() - began))
        seen.bytes += len(answer)
        if not answer.startswith(b"HTTP/1.1 200"):
            seen.errors.append(f"/{path}: {answer[:60]!r}")


async def watches(port: int, session: str, seen: Seen, until: float, *, slow: bool) -> None:
    """Watch the live twin; a slow one looks away for seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    head = f"GET /live/{session}/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    writer.write(head.encode())
    await writer.drain()
    try:
        if not (await reader.readline()).startswith(b"HTTP/1.1 200"):
            seen.errors.append("the live twin did not answer")
        while (left := until - time.monotonic()) > 0:
            if slow:
                await asyncio.sleep(min(SLOW_READ_SECONDS, left))
            try:
                piece = await asyncio.wait_for(reader.read(65_536), min(20, max(left, 0.1)))
            except TimeoutError:
                continue
            if not piece:
                seen.errors.append("the live twin stopped")
                return
            seen.frames += piece.count(b"\ndata: ")
            seen.bytes += len(piece)
    finally:
        writer.close()


async def live_session(port: int) -> str:
    """Start a live twin as the page does."""
    page = (await asked(port, "live.html")).decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    fields = {"token": token[1], "scenario": "town-centre-2024", "seed": "1", "fault": "",
              "speed": "60", "linger": "no"}  # fmt: skip
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    kind = "application/x-www-form-urlencoded"
    answer = await asked(port, "live/start", method="POST", body=body, kind=kind)
    session: str = json.loads(answer.split(b"\r\n\r\n", 1)[1])["session"]
    return session


async def crowd(
    port: int, server: int, pages: Sequence[str], *, readers: int, seconds: float
) -> tuple[Seen, list[float]]:
    """Readers at once for some time; the server's memory four times on the way."""
    seen, memory = Seen(), []
    session = await live_session(port)
    until = time.monotonic() + seconds
    watching = readers // 5
    tasks = [
        asyncio.create_task(reads(port, pages, seen, until, random.Random(number)))  # noqa: S311 - no secret
        for number in range(readers - watching)
    ]
    tasks += [
        asyncio.create_task(watches(port, session, seen, until, slow=number % 4 == 0))
        for number in range(watching)
    ]
    for _ in range(4):
        await asyncio.sleep(seconds / 4)
        memory.append(resident_mebibytes(server))
    await asyncio.gather(*tasks)
    return seen, memory


def main() -> None:
    """Print what was seen; exit with 1 on an error or growth."""
    numbers = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    readers = min(int(numbers[0]) if numbers else 200, MOST_READERS)
    seconds = min(float(numbers[1]) if len(numbers) > 1 else 60.0, MOST_SECONDS)
    with_site = "--no-site" not in sys.argv
    pages = (*OWN, *EVIDENCE) if with_site else OWN
    with app_running(wait_for_site=with_site) as app:
        seen, memory = asyncio.run(
            crowd(app.port, app.pid, pages, readers=readers, seconds=seconds)
        )
    times = sorted(seen.milliseconds)
    print(f"{readers} readers, {seconds:g} s: {len(times):,} answers, {len(seen.errors)} errors")
    print(f"answer: median {statistics.median(times):.0f} ms, "
          f"99% {times[int(0.99 * len(times))]:.0f} ms")  # fmt: skip
    print(f"frames of the live twin: {seen.frames:,}; {seen.bytes / 1e6:.0f} MB in all")
    print("memory of the server, MiB:", ", ".join(f"{one:.0f}" for one in memory))
    for error in seen.errors[:5]:
        print(error)
    grown = with_site and memory[-1] - memory[0] > GROWTH_LIMIT_MIB
    sys.exit(bool(seen.errors) or grown)


if __name__ == "__main__":
    main()
