"""Filling the templates: everything escaped, style inside the file, no script allowed to run."""

import base64
import hashlib
import math
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from probity.claims import words
from probity.core import Source
from probity.core.errors import printable
from probity.publish.download import csv_link
from probity.publish.figures.figure import Cell
from probity.publish.figures.theme import colour_rules
from probity.publish.sentences import capital, listed
from probity.publish.term_links import TermLinks

_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The page as text; ``values`` are what the template names.

    The style sheet is part of the page, and the content security policy allows that one by its
    digest and nothing else: no script, no connection, no frame, no form.
    """
    style = colour_rules() + files("probity.publish").joinpath("style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    page = (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704 (our own file, without input)
            policy=policy,
            new_links=TermLinks,
            **values,
        )
    )
    # Half a surrogate pair in a name of a stranger's file cannot be written as UTF-8.
    return page.encode("utf-8", errors="replace").decode("utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("probity.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        address=address,
        host=host,
        cell=cell,
        day=words.day,
        csv_link=csv_link,
        capital=capital,
        listed=listed,
        slug=slug,
    )
    return environment


def address(source: Source) -> str | None:
    """The web address of a source; None where there is none that a browser should open."""
    url = source.url or ""
    return url if _WEB.fullmatch(url) else None


def host(url: str) -> str:
    """The host of an address, which is what a link says."""
    try:
        name = urlsplit(url).hostname
    except ValueError:  # brackets that enclose no IPv6 address
        name = None
    return printable((name or "link").removeprefix("www."))


def cell(value: Cell) -> str:
    """A cell as a reader sees it; its unrounded value is in the download."""
    if value is None:
        return "not stated"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if math.isfinite(value) else "no bound"
    return value


def slug(text: str) -> str:
    """The text as part of an id."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text)
