"""The pages of the evidence site, built by another process and served from memory.

Only what was built can be asked for: a path is a key of a mapping, never a place on the disk.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from probity.publish.site.style_and_scripts import style_and_scripts
from probity.web.jobs import end_group
from probity.web.pages import View

_BUILDING = View(title="Testing the claims", template="building.html", scripts=("building.js",))

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
"""Of what a page shows; anything else is for download."""


@dataclass(slots=True, eq=False)
class Site:
    """Files by their path below the root, and how far the building has come.

    ``done`` of ``total`` steps are done; ``total`` is 0 until it is known.
    """

    files: dict[str, bytes] = field(default_factory=lambda: dict(style_and_scripts()))
    done: int = 0
    total: int = 0
    ready: bool = False
    failed: bool = False

    async def build(self) -> None:
        """Have the pages built, and take them over when all are there."""
        folder = Path(tempfile.mkdtemp(prefix="probity-site-"))
        try:
            self.failed = not await self._built(folder)
            if not self.failed:
                self.files |= await asyncio.to_thread(_read, folder)
                self.ready = True
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _built(self, folder: Path) -> bool:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "probity.web.site_work", str(folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        if process.stdout is None:
            raise RuntimeError("the process was started without its pipe")
        try:
            async for line in process.stdout:
                told = json.loads(line)
                self.done, self.total = told["done"], told["total"]
            return await process.wait() == 0
        finally:
            end_group(process.pid)
            await process.wait()

    async def page(self, request: Request) -> Response:
        """A file of the site; while they are being built, a page that says so."""
        path = request.path_params.get("path") or "index.html"
        content = self.files.get(path)
        if content is not None:
            return served(path, content)
        if self.ready:
            raise HTTPException(404)
        front = path == "index.html"
        return _BUILDING.answer(
            request,
            {"done": self.done, "total": self.total, "failed": self.failed},
            status=200 if front else 503,
            headers={} if front else {"retry-after": "5"},
        )

    async def state(self, request: Request) -> Response:  # noqa: ARG002
        """How far the building has come, for the page that waits for it."""
        return JSONResponse(
            {
                "ready": self.ready,
                "failed": self.failed,
                "done": self.done,
                "total": self.total,
            }
        )


def served(path: str, content: bytes, *, headers: Mapping[str, str] | None = None) -> Response:
    """A file with the type that its ending says."""
    ending = os.path.splitext(path)[1].lower()
    kind = TYPES.get(ending)
    if kind is None:
        return Response(
            content,
            media_type="application/octet-stream",
            headers={"content-disposition": "attachment", **(headers or {})},
        )
    return Response(content, media_type=kind, headers=headers)


def _read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
