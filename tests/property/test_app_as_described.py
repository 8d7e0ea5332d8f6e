"""Every route of the app against its OpenAPI description, by schemathesis, over a socket.

No answer is a failure of ours, none has a status, type or header that the description does not
state, what is as described is taken, and what is not is refused.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)
from starlette.responses import Response

from event_logs import created, deleted, write_parquet
from probity.twin.expected.answer import answer
from probity.twin.expected.setting import Setting
from probity.web.jobs import Job, Jobs
from probity.web.live.session import LiveSession
from web_app import served_app

ROOT = Path(__file__).parents[2]
DESCRIBED = schemathesis.openapi.from_dict(
    json.loads((ROOT / "docs/reference/schemas/app.json").read_text("utf-8"))
)
DESCRIBED.config.max_stream_events = 1  # of a session that plays: it would not end
OPERATIONS = {one.label: one for one in (each.ok() for each in DESCRIBED.get_all_operations())}
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
OURS = {"sec-fetch-site": "same-origin"}
START = {"scenario": "town-centre-2024", "fault": "", "seed": "1", "speed": "60", "linger": "no"}
LONG_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class App:
    """An app that is running: its address, its token, a job that is done, a session that plays,
    a page of the site."""

    address: str
    token: str
    job_id: str
    session_id: str
    path: str = "index.html"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One job and one session are true; further ones are taken, and no work begins."""
    log = write_parquet(
        tmp_path_factory.mktemp("log") / "log.parquet",
        [created(0, at=0, template=0), deleted(1, at=1, template=0)],
    )
    with (
        served_app() as address,
        httpx2.Client(base_url=address, headers=OURS, timeout=LONG_SECONDS) as us,
    ):
        found = re.search(r'name="token" value="([^"]+)"', us.get("/audit.html").text)
        assert found is not None
        token = {"token": found[1]}
        sent = us.post(
            "/audit.html",
            data={**token, "policy": "met-lfr-2024-09"},
            files={"log": ("log.parquet", log.read_bytes())},
        )
        job = sent.headers["location"].removeprefix("/jobs/").removesuffix(".html")
        session = us.post("/live/start", data={**token, **START}).json()["session"]
        until = time.monotonic() + LONG_SECONDS
        while not us.get(f"/jobs/{job}/state.json").json()["over"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert us.get(f"/jobs/{job}/result.json").status_code == 200
        with without_work():
            yield App(address=address.rstrip("/"), token=found[1], job_id=job, session_id=session)


@contextmanager
def without_work() -> Iterator[None]:
    """Forms are read and answered; what they ask for takes seconds, and is tested elsewhere."""
    known = answer(Setting())

    def taken(jobs: Jobs, job: Job, request: Mapping[str, Any]) -> None:
        jobs.discard(job)

    async def begun(session: LiveSession, asked: Mapping[str, Any]) -> None:
        session.ready = {"title": "not begun"}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Jobs, "start", taken)
        patch.setattr(LiveSession, "start", begun)
        patch.setattr("probity.twin.expected.answer.answer", lambda _: known)
        yield


def drawn(draw: st.DrawFn, operation: APIOperation, app: App) -> Case:
    """A request as described, or not; most ask for what there is, in a form of this run."""
    case: Case = draw(operation.as_strategy(generation_mode=draw(st.sampled_from(MODES))))
    # None may end what all others ask for.
    ends = case.path.endswith("/remove") or "'what': 'end'" in str(case.body)
    if draw(st.integers(0, 3)) and not ends:
        for name in ("job_id", "session_id", "path"):
            if name in case.path_parameters:
                case.path_parameters[name] = getattr(app, name)
        if isinstance(case.body, dict) and "token" in case.body:
            case.body["token"] = app.token
    return case


def check(operation: APIOperation, app: App, *, examples: int) -> None:
    """Ask so many times."""
    uploads = "multipart/form-data" in operation.get_request_payload_content_types()

    @settings(max_examples=examples)
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        case = drawn(data.draw, operation, app)
        # Of files a description can neither say how they are called, nor what is none.
        unsaid = [positive_data_acceptance, negative_data_rejection] if uploads else []
        told = case.call_and_validate(
            base_url=app.address, headers=OURS, excluded_checks=unsaid, timeout=LONG_SECONDS
        )
        assert b"Traceback" not in told.content

    asked()


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described(label: str, app: App) -> None:
    check(OPERATIONS[label], app, examples=25)


@pytest.mark.verify
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_described_at_length(
    label: str, app: App, record_property: Callable[[str, object], None]
) -> None:
    check(OPERATIONS[label], app, examples=500)
    record_property("requests", 500)


@pytest.mark.control
@pytest.mark.parametrize(
    "wrong",
    [
        {"status_code": 418},
        {"media_type": "image/png"},
        {"headers": {"x-content-type-options": "none"}},
    ],
)
def test_an_answer_that_is_not_as_described_is_noticed(
    wrong: Mapping[str, Any], app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"content": "x", "media_type": "text/html"}
    monkeypatch.setattr("probity.web.site.served", lambda *_: Response(**{**kept, **wrong}))
    with pytest.raises(FailureGroup):
        check(OPERATIONS["GET /{path}"], app, examples=25)
