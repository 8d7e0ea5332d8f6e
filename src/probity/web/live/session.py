"""A live session as the app holds it: a process, and the last of what it told.

Readers take what they lack from one store that keeps so many frames and no more. One who is slow,
or was away, goes on from the newest whole state: nothing is held for anybody.
"""

import asyncio
import contextlib
import json
import secrets
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from probity.web import limits
from probity.web.jobs import end_group

_MOST_LINE_BYTES = 8 * limits.MEBIBYTE
_HEARTBEAT_SECONDS = 10.0
_START_SECONDS = 60


class LiveSession:
    """One deployment that is being watched."""

    def __init__(self, folder: Path) -> None:
        self.session_id = secrets.token_urlsafe(16)
        self.folder = folder
        self.ready: Mapping[str, Any] | None = None
        self.problem: str | None = None
        self.watchers = 0
        self.watched_at = time.monotonic()
        self.ended = False
        self._frames: deque[tuple[int, str]] = deque(maxlen=limits.LIVE_FRAMES_KEPT)
        self._state: tuple[int, str] | None = None
        self._news = asyncio.Condition()
        self._saves: dict[str, asyncio.Future[bool]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self, asked: Mapping[str, Any]) -> None:
        """Start the process and wait until it has its deployment."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "probity.web.live.worker",
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            limit=_MOST_LINE_BYTES,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read(self._process))
        self.send(asked)
        async with asyncio.timeout(_START_SECONDS), self._news:
            await self._news.wait_for(lambda: self.ended or self.ready is not None)

    def send(self, command: Mapping[str, Any]) -> None:
        """Tell the process something, unless it has ended."""
        if self._process is not None and self._process.stdin is not None and not self.ended:
            self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def saved(self, *, form: str, events: int) -> bytes | None:
        """The events so far, as a file; None where so many were not played."""
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=f".{form}")
        with contextlib.closing(open(handle, "rb")):
            pass
        self._saves[name] = asyncio.get_running_loop().create_future()
        try:
            self.send({"save": name, "form": form, "events": events})
            if not await self._saves[name]:
                return None
            return await asyncio.to_thread(Path(name).read_bytes)
        finally:
            del self._saves[name]
            Path(name).unlink(missing_ok=True)

    async def messages(self, after: int | None) -> AsyncIterator[str]:
        """Server-sent events from the one after ``after`` on, or from the newest state."""
        self.watchers += 1
        try:
            seen = after
            while True:
                for number, text in self._missed(seen):
                    yield text
                    seen = number
                if self.ended:
                    yield "event: ended\ndata: {}\n\n"
                    return
                if not await self._wait(seen):
                    yield ": still here\n\n"
        finally:
            self.watchers -= 1
            self.watched_at = time.monotonic()

    async def close(self) -> None:
        """End the process."""
        if self._process is not None:
            end_group(self._process.pid)
            await self._process.wait()
        if self._reading is not None:
            await self._reading

    def _missed(self, seen: int | None) -> list[tuple[int, str]]:
        frames = list(self._frames)
        if seen is not None and frames and frames[0][0] - 1 <= seen <= frames[-1][0]:
            return [one for one in frames if one[0] > seen]
        if self._state is None or (seen is not None and seen == self._state[0]):
            return []
        return [self._state, *(one for one in frames if one[0] > self._state[0])]

    async def _wait(self, seen: int | None) -> bool:
        """Until there is something new; False when nothing came for a while."""
        try:
            async with asyncio.timeout(_HEARTBEAT_SECONDS), self._news:
                await self._news.wait_for(lambda: self.ended or bool(self._missed(seen)))
        except TimeoutError:
            return False
        return True

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise RuntimeError("the process was started without its pipes")
        async for line in process.stdout:
            what, _, value = line.decode().rstrip("\n").partition(" ")
            async with self._news:
                self._take(what, value)
                self._news.notify_all()
        async with self._news:
            self.ended = True
            for waiting in self._saves.values():
                if not waiting.done():
                    waiting.set_result(False)
            self._news.notify_all()

    def _take(self, what: str, value: str) -> None:
        match what:
            case "frame":
                number, _, data = value.partition(" ")
                self._frames.append((int(number), f"id: {number}\ndata: {data}\n\n"))
            case "state":
                number, _, data = value.partition(" ")
                self._state = (int(number), f"id: {number}\nevent: state\ndata: {data}\n\n")
            case "ready":
                self.ready = json.loads(value)
            case "refused":
                self.problem = json.loads(value)["problem"]
            case "saved":
                told = json.loads(value)
                waiting = self._saves.get(told["path"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(told["saved"])
