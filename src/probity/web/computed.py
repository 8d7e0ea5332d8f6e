"""The pages Audit and Test: files in, a job, its progress, its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from probity.core import InputError
from probity.publish.page import page_policy
from probity.web import limits
from probity.web.forms import Fields, Form, read_form
from probity.web.jobs import BusyError, Job, Jobs, Kind, State
from probity.web.measure_work import IDENTIFICATION, VERIFICATION
from probity.web.pages import View

_DEFAULT_POLICY = "met-lfr-2024-09"
TESTS = (VERIFICATION, IDENTIFICATION)
_JOBS: Mapping[Kind, View] = {
    "audit": View(title="Audit", template="job.html", nav="audit", scripts=("job.js",)),
    "test": View(title="Test", template="job.html", nav="test", scripts=("job.js",)),
}


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file of a result: its name, what to call it, and whether it opens in the browser."""

    name: str
    words: str
    media_type: str


_READ: Mapping[Kind, str] = {"audit": "Read all findings", "test": "See curves and rates"}
RESULTS = (
    ResultFile("result.html", "Page", "text/html"),
    ResultFile("result.json", "JSON", "application/json"),
    ResultFile("findings.csv", "Every breach, CSV", "text/csv"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A page that takes files, and what it makes of them.

    Parameters
    ----------
    kind : Kind
        Of the job that it starts.
    view : View
        Its form, which shows ``values``.
    fields : Fields
        Of the form; the first file is the one that it is about.
    asked : callable
        What the work is asked for, from what was sent.
    """

    kind: Kind
    view: View
    fields: Fields
    asked: Callable[[Form], Mapping[str, Any]]
    values: Callable[[], Mapping[str, Any]]

    def refused(self, request: Request, error: InputError | HTTPException) -> Response:
        """The form again, with what was wrong."""
        if isinstance(error, HTTPException):
            status, sentence = error.status_code, error.detail
        else:
            status, sentence = 400, str(error)
        return self.view.answer(request, {**self.values(), "refused": sentence}, status=status)


class Computed:
    """Routes of the pages that compute on files."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    @property
    def routes(self) -> list[Route]:
        """Everything under Audit, Test and the jobs they start."""
        return [
            Route("/audit.html", self.audit_form, methods=["GET"]),
            Route("/audit.html", self.start_audit, methods=["POST"]),
            Route("/test.html", self.test_form, methods=["GET"]),
            Route("/test.html", self.start_test, methods=["POST"]),
            Route("/jobs/{job_id}.html", self.job_page, methods=["GET"]),
            Route("/jobs/{job_id}/state.json", self.job_state, methods=["GET"]),
            Route("/jobs/{job_id}/remove", self.remove, methods=["POST"]),
            Route("/jobs/{job_id}/{name}", self.result, methods=["GET"]),
        ]

    async def audit_form(self, request: Request) -> Response:
        """The form for a log and a policy."""
        return AUDIT.view.answer(request, AUDIT.values())

    async def test_form(self, request: Request) -> Response:
        """The form for a score file."""
        return TEST.view.answer(request, TEST.values())

    async def start_audit(self, request: Request) -> Response:
        """Take a log, begin its audit, and lead to its page."""
        return await self._started(AUDIT, request)

    async def start_test(self, request: Request) -> Response:
        """Take scores, begin measuring, and lead to its page."""
        return await self._started(TEST, request)

    async def job_page(self, request: Request) -> Response:
        """How far a job is, or what came of it."""
        job = self._job(request)
        values = {
            "job": job,
            "files": _files(job),
            "keep_minutes": limits.KEEP_RESULT_SECONDS // 60,
        }
        return _JOBS[job.kind].answer(request, values)

    async def job_state(self, request: Request) -> Response:
        """The same for the page's script."""
        job = self._job(request)
        return JSONResponse({"state": job.state.value, "note": job.note, "over": job.over})

    async def remove(self, request: Request) -> Response:
        """Stop a job, delete its result, and lead back to the form."""
        job = self._job(request)
        await read_form(request, REMOVE)
        await self._jobs.remove(job)
        return RedirectResponse(f"/{job.kind}.html", status_code=303)

    async def result(self, request: Request) -> Response:
        """A file of a result."""
        job = self._job(request)
        wanted = request.path_params["name"]
        for one, path in _existing(job):
            if one.name != wanted:
                continue
            if one.media_type == "text/html":
                return FileResponse(
                    path,
                    media_type="text/html; charset=utf-8",
                    headers={"content-security-policy": f"{page_policy()}; frame-ancestors 'none'"},
                )
            return FileResponse(path, media_type=one.media_type, filename=f"{job.kind}-{one.name}")
        raise HTTPException(404)

    def _prepared(self, kind: Kind) -> Job:
        try:
            return self._jobs.prepare(kind)
        except BusyError as error:
            raise HTTPException(503, str(error)) from None

    async def _started(self, upload: Upload, request: Request) -> Response:
        job = self._prepared(upload.kind)
        try:
            form = await read_form(request, upload.fields, folder=job.files)
            asked = upload.asked(form)
        except (InputError, HTTPException) as error:
            self._jobs.discard(job)
            return upload.refused(request, error)
        except BaseException:  # the disk is full, or whoever sent it has gone
            self._jobs.discard(job)
            raise
        job.name = form.files[upload.fields.files[0]].name
        self._jobs.start(job, asked)
        return RedirectResponse(f"/jobs/{job.job_id}.html", status_code=303)

    def _job(self, request: Request) -> Job:
        job = self._jobs.get(request.path_params["job_id"])
        if job is None:
            raise HTTPException(404, "There is no such result, or it has been deleted.")
        return job


def _audit_request(form: Form) -> Mapping[str, Any]:
    from probity.audit.policy_file import known_policies

    log = _required(form, "log", "a log")
    own, name = form.files.get("own_policy"), form.texts["policy"]
    if own is None and name not in known_policies():
        # A path is a policy too, elsewhere: nothing that a form names may be read from the disk.
        raise InputError("no such policy", got=name, allowed=", ".join(known_policies()))
    if own is not None and own.suffix != ".toml":
        raise InputError("not a policy", got=own.name, allowed="a .toml file")
    return {
        "log": _given(log),
        "policy": name if own is None else _given(own),
        "mapping": None if "mapping" not in form.files else _given(form.files["mapping"]),
    }


def _test_request(form: Form) -> Mapping[str, Any]:
    if form.texts["what"] not in TESTS:
        raise InputError("no such test", got=form.texts["what"], allowed=", ".join(TESTS))
    manifest = form.files.get("manifest")
    return {
        "what": form.texts["what"],
        "scores": _given(_required(form, "scores", "a score file")),
        "manifest": None if manifest is None else _given(manifest),
    }


def _required(form: Form, name: str, words: str) -> Path:
    if name not in form.files:
        raise InputError("no file was chosen", allowed=words)
    return form.files[name]


def _given(path: Path) -> str:
    """Below the directory that the work is done in, so that a message shows no more than that."""
    return str(Path(*path.parts[-2:]))


def _shared_values() -> Mapping[str, Any]:
    return {
        "most": f"{limits.MAX_UPLOAD_BYTES // limits.MEBIBYTE} MiB",
        "most_bytes": limits.MAX_UPLOAD_BYTES,
        "minutes": limits.WORK_WALL_SECONDS // 60,
        "memory": f"{limits.WORK_MEMORY_BYTES // (1024 * limits.MEBIBYTE)} GiB",
        "keep_minutes": limits.KEEP_RESULT_SECONDS // 60,
        "refused": None,
    }


def _audit_values() -> Mapping[str, Any]:
    from probity.audit.policy_file import known_policies, load_policy

    policies = [(name, load_policy(name)) for name in known_policies()]
    return {
        **_shared_values(),
        "policies": [(name, policy.title) for name, policy in policies],
        "default": _DEFAULT_POLICY,
    }


def _existing(job: Job) -> list[tuple[ResultFile, Path]]:
    if job.state is not State.DONE:
        return []
    found = [(one, job.results / one.name) for one in RESULTS]
    return [(one, path) for one, path in found if path.is_file()]


def _files(job: Job) -> list[tuple[str, str]]:
    found = [(f"{job.job_id}/{one.name}", one.words) for one, _ in _existing(job)]
    return [(found[0][0], _READ[job.kind]), *found[1:]] if found else []


AUDIT = Upload(
    kind="audit",
    view=View(title="Audit a log", template="audit_form.html", nav="audit", scripts=("upload.js",)),
    fields=Fields(texts=("policy",), files=("log", "own_policy", "mapping")),
    asked=_audit_request,
    values=_audit_values,
)
TEST = Upload(
    kind="test",
    view=View(title="Test scores", template="test_form.html", nav="test", scripts=("upload.js",)),
    fields=Fields(texts=("what",), files=("scores", "manifest")),
    asked=_test_request,
    values=_shared_values,
)
REMOVE = Fields()
