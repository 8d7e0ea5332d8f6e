"""The report: one file with every verdict, its evidence, and the record behind it."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Verdict
from probity.core import Source
from probity.core.files import write_atomically
from probity.publish.claim_page import ClaimPage, claim_page
from probity.publish.figures.figure import Figure
from probity.publish.figures.render import draw
from probity.publish.glossary import terms
from probity.publish.page import fill
from probity.publish.provenance import provenance, software_version
from probity.publish.record_page import RecordPage, record_page
from probity.publish.verdicts import VERDICTS

Progress = Callable[[int, int], None]
"""Called with drawings done and drawings in all."""


def write_report(
    findings: Sequence[Finding],
    evidence: Evidence,
    *,
    out: Path,
    progress: Progress | None = None,
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
    progress : callable, optional
        Told how many drawings are done, and how many there are.

    Raises
    ------
    OSError
        ``out`` cannot be written; it is then as it was.
    """
    write_atomically(out, report(findings, evidence, progress=progress).encode("utf-8"))


def report(
    findings: Sequence[Finding], evidence: Evidence, *, progress: Progress | None = None
) -> str:
    """The report as text. Parameters as in ``write_report``."""
    pages = tuple(
        claim_page(finding, anchor=anchor)
        for finding, anchor in zip(findings, _anchors(findings), strict=True)
    )
    record = record_page(evidence)
    figures = [figure for page in pages for figure in page.figures]
    figures += record.figures if record else ()
    return fill(
        "report.html",
        {
            "pages": _by_verdict(pages),
            "record": record,
            "drawings": _drawings(figures, progress),
            "tally": _tally(findings),
            "verdicts": {verdict.value: shown for verdict, shown in VERDICTS.items()},
            "claimants": list(dict.fromkeys(f.claim.claimant.name for f in findings)),
            "terms": terms(),
            "sources": _sources(pages, record),
            "provenance": provenance([record.source for record in evidence.own]),
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


def _by_verdict(pages: Sequence[ClaimPage]) -> tuple[ClaimPage, ...]:
    """Claims in the order of the verdicts; within one, in the order they were given."""
    order = list(VERDICTS)
    return tuple(sorted(pages, key=lambda page: order.index(page.finding.verdict)))


def _tally(findings: Sequence[Finding]) -> list[tuple[Any, int]]:
    counts = Counter[Verdict](finding.verdict for finding in findings)
    return [(shown, counts[verdict]) for verdict, shown in VERDICTS.items()]


def _drawings(figures: Sequence[Figure], progress: Progress | None) -> dict[str, dict[str, Markup]]:
    """Every figure's drawings, by its id and the space they are made for."""
    every = sum(len(figure.specs) for figure in figures)
    drawn: dict[str, dict[str, Markup]] = {}
    for figure in figures:
        for space, spec in figure.specs.items():
            svg = draw(
                spec,
                drawing_id=f"{figure.figure_id}-{space}",
                description=figure.description,
            )
            # The renderer's XML escapes every label; it is parsed and written anew in ``draw``.
            drawn.setdefault(figure.figure_id, {})[space] = Markup(svg)  # noqa: S704
            if progress is not None:
                progress(sum(map(len, drawn.values())), every)
    return drawn


def _sources(pages: Sequence[ClaimPage], record: RecordPage | None) -> tuple[Source, ...]:
    """Every source on the page, once, by publisher and title."""
    cited = [source for page in pages for source in page.sources]
    cited += record.sources if record else ()
    unique = {source.source_id: source for source in cited}
    return tuple(sorted(unique.values(), key=lambda s: (s.publisher.lower(), s.title, s.source_id)))
