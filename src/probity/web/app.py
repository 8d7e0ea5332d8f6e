"""The app: every route, behind the guard."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from probity.core import InputError
from probity.web.computed import Computed
from probity.web.guard import Guard, hosts_of, new_token
from probity.web.jobs import Jobs
from probity.web.live.views import Live
from probity.web.pages import of_failure, of_http, of_input
from probity.web.site import Site
from probity.web.what_if import WhatIf

UPLOADS = frozenset({"/audit.html", "/test.html"})


def make_app(*, host: str, port: int, site: Site | None = None, live: Live | None = None) -> Guard:
    """The app that answers at an address.

    Parameters
    ----------
    site : Site, optional
        Pages of the evidence that are ready; left out, another process builds them from the
        moment the app starts.
    live : Live, optional
        Sessions of the live twin, for a caller who has to end them before the app itself ends.
    """
    site, jobs, live, what_if = site or Site(), Jobs(), live or Live(), WhatIf()
    site.files |= own_assets()
    routes = [
        *Computed(jobs).routes,
        *live.routes,
        *what_if.routes,
        Route("/site-state.json", site.state, methods=["GET"]),
        Route("/{path:path}", site.page, methods=["GET"]),
    ]

    async def prepare() -> None:
        await site.build()
        await what_if.warm()

    @contextlib.asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
        tasks = [asyncio.create_task(live.sweep())]
        if not site.ready:
            tasks.append(asyncio.create_task(prepare()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await jobs.close()
            await live.close()

    return Guard(app=_starlette(routes, running), hosts=hosts_of(host, port), uploads=UPLOADS)


def _starlette(routes: Sequence[Route], lifespan: object) -> Starlette:
    app = Starlette(
        routes=list(routes),
        exception_handlers={
            HTTPException: of_http,
            InputError: of_input,
            Exception: of_failure,
        },
        lifespan=lifespan,  # type: ignore[arg-type]
    )
    app.state.token = new_token()
    return app


def own_assets() -> dict[str, bytes]:
    """The app's style and scripts, beside those of the site."""
    folder = files("probity.web") / "static"
    return {f"assets/{one.name}": one.read_bytes() for one in folder.iterdir() if one.is_file()}
