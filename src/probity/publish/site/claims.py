"""The pages of claims: the front, every claim by verdict and claimant, and one page for each."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from probity.claims.claim_review import claim_reviews
from probity.claims.finding import Finding, Verdict
from probity.claims.theme import Theme
from probity.core.errors import printable
from probity.publish.claim_page import ClaimPage, claim_page
from probity.publish.download import csv_file
from probity.publish.figures.render import drawn
from probity.publish.measure_words import measure_table
from probity.publish.site.page import SitePage, SitePart, figure_csv
from probity.publish.site.strip import strip
from probity.publish.verdicts import VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A claim in a list: what it shows, its small picture, and where its own page is."""

    name: str
    page: ClaimPage
    strip: Markup

    @property
    def path(self) -> str:
        """Its page, below the site's root."""
        return f"claims/{self.name}.html"

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.page.finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Claims that have something in common: a question, a verdict or who made them."""

    anchor: str
    words: str
    claims: tuple[Listed, ...]

    @property
    def by_verdict(self) -> tuple[Listed, ...]:
        """The same claims, those of one verdict together."""
        order = list(VERDICTS)
        return tuple(sorted(self.claims, key=lambda one: order.index(one.finding.verdict)))


def claims(findings: Sequence[Finding], *, done: Callable[[], None] | None = None) -> SitePart:
    """The front page, the lists and every claim's page, with the data behind their figures."""
    listed = []
    for finding, name in zip(findings, _names(findings), strict=True):
        page = claim_page(finding, anchor=f"claim-{name}")
        listed.append(Listed(name=name, page=page, strip=strip(page)))
    questions = _by_question(listed)
    pages = [_front(listed, questions), _lists(listed)]
    files: dict[str, bytes] = {}
    for one in listed:
        together = next(question for question in questions if one in question.claims)
        pages.append(_page(one, together))
        files.update(_files(one))
        if done is not None:
            done()
    return SitePart(pages=tuple(pages), files=files)


def _names(findings: Sequence[Finding]) -> list[str]:
    """A file name for each claim: its id, numbered where two files use the same one."""
    seen = Counter[str]()
    names = []
    for finding in findings:
        # "index" is the page of the lists, and file systems may not tell "C1" from "c1".
        claim_id = finding.claim.claim_id
        key = claim_id.lower()
        seen[key] += 1
        number = seen[key] + (key == "index")
        names.append(f"{claim_id}.{number}" if number > 1 else claim_id)
    return names


def _by_question(listed: Sequence[Listed]) -> tuple[Group, ...]:
    """Claims by the question they belong to, those of all sides together."""
    return tuple(
        Group(anchor=f"on-{theme.value}", words=theme.question, claims=found)
        for theme in Theme
        if (found := tuple(one for one in listed if one.finding.claim.theme is theme))
    )


def _front(listed: Sequence[Listed], questions: tuple[Group, ...]) -> SitePage:
    counts = Counter[Verdict](one.finding.verdict for one in listed)
    return SitePage(
        path="index.html",
        title="Claims about police facial recognition, tested",
        template="front.html",
        values={
            "count": len(listed),
            "tally": [(v.value, shown, counts[v]) for v, shown in VERDICTS.items()],
            "untestable": counts[Verdict.UNTESTABLE],
            "questions": questions,
            "claimants": sorted({one.finding.claim.claimant.name for one in listed}),
        },
        nav="findings",
        scripts=("front.js",),
    )


def _lists(listed: Sequence[Listed]) -> SitePage:
    claimants = dict.fromkeys(one.finding.claim.claimant.name for one in listed)
    return SitePage(
        path="claims/index.html",
        title="Every claim, by verdict and by who made it",
        template="claim_lists.html",
        values={
            "verdicts": [
                (
                    shown,
                    Group(
                        anchor=verdict.value,
                        words=shown.word,
                        claims=tuple(o for o in listed if o.finding.verdict is verdict),
                    ),
                )
                for verdict, shown in VERDICTS.items()
            ],
            "claimants": [
                Group(
                    anchor=f"by-{number}",
                    words=name,
                    claims=tuple(o for o in listed if o.finding.claim.claimant.name == name),
                )
                for number, name in enumerate(sorted(claimants), start=1)
            ],
        },
        nav="findings",
    )


def _page(one: Listed, together: Group) -> SitePage:
    return SitePage(
        path=one.path,
        title=printable(one.finding.claim.title, limit=300),
        template="claim_page.html",
        values={
            "page": one.page,
            "name": one.name,
            "together": together,
            "drawings": {figure.figure_id: drawn(figure) for figure in one.page.figures},
            "verdicts": {verdict.value: shown for verdict, shown in VERDICTS.items()},
        },
        nav="findings",
    )


def _files(one: Listed) -> dict[str, bytes]:
    """A claim's measures as CSV, its ClaimReview, and the data of its figures."""
    review = claim_reviews([one.finding], page=f"{one.name}.html")
    return {
        f"data/claims/{one.name}.csv": csv_file(measure_table(one.finding.measurements)),
        f"claims/{one.name}.jsonld": _json(review),
        **{figure_csv(figure.figure_id): csv_file(figure.table) for figure in one.page.figures},
    }


def _json(document: object) -> bytes:
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return text.encode("utf-8", errors="replace")
