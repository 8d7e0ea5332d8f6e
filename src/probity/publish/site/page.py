"""A page of the evidence site: filled into the one shell that every page shares.

The same pages are written to files and served by the local app. Links between them are relative,
so a site works under any address and from a disk.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader

from probity.publish.figures.figure import Figure
from probity.publish.page import text_of, with_filters
from probity.publish.provenance import collected_on, software_version
from probity.publish.site.navigation import entries
from probity.publish.term_links import TermLinks

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'"
)
"""Content security policy of every page, as its ``meta`` element can state it."""

HEADER_POLICY = f"{POLICY}; frame-ancestors 'none'"
"""The same as a server's header states it: only there can framing be forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One page, ready to be rendered.

    Attributes
    ----------
    path : str
        Where it stands below the site's root: ``claims/C1.html``.
    title : str
        Its title, without the site's name.
    template : str
        Name of a template that extends ``shell.html``.
    values : Mapping of str to object
        What the template names.
    nav : str
        Key of the navigation's entry that the page belongs to; empty for none.
    scripts : tuple of str
        Names of files below ``assets/``, run in this order once the page is read.
    package : str
        Package whose ``templates`` directory holds the template.
    """

    path: str
    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    nav: str = ""
    scripts: tuple[str, ...] = ()
    package: str = "probity.publish.site"

    @property
    def root(self) -> str:
        """What leads from the page to the site's root: ``../`` for ``claims/C1.html``."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePart:
    """Some pages of the site, and the files that they use, by their path below the root."""

    pages: tuple[SitePage, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)


def render(page: SitePage, *, app: bool) -> bytes:
    """The page as it is written or served, in UTF-8.

    Parameters
    ----------
    page : SitePage
        What to show.
    app : bool
        Whether it is a page of the local app, whose navigation leads to the live views.

    Raises
    ------
    ValueError
        A value of the page has the name of one of the shell's own, such as its content policy.
    """
    root = page.root

    def csv_of(figure: Figure) -> str:
        return f"{root}{figure_csv(figure.figure_id)}"

    of_shell = {
        "page_title": page.title,
        "root": root,
        "app": app,
        "policy": POLICY,
        "scripts": page.scripts,
        "navigation": entries(app=app),
        "here": page.nav,
        "version": software_version(),
        "data_of": collected_on(),
        "glossary": f"{root}glossary.html",
        "method": f"{root}methods.html",
        "csv_of": csv_of,
        "new_links": lambda: TermLinks(glossary=f"{root}glossary.html"),
    }
    twice = sorted(of_shell.keys() & page.values.keys())
    if twice:
        raise ValueError(f"{page.path}: these names are the shell's own: {', '.join(twice)}")
    template = _environment(page.package).get_template(page.template)
    return text_of(template.render({**of_shell, **page.values})).encode("utf-8")


def figure_csv(figure_id: str) -> str:
    """Where the data behind a figure is, below the site's root."""
    return f"data/figures/{figure_id}.csv"


@cache
def _environment(package: str) -> Environment:
    packages = dict.fromkeys((package, "probity.publish.site", "probity.publish"))
    return with_filters(ChoiceLoader([PackageLoader(name) for name in packages]))
