"""The report: one file with every verdict, its evidence, and the record behind it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Verdict
from probity.claims.theme import Theme
from probity.core import Source
from probity.core.files import write_atomically
from probity.publish.claim_page import ClaimPage, claim_page
from probity.publish.figures.render import drawn
from probity.publish.glossary import terms
from probity.publish.page import fill
from probity.publish.provenance import provenance, software_version
from probity.publish.record_page import RecordPage, record_page
from probity.publish.verdicts import VERDICTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the debate, and the claims that answer it."""

    anchor: str
    words: str
    pages: tuple[ClaimPage, ...]


Done = Callable[[], None]
"""Called after the drawings of each claim, and after those of the record."""


def write_report(
    findings: Sequence[Finding], evidence: Evidence, *, out: Path, done: Done | None = None
) -> None:
    """Write the report to ``out``, whole or not at all.

    The same findings and evidence give the same bytes.

    Parameters
    ----------
    findings : sequence of Finding
        As ``claims.check.check`` gives them.
    evidence : Evidence
        What they were tested on.
    out : Path
        The HTML file; its directory is made where it is missing.
    done : callable, optional
        Called ``len(findings) + 1`` times, for showing progress.

    Raises
    ------
    OSError
        ``out`` cannot be written; it is then as it was.
    """
    write_atomically(out, report(findings, evidence, done=done).encode("utf-8"))


def report(findings: Sequence[Finding], evidence: Evidence, *, done: Done | None = None) -> str:
    """The report as text. Parameters as in ``write_report``."""
    pages = tuple(
        claim_page(finding, anchor=anchor)
        for finding, anchor in zip(findings, _anchors(findings), strict=True)
    )
    record = record_page(evidence)
    drawings = {}
    for part in (*pages, record):
        for figure in part.figures if part else ():
            drawings[figure.figure_id] = drawn(figure)
        if done is not None:
            done()
    return fill(
        "report.html",
        {
            "count": len(pages),
            "questions": _questions(pages),
            "record": record,
            "drawings": drawings,
            "tally": _tally(findings),
            "verdicts": {verdict.value: shown for verdict, shown in VERDICTS.items()},
            "claimants": list(dict.fromkeys(f.claim.claimant.name for f in findings)),
            "terms": terms(),
            "sources": _sources(pages, record),
            "provenance": provenance(evidence.bundle, [r.source for r in evidence.own]),
            "version": software_version(),
        },
    )


def _anchors(findings: Sequence[Finding]) -> list[str]:
    """A fragment for each claim: its id, numbered where two files use the same one."""
    seen = Counter[str]()
    anchors = []
    for finding in findings:
        claim_id = finding.claim.claim_id
        seen[claim_id] += 1
        repeat = f".{seen[claim_id]}" if seen[claim_id] > 1 else ""
        anchors.append(f"claim-{claim_id}{repeat}")
    return anchors


def _questions(pages: Sequence[ClaimPage]) -> tuple[Question, ...]:
    """Claims by the question they belong to, those of all sides together."""
    return tuple(
        Question(anchor=f"on-{theme.value}", words=theme.question, pages=found)
        for theme in Theme
        if (found := tuple(page for page in pages if page.finding.claim.theme is theme))
    )


def _tally(findings: Sequence[Finding]) -> list[tuple[Any, int]]:
    counts = Counter[Verdict](finding.verdict for finding in findings)
    return [(shown, counts[verdict]) for verdict, shown in VERDICTS.items()]


def _sources(pages: Sequence[ClaimPage], record: RecordPage | None) -> tuple[Source, ...]:
    """Every source on the page, once, by publisher and title."""
    cited = [source for page in pages for source in page.sources]
    cited += record.sources if record else ()
    unique = {source.source_id: source for source in cited}
    return tuple(sorted(unique.values(), key=lambda s: (s.publisher.lower(), s.title, s.source_id)))
