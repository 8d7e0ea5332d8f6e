"""Audit and Test: a file in, a job in a process of its own, a result, and nothing left behind."""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from audited_logs import EVERY_VERDICT
from event_logs import created, deleted, write_parquet
from probity.publish.page import page_policy
from probity.web import limits
from probity.web.forms import safe_name
from probity.web.jobs import BusyError, Job, Jobs, Kind, State
from web_app import OURS, running_app, token_of

SCORES = "score,mated\n" + "".join(
    f"{(index * 37 % 100) / 100 + (index % 5 == 0)},{int(index % 5 == 0)}\n" for index in range(500)
)
LONG_SECONDS = 120


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with running_app() as client:
        yield client


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    rows = [
        row
        for number in range(4)
        for row in (
            created(2 * number, at=number, template=number),
            deleted(2 * number + 1, at=number + 0.1, template=number),
        )
    ]
    path = write_parquet(tmp_path_factory.mktemp("log") / "log.parquet", rows)
    return path.read_bytes()


def _sent(client: TestClient, page: str, files: dict[str, object], **data: str) -> str:
    """Where the app leads to after a form was sent."""
    answer = client.post(
        page, headers=OURS, data={"token": token_of(client, page), **data}, files=files
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def _ended(client: TestClient, where: str) -> str:
    """The page of a job once it is over."""
    state = where.replace(".html", "/state.json")
    until = time.monotonic() + LONG_SECONDS
    while not client.get(state).json()["over"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    return str(client.get(where).text)


def test_a_log_is_audited_and_its_findings_can_be_read(client: TestClient, log: bytes) -> None:
    where = _sent(client, "/audit.html", {"log": ("my log.parquet", log)}, policy="met-lfr-2024-09")
    page = _ended(client, where)
    assert "my_log.parquet" in page
    assert "<dt>Events read</dt><dd>8</dd>" in page
    folder = where.removesuffix(".html")
    result = client.get(f"{folder}/result.html")
    assert result.headers["content-security-policy"].startswith(page_policy())
    assert "frame-ancestors 'none'" in result.headers["content-security-policy"]
    assert "<h1>" in result.text
    told = client.get(f"{folder}/result.json")
    assert json.loads(told.content)["schema"].startswith("probity/audit/")
    assert "attachment" in told.headers["content-disposition"]
    removed = client.post(f"{folder}/remove", headers=OURS, data={"token": token_of(client)})
    assert removed.headers["location"] == "/audit.html"
    assert client.get(where).status_code == 404
    assert client.get(f"{folder}/result.html").status_code == 404


def test_a_policy_of_ones_own_takes_the_place_of_the_chosen_one(
    client: TestClient, log: bytes
) -> None:
    files = {"log": ("log.parquet", log), "own_policy": ("mine.toml", EVERY_VERDICT)}
    page = _ended(client, _sent(client, "/audit.html", files, policy="met-lfr-2024-09"))
    assert "A policy with one rule of each verdict" in page


def test_scores_become_curves_and_rates(client: TestClient) -> None:
    files = {"scores": ("scores.csv", SCORES.encode())}
    where = _sent(client, "/test.html", files, what="verification")
    page = _ended(client, where)
    assert "Test: verification" in page
    assert "<dt>Comparisons</dt><dd>500</dd>" in page
    folder = where.removesuffix(".html")
    assert "<svg" in client.get(f"{folder}/result.html").text
    told = json.loads(client.get(f"{folder}/result.json").content)
    assert (told["comparisons"], told["mated_comparisons"]) == (500, 100)
    assert client.get(f"{folder}/findings.csv").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\x02", "log.csv"),
        (b"event,time,kind\nx,y,z\n", "log.csv"),
        (b'{"event": "<script>alert(1)</script>"}\n', "log.csv"),
    ],
)
def test_a_bad_file_gets_one_clear_message(client: TestClient, content: bytes, said: str) -> None:
    files = {"log": ("log.csv", content)}
    page = _ended(client, _sent(client, "/audit.html", files, policy="met-lfr-2024-09"))
    assert "It did not work" in page
    assert said in page
    assert "<script>alert" not in page
    assert "Traceback" not in page
    assert tempfile.gettempdir() not in page


@pytest.mark.parametrize("policy", ["/etc/passwd", "../../mine.toml", "x.toml", "no-such", ""])
def test_a_policy_is_never_read_from_the_disk_by_a_name(
    client: TestClient, log: bytes, policy: str
) -> None:
    answer = client.post(
        "/audit.html",
        headers=OURS,
        data={"token": token_of(client), "policy": policy},
        files={"log": ("log.parquet", log)},
    )
    assert answer.status_code == 400
    assert "no such policy" in answer.text


@pytest.mark.parametrize(
    ("page", "data", "said"),
    [
        ("/audit.html", {"policy": "met-lfr-2024-09"}, "no file was chosen"),
        ("/test.html", {"what": "verification"}, "no file was chosen"),
        ("/test.html", {"what": "guessing"}, "no such test"),
        ("/test.html", {"what": "x" * 300}, "at most 200 characters"),
    ],
)
def test_a_form_that_lacks_something_comes_back_with_what_is_wrong(
    client: TestClient, page: str, data: dict[str, str], said: str
) -> None:
    answer = client.post(page, headers=OURS, data={"token": token_of(client), **data})
    assert answer.status_code == 400
    assert said in answer.text
    assert "<form" in answer.text


@pytest.mark.parametrize(
    ("data", "files"),
    [
        ({"own_policy": "a text where a file is meant"}, {}),
        ({}, {"policy": ("file.txt", b"a file where a text is meant")}),
        ({"of another form": "1"}, {}),
        ({"policy": ["met-lfr-2024-09", "college-app"]}, {}),
    ],
)
def test_a_field_that_is_not_as_the_form_sends_it_is_refused(
    client: TestClient, log: bytes, data: dict[str, object], files: dict[str, object]
) -> None:
    sent = client.post(
        "/audit.html",
        headers=OURS,
        data={"token": token_of(client), **data},
        files={"log": ("log.parquet", log), **files},
    )
    assert sent.status_code == 400
    assert "<form" in sent.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\log.csv", "log.csv"),
        ("<script>.csv", "_script_.csv"),
        ("..", "file"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("\u202egpj.csv", "_gpj.csv"),
        ("x" * 300 + ".parquet", "x" * 72 + ".parquet"),
    ],
)
def test_a_stranger_s_name_of_a_file_is_made_harmless(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def _job_doing(jobs: Jobs, **request: object) -> Job:
    job = jobs.prepare("audit")
    (job.files / "log").mkdir()
    (job.files / "log" / "log.csv").write_text("event,time,kind\n")
    jobs.start(job, {"log": "log/log.csv", "policy": "met-lfr-2024-09", **request})
    return job


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that never ends by itself; it leaves the number of its process in the job's folder."""
    program = tmp_path / "endless"
    program.write_text(
        '#!/bin/sh\necho $$ >"$TMPDIR/begun" && mv "$TMPDIR/begun" "$TMPDIR/pid"\nexec sleep 600\n'
    )
    program.chmod(0o700)
    monkeypatch.setattr("probity.web.jobs.sys.executable", str(program))


async def _process_of(job: Job) -> int:
    async with asyncio.timeout(LONG_SECONDS):
        while not (job.folder / "pid").exists():
            await asyncio.sleep(0.01)
    return int((job.folder / "pid").read_text())


@pytest.mark.usefixtures("endless")
def test_a_job_that_is_stopped_ends_its_process_and_leaves_nothing() -> None:
    async def stop_it() -> tuple[Job, int]:
        jobs = Jobs()
        job = _job_doing(jobs)
        process = await _process_of(job)
        await jobs.remove(job)
        assert not job.folder.exists()
        await jobs.close()
        return job, process

    job, process = asyncio.run(stop_it())
    assert job.state is State.STOPPED
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.usefixtures("endless")
def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORK_WALL_SECONDS", 0.2)

    async def wait_for_it() -> Job:
        jobs = Jobs()
        job = _job_doing(jobs)
        assert job.task is not None
        await job.task
        await jobs.close()
        return job

    job = asyncio.run(wait_for_it())
    assert job.state is State.FAILED
    assert "longer than" in str(job.problem)


def test_no_more_wait_than_the_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMPUTING_AT_ONCE", 0)
    monkeypatch.setattr(limits, "MAX_WAITING", 2)

    async def crowd() -> None:
        jobs = Jobs()
        try:
            for _ in range(2):
                _job_doing(jobs)
            with pytest.raises(BusyError):
                jobs.prepare("audit")
        finally:
            await jobs.close()

    asyncio.run(crowd())


def test_files_that_are_still_coming_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMPUTING_AT_ONCE", 1)
    monkeypatch.setattr(limits, "MAX_WAITING", 1)

    async def crowd() -> None:
        jobs = Jobs()
        try:
            first = jobs.prepare("audit")
            jobs.prepare("audit")
            with pytest.raises(BusyError):
                jobs.prepare("audit")
            jobs.discard(first)
            jobs.prepare("audit")
        finally:
            await jobs.close()

    asyncio.run(crowd())


def test_a_job_whose_process_cannot_be_started_fails_and_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def no_process(*_: object, **__: object) -> None:
        raise OSError("no memory for another process")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", no_process)

    async def try_it() -> Job:
        jobs = Jobs()
        job = jobs.prepare("audit")
        jobs.start(job, {})
        assert job.task is not None
        await job.task
        await jobs.close()
        return job

    job = asyncio.run(try_it())
    assert job.state is State.FAILED
    assert job.over
    assert "broke off" in str(job.problem)


def test_a_disk_that_is_full_keeps_nothing_of_an_upload(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    prepared: list[Job] = []
    prepare = Jobs.prepare

    def remembered(jobs: Jobs, kind: Kind) -> Job:
        prepared.append(prepare(jobs, kind))
        return prepared[-1]

    monkeypatch.setattr(Jobs, "prepare", remembered)
    monkeypatch.setattr("probity.web.computed.read_form", full)
    for page in ("/audit.html", "/test.html"):
        assert client.post(page, headers=OURS, data={"token": "x"}).status_code == 500
    assert [job.folder.exists() for job in prepared] == [False, False]


def test_a_result_is_deleted_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep() -> tuple[Job, bool]:
        jobs = Jobs()
        job = _job_doing(jobs)
        assert job.task is not None
        await job.task
        assert jobs.get(job.job_id) is job
        assert not job.files.exists()
        monkeypatch.setattr(limits, "KEEP_RESULT_SECONDS", -1)
        assert jobs.get(job.job_id) is None
        left = job.folder.exists()
        await jobs.close()
        return job, left

    assert not asyncio.run(keep())[1]


def test_the_directory_of_a_job_is_private() -> None:
    async def look() -> int:
        jobs = Jobs()
        job = jobs.prepare("audit")
        mode = job.folder.stat().st_mode | job.folder.parent.stat().st_mode
        await jobs.close()
        return mode

    assert asyncio.run(look()) & 0o077 == 0


def test_a_process_that_needs_too_much_memory_fails_alone() -> None:
    script = (
        "from probity.core.process_limits import limit_process\n"
        "limit_process(memory_bytes=200 << 20, cpu_seconds=60, counting='data')\n"
        "try:\n    b'x' * (400 << 20)\nexcept MemoryError:\n    print('refused')"
    )
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"refused\n"
