"""A live session: what readers get, however slow they are, and what the routes refuse."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from probity.audit.log import open_log
from probity.web import limits
from probity.web.live.session import LiveSession
from web_app import OURS, running_app, token_of

ASKED = {
    "scenario": "town-centre-2024", "seed": 1, "fault": "", "policy": "met-lfr-2024-09",
    "speed": 300, "linger": False,
}  # fmt: skip
FORM = {"scenario": "town-centre-2024", "seed": "1", "fault": "", "speed": "60", "linger": "yes"}
LONG_SECONDS = 120


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with running_app() as client:
        yield client


def _parsed(message: str) -> dict[str, Any]:
    lines = dict(line.split(": ", 1) for line in message.strip().splitlines())
    return {"id": int(lines["id"]), "event": lines.get("event"), **json.loads(lines["data"])}


async def _next(messages: AsyncIterator[str]) -> dict[str, Any]:
    while True:
        message = await asyncio.wait_for(anext(messages), LONG_SECONDS)
        if not message.startswith(":"):
            return _parsed(message)


async def _soon(messages: AsyncIterator[str]) -> str | None:
    """The next message, unless none comes for two seconds."""
    try:
        return await asyncio.wait_for(anext(messages), 2)
    except TimeoutError:
        return None


def test_readers_share_one_play_and_a_slow_one_goes_on_from_the_newest_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LIVE_FRAMES_KEPT", 6)

    async def watch() -> None:
        session = LiveSession(tmp_path)
        await session.start(ASKED)
        try:
            assert session.ready is not None
            first = session.messages(None)
            state = await _next(first)
            assert state["event"] == "state"
            seen = [(await _next(first))["id"] for _ in range(4)]
            assert seen == list(range(state["id"] + 1, state["id"] + 5))

            # One who comes back with what it had last misses nothing.
            second = session.messages(seen[1])
            assert (await _next(second))["id"] == seen[2]

            # Nothing is kept for one who was away for longer than the frames that are kept.
            while (newest := (await _next(first))["id"]) < state["id"] + 25:
                pass
            late = session.messages(seen[1])
            again = await _next(late)
            assert again["event"] == "state"
            assert again["counts"]["faces"] > state["counts"]["faces"]
            assert again["id"] <= newest + 1
            assert session.watchers == 3
            for reader in (first, second, late):
                await reader.aclose()
            assert session.watchers == 0
        finally:
            await session.close()
        ended = session.messages(None)
        assert [message async for message in ended][-1].startswith("event: ended")

    asyncio.run(watch())


def test_pausing_stops_it_and_the_log_so_far_can_be_saved(tmp_path: Path) -> None:
    async def watch() -> tuple[bytes, dict[str, Any]]:
        session = LiveSession(folder)
        await session.start(ASKED)
        try:
            reader = session.messages(None)
            last = await _next(reader)
            while last["counts"]["faces"] < 20:
                last = await _next(reader)
            session.send({"pause": True})
            while (message := await _soon(reader)) is not None:
                last = _parsed(message)
            content = await session.saved(form="parquet", events=last["events"])
            assert content is not None
            assert await session.saved(form="parquet", events=last["events"] + 10**6) is None
            assert await session.saved(form="parquet", events=0) is None
            assert list(folder.iterdir()) == []
            return content, last
        finally:
            await session.close()

    folder = tmp_path / "session"
    folder.mkdir()
    content, last = asyncio.run(watch())
    path = tmp_path / "saved.parquet"
    path.write_bytes(content)
    with open_log(path) as log:
        assert log.events == last["events"]
        assert log.counts.get("face.seen", 0) == last["counts"]["faces"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scenario": "../../etc/passwd"}, "not offered"),
        ({"scenario": "rfr-national"}, "not offered"),
        ({"fault": "list-reused"}, "not offered"),
        ({"fault": "all"}, "not offered"),
        ({"seed": "-1"}, "not a seed"),
        ({"seed": "1e3"}, "not a seed"),
        ({"seed": "²"}, "not a seed"),
        ({"seed": "9" * 40}, "not a seed"),
        ({"speed": "59"}, "not a speed"),
        ({"speed": "inf"}, "not a speed"),
    ],
)
def test_only_what_the_page_offers_can_be_started(
    client: TestClient, change: dict[str, str], said: str
) -> None:
    data = {**FORM, **change, "token": token_of(client, "/live.html")}
    answer = client.post("/live/start", headers=OURS, data=data)
    assert answer.status_code == 400
    assert said in answer.text


def _log_once_played(client: TestClient, base: str, *, events: int) -> httpx2.Response:
    """The log of the first so many events; they are played at the deployment's pace, not ours."""
    until = time.monotonic() + LONG_SECONDS
    while True:
        answer = client.get(f"{base}/log.jsonl?events={events}")
        if answer.status_code != 404 or time.monotonic() > until:
            return answer
        time.sleep(0.1)


def test_a_session_is_started_steered_saved_and_ended(client: TestClient) -> None:
    token = token_of(client, "/live.html")
    started = client.post("/live/start", headers=OURS, data={**FORM, "token": token})
    assert started.status_code == 200, started.text
    base = f"/live/{started.json()['session']}"

    def control(what: str, value: str, token: str = token) -> int:
        data = {"token": token, "what": what, "value": value}
        return int(client.post(f"{base}/control", headers=OURS, data=data).status_code)

    assert control("speed", "300") == 204
    saved = _log_once_played(client, base, events=100)
    assert saved.status_code == 200
    assert len(saved.text.splitlines()) == 101
    assert "attachment" in saved.headers["content-disposition"]
    assert control("pause", "yes") == 204
    assert control("pause", "perhaps") == 400
    assert control("speed", "1000000") == 400
    assert control("speed", "300", token="wrong") == 403  # noqa: S106 - not a password
    for path in ("log.parquet", "log.parquet?events=-1", "log.exe?events=1",
                 "log.parquet?events=99999999"):  # fmt: skip
        assert client.get(f"{base}/{path}").status_code == 404
    assert control("end", "") == 204
    assert client.get(f"{base}/events").status_code == 404


def test_no_more_deployments_are_played_than_the_limit_says(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_LIVE_SESSIONS", 1)
    data = {**FORM, "token": token_of(client, "/live.html")}
    first = client.post("/live/start", headers=OURS, data=data).json()["session"]
    second = client.post("/live/start", headers=OURS, data=data).json()["session"]
    # Nobody watches the first, so it made room.
    assert client.get(f"/live/{first}/log.jsonl?events=1").status_code == 404
    assert _log_once_played(client, f"/live/{second}", events=1).status_code == 200
