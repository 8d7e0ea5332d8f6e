"""What the app refuses, and what every one of its answers says."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from probity.web import limits
from probity.web.guard import HEADERS, App, Guard, Message, Receive, Scope, Send, hosts_of
from web_app import ADDRESS, FRONT, OURS, running_app, token_of

HOSTS = hosts_of("127.0.0.1", 8765)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with running_app() as client:
        yield client


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"]
)
def test_it_answers_to_its_own_address(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).content == FRONT


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80",
     "127.0.0.1:8765.evil.example", "localhost:8765@evil.example", "",
     "127.0.0.1:8765, evil.example", "0.0.0.0:8765"],
)  # fmt: skip
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert b"Front" not in answer.content


def test_two_hosts_are_refused() -> None:
    headers = [(b"host", b"127.0.0.1:8765"), (b"host", b"evil.example")]
    assert _status(headers=headers) == 400


def test_no_host_is_refused() -> None:
    assert _status(headers=[]) == 421


@pytest.mark.parametrize("path", ["/audit.html", "/test.html", "/jobs/x/remove"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "none"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8765"},
        {"origin": ADDRESS, "sec-fetch-site": "cross-site"},
        {"origin": ADDRESS, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_refused(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    sent = client.post(path, headers=headers, data={"token": token_of(client)})
    assert sent.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [OURS, {"origin": ADDRESS}, {"sec-fetch-site": "same-origin"},
     {"origin": "null", "sec-fetch-site": "same-origin"}],
)  # fmt: skip
def test_a_form_of_ours_is_taken(client: TestClient, headers: dict[str, str]) -> None:
    data = {"token": token_of(client), "policy": "met-lfr-2024-09"}
    sent = client.post("/audit.html", headers=headers, data=data)
    assert "no file was chosen" in sent.text


@pytest.mark.parametrize("path", ["/audit.html", "/test.html"])
@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_a_form_without_the_token_is_refused(
    client: TestClient, path: str, token: str | None
) -> None:
    data = {} if token is None else {"token": token}
    sent = client.post(path, headers=OURS, data=data, files={"log": ("a.csv", b"a\n1\n")})
    assert sent.status_code == 403
    assert "Load its page again" in sent.text


def test_another_site_may_link_to_a_page_but_not_draw_on_it(client: TestClient) -> None:
    linked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    drawn = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/data/deployments.csv", headers=linked).status_code == 200
    assert client.get("/data/deployments.csv", headers=drawn).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_only_reading_and_sending_forms_is_possible(client: TestClient, method: str) -> None:
    answer = client.request(method, "/", headers=OURS)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_of_another_site_not_even_that_is_answered(client: TestClient, method: str) -> None:
    there = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert client.request(method, "/", headers=there).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/", "/claims/C1.html", "/audit.html", "/test.html", "/live.html", "/nothing",
     "/assets/app.css", "/jobs/none.html", "/site-state.json"],
)  # fmt: skip
def test_every_answer_has_every_header(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_a_refusal_has_every_header_too(client: TestClient) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_body_beyond_the_limit_is_refused_while_it_comes(pieces: int) -> None:
    piece = b"x" * (limits.MAX_FORM_BYTES // pieces + 1)
    taken = []

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            taken.append(await receive())

    async def more() -> Message:
        return {"type": "http.request", "body": piece, "more_body": True}

    with pytest.raises(HTTPException, match="at most 64 KiB") as refused:
        asyncio.run(_through(Guard(app=reads, hosts=HOSTS), method="POST", receive=more))
    assert refused.value.status_code == 413
    assert len(taken) == pieces - 1


def test_an_upload_beyond_the_limit_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UPLOAD_BYTES", 20_000)
    sent = client.post(
        "/audit.html",
        headers=OURS,
        data={"token": token_of(client), "policy": "met-lfr-2024-09"},
        files={"log": ("log.csv", b"x" * 30_000)},
    )
    assert sent.status_code == 413
    assert "too large" in sent.text


def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_WAIT_SECONDS", 0.05)

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def never() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    with pytest.raises(HTTPException, match="stopped coming"):
        asyncio.run(_through(Guard(app=reads, hosts=HOSTS), method="POST", receive=never))


def test_an_answer_that_never_begins_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.05)

    async def sleeps(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(60)

    assert asyncio.run(_through(Guard(app=sleeps, hosts=HOSTS))) == 503


def test_an_answer_that_has_begun_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.05)

    async def streams(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"late"})

    assert asyncio.run(_through(Guard(app=streams, hosts=HOSTS))) == 200


@pytest.mark.parametrize(
    "path",
    ["/../pyproject.toml", "/../../../../etc/passwd", "/assets/../../app.py", "//etc/passwd",
     "/etc/passwd", "/assets/\0", "/claims/..", "/.", "/..", "/jobs/../../etc/passwd",
     "/jobs/a/../../result.html", "/C:\\windows", "/assets/app.css/", "file:///etc/passwd"],
)  # fmt: skip
def test_nothing_outside_the_site_can_be_asked_for(client: TestClient, path: str) -> None:
    # A client of good manners mends such paths before it sends them; here they come as they are.
    assert asyncio.run(_through(client.app, path=path)) == 404


@given(path=st.text(max_size=60), query=st.text(max_size=20))
@settings(max_examples=150)
def test_no_path_at_all_makes_it_fail(client: TestClient, path: str, query: str) -> None:
    answer = client.get(f"{ADDRESS}/{_quoted(path)}?{_quoted(query)}")
    assert answer.status_code in {200, 307, 404}
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"]


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text.encode("utf-8", "surrogatepass"), safe="/%.:;&=")


def test_a_failure_of_ours_shows_nothing_of_the_inside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("probity.web.site.served", broken)
    answer = client.get("/index.html")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_websocket_is_closed() -> None:
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(app=_never, hosts=HOSTS)({"type": "websocket"}, _nothing, keep))
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("reached the app")


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _status(*, headers: list[tuple[bytes, bytes]]) -> int:
    return asyncio.run(_through(Guard(app=_never, hosts=HOSTS), headers=headers))


async def _through(
    guard: App,
    *,
    method: str = "GET",
    path: str = "/",
    headers: list[tuple[bytes, bytes]] | None = None,
    receive: Receive = _nothing,
) -> int:
    statuses = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    own = [(b"host", b"127.0.0.1:8765"), (b"origin", ADDRESS.encode())]
    scope = {
        "type": "http", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "server": ("127.0.0.1", 8765),
        "headers": own if headers is None else headers,
    }  # fmt: skip
    await guard(scope, receive, keep)
    return int(statuses[0])
