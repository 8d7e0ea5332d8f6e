"""Computations on files that somebody gave: each in a process of its own, under limits.

A job has a private directory. Its files are deleted as soon as the work ends, its result after a
while, and everything when the app stops.
"""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from probity.core.process_limits import CPU_SPENT
from probity.web import limits

Kind = Literal["audit", "test"]

_LOG = logging.getLogger(__name__)
_MOST_LINE_BYTES = 4 * limits.MEBIBYTE
_BUSY = "Too many computations are waiting. Try again when one has ended."


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class BusyError(Exception):
    """No further job can wait."""


@dataclass(slots=True, eq=False)
class Job:
    """One computation.

    ``note`` says what is being done, ``problem`` why it failed, and ``summary`` is what the work
    told of its result, whose files are in ``folder``.
    """

    kind: Kind
    folder: Path
    name: str = ""
    job_id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    state: State = State.WAITING
    note: str = "waiting for its turn"
    problem: str | None = None
    summary: Mapping[str, Any] | None = None
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {State.DONE, State.FAILED, State.STOPPED}

    @property
    def files(self) -> Path:
        """Where what was given lies, until the work ends."""
        return self.folder / "given"

    @property
    def results(self) -> Path:
        """Where the work puts its result."""
        return self.folder / "result"


class Jobs:
    """Every job of one run of the app."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="probity-app-"))
        self._turn = asyncio.Semaphore(limits.COMPUTING_AT_ONCE)
        self._jobs: dict[str, Job] = {}

    def prepare(self, kind: Kind) -> Job:
        """A job with an empty directory, for files to be put in.

        Raises
        ------
        BusyError
            So many wait that this one would wait too long.
        """
        if sum(not job.over for job in self._jobs.values()) >= (
            limits.COMPUTING_AT_ONCE + limits.MAX_WAITING
        ):
            raise BusyError(_BUSY)
        job = Job(kind, Path(tempfile.mkdtemp(dir=self._root)))
        job.files.mkdir(mode=0o700)
        job.results.mkdir(mode=0o700)
        # From now on: files that are still coming take up the disk as well.
        self._jobs[job.job_id] = job
        return job

    def start(self, job: Job, request: Mapping[str, Any]) -> None:
        """Begin the work on what was put in the job's directory."""
        job.task = asyncio.create_task(self._run(job, request))

    def get(self, job_id: str) -> Job | None:
        """The job of this id, while its result is kept."""
        self._forget_old()
        return self._jobs.get(job_id)

    async def remove(self, job: Job) -> None:
        """Stop a job and delete everything of it."""
        if job.task is not None and not job.over:
            job.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await job.task
        self.discard(job)

    def discard(self, job: Job) -> None:
        """Delete everything of a job that is not running."""
        self._jobs.pop(job.job_id, None)
        shutil.rmtree(job.folder, ignore_errors=True)

    async def close(self) -> None:
        """Stop all, delete all."""
        for job in list(self._jobs.values()):
            await self.remove(job)
        shutil.rmtree(self._root, ignore_errors=True)

    def _forget_old(self) -> None:
        now = time.monotonic()
        for job in list(self._jobs.values()):
            if job.ended is not None and now - job.ended > limits.KEEP_RESULT_SECONDS:
                self.discard(job)

    async def _run(self, job: Job, request: Mapping[str, Any]) -> None:
        try:
            async with self._turn:
                job.state, job.note = State.RUNNING, "starting"
                async with asyncio.timeout(limits.WORK_WALL_SECONDS):
                    await _work(job, request)
        except TimeoutError:
            job.problem = f"It took longer than {limits.WORK_WALL_SECONDS} seconds."
            job.state = State.FAILED
        except asyncio.CancelledError:
            job.state = State.STOPPED
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the page has to say that it is over
            # Such as no memory for another process. A job that nobody ends would keep its place.
            job.problem, job.state = _why(0), State.FAILED
            _LOG.exception("a job broke off")
        finally:
            job.ended = time.monotonic()
            shutil.rmtree(job.files, ignore_errors=True)


async def _work(job: Job, request: Mapping[str, Any]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "probity.web.work",
        cwd=job.files,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        limit=_MOST_LINE_BYTES,
        env={**os.environ, "TMPDIR": str(job.folder)},
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without its pipes")
    try:
        task = {"kind": job.kind, "results": str(job.results), **request}
        process.stdin.write(json.dumps(task).encode() + b"\n")
        await process.stdin.drain()
        async for line in process.stdout:
            _told(job, json.loads(line))
        code = await process.wait()
    finally:
        end_group(process.pid)
        await process.wait()
    if job.summary is None and job.problem is None:
        job.problem = _why(code)
    job.state = State.FAILED if job.problem is not None else State.DONE


def _told(job: Job, line: Mapping[str, Any]) -> None:
    job.note = str(line.get("note", job.note))
    job.problem = line.get("problem", job.problem)
    job.summary = line.get("summary", job.summary)


def _why(code: int) -> str:
    if CPU_SPENT is not None and code == -CPU_SPENT:
        return f"It takes more than {limits.WORK_CPU_SECONDS} seconds of computing."
    most = limits.WORK_MEMORY_BYTES // limits.MEBIBYTE
    return f"The work broke off: the file is damaged, or needs more than {most} MiB of memory."


def end_group(leader: int) -> None:
    """End a process that leads a group of its own, with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
