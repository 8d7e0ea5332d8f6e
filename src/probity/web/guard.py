"""What every request must be, and what every answer says: the app's outer wall.

A page of a stranger, open in the same browser, can send requests to this machine. It cannot
name our host (its own name stands in ``Host``), cannot hide where it comes from
(``Origin``, ``Sec-Fetch-Site``), and cannot read the token that every form carries.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

from probity.publish.site.page import HEADER_POLICY
from probity.web import limits

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_PORT_LEFT_OUT = 80
_READING = frozenset({"GET", "HEAD"})
_OURS = frozenset({"same-origin", "none"})

HEADERS: Mapping[str, str] = {
    "content-security-policy": HEADER_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
"""Of every answer that does not state its own."""


def hosts_of(host: str, port: int) -> frozenset[str]:
    """What ``Host`` may say to a server that listens on an address: loopback, and that address."""
    shown = f"[{host}]" if ":" in host else host
    names = {"127.0.0.1", "localhost", "[::1]", shown.lower()}
    return frozenset(f"{name}:{port}" for name in names) | (
        names if port == _PORT_LEFT_OUT else frozenset()
    )


def new_token() -> str:
    """What every form of one run of the app must carry."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """ASGI middleware that refuses what no page of ours would send.

    Parameters
    ----------
    app : ASGI application
    hosts : frozenset of str
        What ``Host`` may be, lower case, with the port.
    uploads : collection of str
        Paths that take files; every other body is a short form.
    """

    app: App
    hosts: frozenset[str]
    uploads: frozenset[str] = field(default_factory=frozenset)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, and put the headers on the answer."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        reading = scope["method"] in _READING
        most = limits.MAX_UPLOAD_BYTES if scope["path"] in self.uploads else limits.MAX_FORM_BYTES
        try:
            async with asyncio.timeout(limits.ANSWER_SECONDS if reading else None) as patience:
                answer = _Answer(send, patience)
                refused = self._refusal(scope)
                if refused is None:
                    await self.app(scope, _Body(receive, patience, most=most), answer)
                else:
                    await answer.refuse(*refused)
        except TimeoutError:
            await answer.refuse(503, "The answer took too long.")

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        values = _named(scope["headers"], ("host", "origin", "sec-fetch-site", "sec-fetch-mode"))
        if any(len(of) > 1 for of in values.values()):
            return 400, "A header is given more than once."
        host, origin, site, mode = (of[0] if of else None for of in values.values())
        if host is None or host.lower() not in self.hosts:
            return 421, "This app answers to its own address only."
        ours = site is None or site in _OURS
        if scope["method"] in _READING:
            # Another site may link to a page, but not draw on it.
            return None if ours or mode == "navigate" else (403, "Another site asked for this.")
        # A form, or what no route takes. A page that sends no referrer sends a form with the origin
        # "null". Then only the browser's own word counts, which no page can put into its mouth.
        own = origin in {None, "null"} and site == "same-origin"
        own = own or origin == f"{scope['scheme']}://{host.lower()}"
        return None if own and ours else (403, "This form comes from another site.")


class _Body:
    """The body of a request, within its limits of size and patience."""

    def __init__(self, receive: Receive, patience: asyncio.Timeout, *, most: int) -> None:
        self._receive, self._patience, self._most = receive, patience, most
        self._taken, self._whole = 0, False

    async def __call__(self) -> Message:
        if self._whole:  # what still comes is that the reader has gone
            return await self._receive()
        try:
            async with asyncio.timeout(limits.BODY_WAIT_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "The request stopped coming.") from None
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            if self._taken > self._most:
                raise HTTPException(413, f"The request is too large: at most {_size(self._most)}.")
            if not message.get("more_body", False):
                self._whole = True
                self._patience.reschedule(asyncio.get_running_loop().time() + limits.ANSWER_SECONDS)
        return message


class _Answer:
    """Sends an answer with the headers that every answer has; patience ends where it begins."""

    def __init__(self, send: Send, patience: asyncio.Timeout) -> None:
        self._send, self._patience = send, patience
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            if not self._patience.expired():
                self._patience.reschedule(None)
            stated = {name.lower() for name, _ in message.get("headers", ())}
            given = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            further = [(name, value) for name, value in given if name not in stated]
            message = {**message, "headers": [*message.get("headers", ()), *further]}
        await self._send(message)

    async def refuse(self, status: int, sentence: str) -> None:
        """Answer with one sentence, unless an answer is under way."""
        if self._begun:
            return
        body = f"{sentence}\n".encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})


def _named(headers: Iterable[tuple[bytes, bytes]], names: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in names}
    for name, value in headers:
        text = name.decode("latin-1").lower()
        if text in found:
            found[text].append(value.decode("latin-1").strip())
    return found


def _size(most: int) -> str:
    whole = most // limits.MEBIBYTE
    return f"{whole} MiB" if whole else f"{most // 1024} KiB"
