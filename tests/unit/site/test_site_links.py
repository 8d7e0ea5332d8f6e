"""Every page of a site is well formed, and every link of it leads to something in it."""

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from sites import hostile_site, sample_site


class _Page(HTMLParser):
    """What a page refers to, the ids that it has, and what no page may have."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src"} and value is not None:
                self.addresses.append(value)
            elif name == "id" and value:
                self.ids.append(value)
            elif name == "style" or name.startswith("on"):
                self.forbidden.append(f"<{tag} {name}={value}>")
        names = dict(attrs)
        if tag == "style" or (tag == "script" and not names.get("src") and not names.get("type")):
            self.forbidden.append(f"inline <{tag}>")


@dataclass(frozen=True)
class _Site:
    """The files of a site, and its pages as read."""

    files: Mapping[str, bytes]
    pages: Mapping[str, _Page]


@cache
def _read(name: str) -> _Site:
    files = sample_site() if name == "sample" else hostile_site()
    pages = {}
    for path, content in files.items():
        if path.endswith(".html"):
            pages[path] = _Page()
            pages[path].feed(content.decode("utf-8"))
    return _Site(files, pages)


@pytest.fixture(params=["sample", "hostile"])
def site(request: pytest.FixtureRequest) -> _Site:
    """A site; it is built when the first test asks for it."""
    return _read(request.param)


def test_every_link_leads_to_a_file_and_a_place_in_it(site: _Site) -> None:
    ids = {path: set(page.ids) for path, page in site.pages.items()}
    broken = []
    for path, page in site.pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme:
                continue
            joined = posixpath.join(posixpath.dirname(path), unquote(parts.path))
            target = posixpath.normpath(joined) if parts.path else path
            if target not in site.files or (parts.fragment and parts.fragment not in ids[target]):
                broken.append(f"{path}: {address}")
    assert broken == []


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(site: _Site) -> None:
    for path, page in site.pages.items():
        assert page.forbidden == [], path
        schemes = {urlsplit(address).scheme for address in page.addresses}
        assert schemes <= {"", "data", "https", "http"}, path
    for path, content in site.files.items():
        if path.endswith((".css", ".js")):
            assert not re.search(rb"https?:|//[a-z]", content.replace(b"// ", b"")), path


def test_ids_are_unique_on_their_page(site: _Site) -> None:
    for path, page in site.pages.items():
        assert len(page.ids) == len(set(page.ids)), path


def test_the_list_of_files_is_true(repository: Path) -> None:
    site = dict(sample_site())
    listed = json.loads(site.pop("site.json"))
    schema = json.loads((repository / "docs/reference/schemas/site.json").read_text())
    jsonschema.validate(listed, schema)
    assert [file["path"] for file in listed["files"]] == list(site)
    assert all(
        file["sha256"] == hashlib.sha256(site[file["path"]]).hexdigest()
        and file["bytes"] == len(site[file["path"]])
        for file in listed["files"]
    )
