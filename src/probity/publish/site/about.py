"""The pages about the site itself: how it decides, its words, what it cannot do."""

from probity.claims.evidence import Evidence
from probity.publish.glossary import terms
from probity.publish.provenance import provenance
from probity.publish.site.page import SitePage, SitePart
from probity.publish.verdicts import VERDICTS


def about(evidence: Evidence) -> SitePart:
    """Methods, glossary, and where the data come from."""
    verdicts = {verdict.value: shown for verdict, shown in VERDICTS.items()}
    return SitePart(
        pages=(
            SitePage(
                path="methods.html",
                title="How verdicts are decided",
                template="methods.html",
                values={"verdicts": verdicts},
                nav="methods",
            ),
            SitePage(
                path="glossary.html",
                title="Glossary",
                template="glossary.html",
                values={"terms": terms()},
                nav="glossary",
            ),
            SitePage(
                path="licences.html",
                title="Data and licences",
                template="licences.html",
                values={
                    "sources": sorted(
                        evidence.sources, key=lambda s: (s.publisher.lower(), s.title, s.source_id)
                    ),
                    "provenance": provenance([record.source for record in evidence.own]),
                },
                nav="licences",
            ),
        )
    )
