"""What the page What if asks for: an answer at a setting, computed."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from probity.web import limits


class WhatIf:
    """Computes answers, few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(limits.COMPUTING_AT_ONCE)

    @property
    def routes(self) -> list[Route]:
        """The route of the answers."""
        return [Route("/what-if.json", self.answer, methods=["GET"])]

    async def warm(self) -> None:
        """Read what every answer needs, so that the first one is not kept waiting for it."""
        await asyncio.to_thread(_answer, {})

    async def answer(self, request: Request) -> Response:
        """The answer at the setting that the address names; what it leaves out is as it is now."""
        await self._turn.acquire()
        work = asyncio.create_task(asyncio.to_thread(_answer, dict(request.query_params)))
        # A thread cannot be stopped: whoever asked may have gone, its place is taken until it ends.
        work.add_done_callback(lambda _: self._turn.release())
        return JSONResponse(await asyncio.shield(work))


def _answer(given: Mapping[str, str]) -> Mapping[str, Any]:
    from probity.twin.expected.answer import answer
    from probity.twin.expected.answer_json import as_json
    from probity.twin.expected.setting import setting_of

    return as_json(answer(setting_of(given)))
