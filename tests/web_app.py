"""The local app for tests: ready at once, with a small site, asked without a network."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.testclient import TestClient

from probity.web.app import make_app
from probity.web.server import listening
from probity.web.site import Site

ADDRESS = "http://127.0.0.1:8765"
FRONT = b"<!doctype html><title>Front</title>"


@contextmanager
def running_app() -> Iterator[TestClient]:
    """A client of an app that has two pages of evidence, and everything of its own."""
    site = Site(ready=True)
    site.files |= {
        "index.html": FRONT,
        "claims/C1.html": b"<!doctype html><title>C1</title>",
        "data/deployments.csv": b"a,b\n1,2\n",
    }
    app = make_app(host="127.0.0.1", port=8765, site=site)
    with TestClient(
        app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield client


def token_of(client: TestClient, page: str = "/audit.html") -> str:
    """The token that the forms of this app carry."""
    found = re.search(r'name="token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


OURS = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
"""What a browser says of a form that one of our pages sends."""


@contextmanager
def served_app() -> Iterator[str]:
    """The address of an app that listens on a free port of this machine."""
    made = listening("127.0.0.1", 0)
    port = made.getsockname()[1]
    site = Site(ready=True)
    site.files |= {"index.html": FRONT}
    app = make_app(host="127.0.0.1", port=port, site=site)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        made.close()
