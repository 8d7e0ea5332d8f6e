"""The pages about the site itself: how it decides, its words, its limits, whose the data are."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from probity.claims.evidence import Evidence
from probity.publish.glossary import terms
from probity.publish.provenance import collected_on, provenance, software_version
from probity.publish.site.page import SitePage
from probity.publish.verdicts import VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLicences:
    """A bundled table: what it holds, and the licences of what is in it."""

    title: str
    file: str
    licences: tuple[str, ...]


def about_pages(evidence: Evidence, *, app: bool) -> Iterator[SitePage]:
    """Methods, glossary, limits, licences, how to cite; and, without the app, how to start it."""
    yield SitePage(
        path="methods.html",
        title="Methods",
        template="methods.html",
        values={"verdicts": {verdict.value: shown for verdict, shown in VERDICTS.items()}},
        nav="methods",
    )
    yield SitePage(
        path="glossary.html",
        title="Glossary",
        template="glossary.html",
        values={"terms": terms()},
        nav="glossary",
    )
    yield SitePage(path="limits.html", title="Limits", template="limits.html", nav="limits")
    yield SitePage(
        path="licences.html",
        title="Data and licences",
        template="licences.html",
        values={
            "tables": _tables(),
            "sources": sorted(
                evidence.sources, key=lambda s: (s.publisher.lower(), s.title, s.source_id)
            ),
            "provenance": provenance(evidence.bundle, [one.source for one in evidence.own]),
        },
        nav="licences",
    )
    yield SitePage(
        path="cite.html",
        title="How to cite",
        template="cite.html",
        values={"software": software_version(), "collected": collected_on()},
        nav="cite",
    )
    if not app:
        for name, title in (("live", "Live twin"), ("audit", "Audit"), ("test", "Test")):
            yield SitePage(
                path=f"{name}.html", title=title, template=f"start_{name}.html", nav=name
            )


def _tables() -> tuple[TableLicences, ...]:
    """The bundled tables, as the data package describes them."""
    text = (files("probity.records") / "data" / "datapackage.json").read_text("utf-8")
    return tuple(
        TableLicences(
            title=resource["title"],
            file=resource["path"],
            licences=tuple(licence["title"] for licence in resource["licenses"]),
        )
        for resource in json.loads(text)["resources"]
    )
