"""The app's own pages, in the shell of the evidence site, and its pages of errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from probity.core.errors import printable
from probity.publish.site.page import SitePage, render


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page of the app: what it is called, and which template says it.

    ``token`` goes into every form.
    """

    title: str
    template: str
    nav: str = ""
    scripts: tuple[str, ...] = ()

    def answer(
        self,
        request: Request,
        values: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """The page, as the answer to a request; links lead from where it was asked for."""
        page = SitePage(
            path=request.url.path.lstrip("/"),
            title=self.title,
            template=self.template,
            nav=self.nav,
            scripts=self.scripts,
            package="probity.web",
            values={"token": request.app.state.token, **(values or {})},
        )
        return HTMLResponse(render(page, app=True), status_code=status, headers=headers)


_PROBLEM = View(title="That did not work", template="problem.html")


def problem(request: Request, *, status: int, sentence: str) -> Response:
    """A page that says what went wrong, and nothing of the inside."""
    return _PROBLEM.answer(request, {"sentence": printable(sentence, limit=1_000)}, status=status)


async def of_http(request: Request, error: Exception) -> Response:
    """The page of an error with a status."""
    if not isinstance(error, HTTPException):
        raise error
    sentence = error.detail
    if sentence == HTTPStatus(error.status_code).phrase:
        sentence = {404: "There is no such page.", 405: "That is not possible here."}.get(
            error.status_code, sentence
        )
    answer = problem(request, status=error.status_code, sentence=sentence)
    answer.headers.update(error.headers or {})  # such as what is possible where this is not
    return answer


async def of_input(request: Request, error: Exception) -> Response:
    """The page of input that cannot be used."""
    return problem(request, status=400, sentence=str(error))


async def of_failure(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """The page of a failure of ours: the terminal has the particulars."""
    return problem(
        request, status=500, sentence="Probity failed. The terminal it runs in says more."
    )
