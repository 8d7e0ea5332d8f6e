"""What the page What if asks for: an answer at a setting, computed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from probity.web import limits


class WhatIf:
    """Computes answers, few at a time.

    Parameters
    ----------
    first : callable
        Answers with the page as it is first shown.
    """

    def __init__(self, first: Callable[[Request], Awaitable[Response]]) -> None:
        self._first = first
        self._turn = asyncio.Semaphore(limits.COMPUTING_AT_ONCE)

    @property
    def routes(self) -> list[Route]:
        """The page at a setting, and the answers that its script asks for."""
        return [
            Route("/what-if.html", self.page, methods=["GET"]),
            Route("/what-if.json", self.answer, methods=["GET"]),
        ]

    async def warm(self) -> None:
        """Read what every answer needs, so that the first one is not kept waiting for it."""
        await asyncio.to_thread(_answer, {})

    async def page(self, request: Request) -> Response:
        """The page at the setting that the address names: what its form leads to."""
        given = dict(request.query_params)
        if not given:
            return await self._first(request)
        async with self._turn:
            return HTMLResponse(await asyncio.to_thread(_page, given))

    async def answer(self, request: Request) -> Response:
        """The answer at the setting that the address names; what it leaves out is as it is now."""
        async with self._turn:
            return JSONResponse(await asyncio.to_thread(_answer, dict(request.query_params)))


def _answer(given: Mapping[str, str]) -> Mapping[str, Any]:
    from probity.twin.expected.answer import answer
    from probity.twin.expected.answer_json import as_json
    from probity.twin.expected.setting import setting_of

    return as_json(answer(setting_of(given)))


def _page(given: Mapping[str, str]) -> bytes:
    from probity.publish.site.page import render
    from probity.publish.what_if.page import page_at
    from probity.twin.expected.setting import setting_of

    return render(page_at(setting_of(given)), app=True)
