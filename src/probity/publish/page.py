"""Filling the templates: everything escaped, style inside the file, no script allowed to run."""

import base64
import hashlib
import math
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from probity.claims import words
from probity.core import Source
from probity.core.errors import printable
from probity.publish.download import csv_link
from probity.publish.figures.figure import Cell, Figure
from probity.publish.figures.theme import colour_rules
from probity.publish.sentences import capital, listed
from probity.publish.term_links import TermLinks

_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The page as text; ``values`` are what the template names.

    The style sheet is part of the page, and the content security policy allows that one by its
    digest and nothing else: no script, no connection, no frame, no form.
    """
    return text_of(
        with_filters(PackageLoader("probity.publish"))
        .get_template(template)
        .render(
            {
                "style": Markup(_style()),  # noqa: S704 (our own file, without input)
                "policy": page_policy(),
                "glossary": "",
                "method": "#method",
                "csv_of": csv_of,
                "new_links": TermLinks,
                **values,
            }
        )
    )


def page_policy() -> str:
    """Content security policy of the pages that ``fill`` gives: their own style, and nothing."""
    digest = base64.b64encode(hashlib.sha256(_style().encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _style() -> str:
    return colour_rules() + style_sheet("style.css")


def text_of(page: str) -> str:
    """The page as it can be written: half a surrogate pair in a stranger's name is no UTF-8."""
    return page.encode("utf-8", errors="replace").decode("utf-8")


def style_sheet(name: str) -> str:
    """One of the style sheets of this package."""
    return files("probity.publish").joinpath(name).read_text("utf-8")


def csv_of(figure: Figure) -> str:
    """Where the data behind a figure is: in the page itself."""
    return csv_link(figure.table)


def with_filters(loader: BaseLoader) -> Environment:
    """What fills the templates of a loader: everything escaped, nothing left out silently."""
    environment = Environment(
        loader=loader,
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
