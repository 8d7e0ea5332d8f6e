"""Verdicts as schema.org ClaimReview, in JSON-LD.

The rating is the verdict's word (``alternateName``) with its explanation. There is no number: a
``ratingValue`` needs a ``bestRating`` and a ``worstRating``, and the four verdicts are no scale.
"Undecided" and "untestable" do not lie between "supported" and "contradicted"; a number would
make readers and machines average them. Consumers that require a number cannot use this rating,
and that is meant.
"""

from collections.abc import Sequence
from typing import Any

from probity.claims.finding import Finding, Verdict
from probity.core import Source

EXPLANATION = {
    Verdict.SUPPORTED: "The whole of every interval of the measure lies on the claimed side.",
    Verdict.CONTRADICTED: "The whole of every interval of the measure lies on the other side.",
    Verdict.UNDECIDED: "The measure leaves both sides possible.",
    Verdict.UNTESTABLE: "What would test it is not published.",
}
TITLES_MOST = 75
"""Search engines show about this much of ``claimReviewed``."""


def claim_reviews(
    findings: Sequence[Finding], *, page: str = "", published: str | None = None
) -> dict[str, Any]:
    """Every finding as a ClaimReview, in one JSON-LD graph.

    Parameters
    ----------
    findings : sequence of Finding
        As ``check`` gives them.
    page : str
        Address of the page that shows the findings. Empty: addresses relative to the page that
        carries this document.
    published : str, optional
        ISO date of that page. Left out when not given: nothing here reads a clock.
    """
    return {
        "@context": "https://schema.org",
        "@graph": [_review(finding, page=page, published=published) for finding in findings],
    }


def _review(finding: Finding, *, page: str, published: str | None) -> dict[str, Any]:
    claim = finding.claim
    address = f"{page}#{claim.claim_id}"
    return _without_none(
        {
            "@type": "ClaimReview",
            "@id": address,
            "url": address,
            "datePublished": published,
            "author": {"@type": "Organization", "name": "Probity"},
            "claimReviewed": _shortened(claim.title),
            "reviewBody": finding.rule,
            "reviewRating": {
                "@type": "Rating",
                "alternateName": finding.verdict.value.capitalize(),
                "ratingExplanation": EXPLANATION[finding.verdict],
            },
            "itemReviewed": _without_none(
                {
                    "@type": "Claim",
                    "name": claim.title,
                    "text": claim.words,
                    "author": {"@type": "Organization", "name": claim.claimant.name},
                    "datePublished": claim.said_on,
                    "appearance": [_work(source) for source in finding.said_in],
                }
            ),
            "citation": [_work(source) for source in _evidence(finding)] or None,
        }
    )


def _evidence(finding: Finding) -> list[Source]:
    measured = finding.measurements[: finding.versions]
    return list({s.source_id: s for m in measured for s in m.sources}.values())


def _work(source: Source) -> dict[str, Any]:
    return _without_none(
        {
            "@type": "CreativeWork",
            "name": source.title,
            "publisher": {"@type": "Organization", "name": source.publisher},
            "url": source.url,
        }
    )


def _shortened(title: str) -> str:
    if len(title) <= TITLES_MOST:
        return title
    return title[: TITLES_MOST - 1].rsplit(" ", 1)[0] + "…"


def _without_none(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
