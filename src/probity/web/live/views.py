"""The page Live twin, and what its script asks for."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from probity.core import InputError
from probity.web import limits
from probity.web.forms import Fields, read_form
from probity.web.jobs import end_group
from probity.web.live.pace import SPEEDS
from probity.web.live.session import LiveSession
from probity.web.pages import View

POLICY = "met-lfr-2024-09"
START = Fields(texts=("scenario", "seed", "fault", "speed", "linger"))
CONTROL = Fields(texts=("what", "value"))
MOST_SEED = 999_999
_SWITCH = ("yes", "no")
_SCENARIO, _SPEED = "town-centre-2024", 60
_LIVE = View(title="Live twin", template="live.html", nav="live", scripts=("live.js",))
MEDIA = {"parquet": "application/vnd.apache.parquet", "jsonl": "application/x-ndjson"}
_SWEEP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the page offers: its name, and words for it."""

    name: str
    words: str


class Live:
    """Sessions of the live twin, and their routes."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="probity-live-"))
        self._sessions: dict[str, LiveSession] = {}
        self._finished: asyncio.Task[Mapping[str, Any] | None] | None = None

    @property
    def routes(self) -> list[Route]:
        """Everything under Live twin."""
        return [
            Route("/live.html", self.page, methods=["GET"]),
            Route("/live/start", self.start, methods=["POST"]),
            Route("/live/{session_id}/events", self.events, methods=["GET"]),
            Route("/live/{session_id}/control", self.control, methods=["POST"]),
            Route("/live/{session_id}/log.{form}", self.download, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """The page; without a script it shows a run that was played to its end."""
        if self._finished is None:
            self._finished = asyncio.create_task(_finished_run())
        done = self._finished.result() if self._finished.done() else None
        values = {
            **await asyncio.to_thread(choices),
            "speeds": SPEEDS,
            "speed": _SPEED,
            "finished": done,
            "rules_of": POLICY,
        }
        return _LIVE.answer(request, values)

    async def start(self, request: Request) -> Response:
        """Begin a session; the answer is its id and what it is about."""
        form = await read_form(request, START)
        asked = await asyncio.to_thread(_asked, form.texts)
        await self._make_room()
        session = LiveSession(Path(tempfile.mkdtemp(dir=self._root)))
        self._sessions[session.session_id] = session
        await session.start(asked)
        if session.ready is None:
            await self._end(session)
            raise HTTPException(400, session.problem or "The deployment could not be made.")
        return JSONResponse({"session": session.session_id, **session.ready})

    async def events(self, request: Request) -> Response:
        """Server-sent events; a reader that comes back says what it had last."""
        session = self._session(request)
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 12 else None  # noqa: PLR2004 - no larger number was given
        return StreamingResponse(
            session.messages(after),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )

    async def control(self, request: Request) -> Response:
        """Pause, go on, another speed, or the end."""
        session = self._session(request)
        form = await read_form(request, CONTROL)
        match form.texts["what"], form.texts["value"]:
            case "pause", ("yes" | "no") as value:
                session.send({"pause": value == "yes"})
            case "linger", ("yes" | "no") as value:
                session.send({"linger": value == "yes"})
            case "speed", value if value in map(str, SPEEDS):
                session.send({"speed": int(value)})
            case "end", _:
                await self._end(session)
            case what, value:
                raise InputError("no such control", got=f"{what} {value}")
        return Response(status_code=204)

    async def download(self, request: Request) -> Response:
        """The event log up to what the page has shown."""
        session, form = self._session(request), request.path_params["form"]
        events = request.query_params.get("events", "")
        if form not in MEDIA or not (events.isascii() and events.isdigit() and len(events) < 12):  # noqa: PLR2004 - no log is so long
            raise HTTPException(404)
        content = await session.saved(form=form, events=int(events))
        if content is None:
            raise HTTPException(404, "So many events have not happened yet.")
        return Response(
            content,
            media_type=MEDIA[form],
            headers={"content-disposition": f'attachment; filename="live-twin.{form}"'},
        )

    async def sweep(self) -> None:
        """End sessions that nobody watches any more; runs as long as the app."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now = time.monotonic()
            for session in list(self._sessions.values()):
                alone = session.watchers == 0
                if session.ended or (alone and now - session.watched_at > limits.LIVE_IDLE_SECONDS):
                    await self._end(session)

    async def close(self) -> None:
        """End all."""
        if self._finished is not None:
            self._finished.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._finished
        for session in list(self._sessions.values()):
            await self._end(session)
        shutil.rmtree(self._root, ignore_errors=True)

    async def _make_room(self) -> None:
        """End the session that has been alone for longest, should there be too many."""
        if len(self._sessions) < limits.MAX_LIVE_SESSIONS:
            return
        alone = [one for one in self._sessions.values() if one.watchers == 0]
        if not alone:
            raise HTTPException(
                503, f"{limits.MAX_LIVE_SESSIONS} deployments are being watched: close one first."
            )
        await self._end(min(alone, key=lambda one: one.watched_at))

    async def _end(self, session: LiveSession) -> None:
        self._sessions.pop(session.session_id, None)
        await session.close()
        shutil.rmtree(session.folder, ignore_errors=True)

    def _session(self, request: Request) -> LiveSession:
        session = self._sessions.get(request.path_params["session_id"])
        if session is None:
            raise HTTPException(404, "This session has ended.")
        return session


def choices() -> Mapping[str, Any]:
    """Scenarios of live recognition, and faults that the policy's rules find."""
    from probity.twin.faults.catalogue import FAULTS
    from probity.twin.faults.fault import Fault
    from probity.twin.scenario import LiveScenario
    from probity.twin.scenario_file import known_scenarios, load_scenario

    scenarios = [load_scenario(name) for name in known_scenarios()]
    return {
        "scenarios": [
            Choice(one.name, one.title) for one in scenarios if isinstance(one, LiveScenario)
        ],
        "scenario": _SCENARIO,
        "faults": [
            Choice(fault.name, fault.sentence)
            for fault in FAULTS.values()
            if isinstance(fault, Fault)
            and not fault.topics_before
            and any(rule.startswith(f"{POLICY}/") for rule in fault.rules)
        ],
    }


def _asked(texts: Mapping[str, str]) -> Mapping[str, Any]:
    """What a form asks for, of what the page offers."""
    offered = choices()
    for name, known in (("scenario", offered["scenarios"]), ("fault", offered["faults"])):
        names = [one.name for one in known] + ([""] if name == "fault" else [])
        if texts[name] not in names:
            raise InputError("not offered", column=name, got=texts[name])
    seed = texts["seed"]
    if not (seed.isascii() and seed.isdigit() and int(seed[:7]) <= MOST_SEED and len(seed) < 7):  # noqa: PLR2004 - digits of the largest
        raise InputError("not a seed", got=seed, allowed=f"a whole number from 0 to {MOST_SEED}")
    if texts["speed"] not in map(str, SPEEDS):
        raise InputError("not a speed", got=texts["speed"], allowed=", ".join(map(str, SPEEDS)))
    if texts["linger"] not in _SWITCH:
        raise InputError("not a choice", got=texts["linger"], allowed=", ".join(_SWITCH))
    return {
        "scenario": texts["scenario"],
        "seed": int(seed),
        "fault": texts["fault"],
        "policy": POLICY,
        "speed": int(texts["speed"]),
        "linger": texts["linger"] == "yes",
    }


async def _finished_run() -> Mapping[str, Any] | None:
    """The state at the end of the scenario's first deployment, worked out in another process."""
    asked = {
        "scenario": _SCENARIO, "seed": 0, "fault": "", "policy": POLICY, "speed": _SPEED,
        "linger": False,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "probity.web.live.finished", json.dumps(asked),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        env=dict(os.environ),
    )  # fmt: skip
    try:
        out, _ = await process.communicate()
    finally:
        end_group(process.pid)
        await process.wait()
    return None if process.returncode else dict(json.loads(out))
