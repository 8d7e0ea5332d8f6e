"""The local app for tests: ready at once, with a small site, asked without a network."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from probity.web.app import make_app
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
