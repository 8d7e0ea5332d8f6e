"""The pages of claims: the front, which lists them, and one page for each."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from probity.claims.finding import Finding, Verdict
from probity.claims.theme import Theme
from probity.publish.claim_page import ClaimPage, claim_page
from probity.publish.download import csv_file
from probity.publish.figures.render import drawn
from probity.publish.site.page import SitePage, SitePart, figure_csv
from probity.publish.verdicts import VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A claim on the front page: what it shows, and where its own page is."""

    path: str
    page: ClaimPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the debate, and the claims that answer it."""

    anchor: str
    words: str
    claims: tuple[Listed, ...]


def claims(findings: Sequence[Finding], *, done: Callable[[], None] | None = None) -> SitePart:
    """The front page and every claim's page, with the data behind their figures."""
    listed, pages, files = [], [], {}
    for finding, name in zip(findings, _names(findings), strict=True):
        page = claim_page(finding, anchor=f"claim-{name}")
        one = Listed(path=f"claims/{name}.html", page=page)
        listed.append(one)
        pages.append(_page(one))
        files.update({figure_csv(f.figure_id): csv_file(f.table) for f in page.figures})
        if done is not None:
            done()
    return SitePart(pages=(_front(listed), *pages), files=files)


def _names(findings: Sequence[Finding]) -> list[str]:
    """A file name for each claim: its id, numbered where two files use the same one."""
    seen = Counter[str]()
    names = []
    for finding in findings:
        claim_id = finding.claim.claim_id
        seen[claim_id] += 1
        names.append(f"{claim_id}.{seen[claim_id]}" if seen[claim_id] > 1 else claim_id)
    return names


def _page(one: Listed) -> SitePage:
    return SitePage(
        path=one.path,
        title=one.page.finding.claim.title,
        template="claim_page.html",
        values={
            "page": one.page,
            "drawings": {figure.figure_id: drawn(figure) for figure in one.page.figures},
            "verdicts": {verdict.value: shown for verdict, shown in VERDICTS.items()},
        },
        nav="findings",
    )


def _front(listed: Sequence[Listed]) -> SitePage:
    counts = Counter[Verdict](one.page.finding.verdict for one in listed)
    return SitePage(
        path="index.html",
        title="Claims about police facial recognition, tested",
        template="front.html",
        values={
            "count": len(listed),
            "claimants": list(dict.fromkeys(o.page.finding.claim.claimant.name for o in listed)),
            "tally": [(shown, counts[verdict]) for verdict, shown in VERDICTS.items()],
            "questions": tuple(
                Question(anchor=f"on-{theme.value}", words=theme.question, claims=found)
                for theme in Theme
                if (found := tuple(o for o in listed if o.page.finding.claim.theme is theme))
            ),
        },
        nav="findings",
    )
