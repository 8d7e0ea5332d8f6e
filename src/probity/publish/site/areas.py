"""A page for each place: a borough of London, or all of another force."""

from collections import Counter
from collections.abc import Iterator, Sequence

from probity.claims.evidence import Evidence
from probity.core import Source
from probity.publish.record_page import notes_on_sums, sums_by_year
from probity.publish.site.page import SitePage
from probity.publish.site.shown_rows import Area, ShownRow
from probity.records.cautions import cautions
from probity.records.grouping import By
from probity.records.places import Known
from probity.records.summarise import summarise


def area_pages(rows: Sequence[ShownRow], evidence: Evidence) -> Iterator[SitePage]:
    """The page of every place that a row is listed under."""
    areas: dict[Area, list[ShownRow]] = {}
    for row in rows:
        areas.setdefault(row.area, []).append(row)
    for area, listed in areas.items():
        yield _page(area, listed, evidence)


def _page(area: Area, rows: Sequence[ShownRow], evidence: Evidence) -> SitePage:
    counted = [row for row in rows if not row.not_counted]
    figures = tuple(row.deployment for row in reversed(counted))
    summary = summarise(figures, by=By.YEAR) if counted else None
    known = Counter(row.known for row in counted if row.known is not Known.NOT)
    sources: dict[Source, Counter[str]] = {}
    for row in counted:
        sources.setdefault(row.source, Counter())[row.year] += 1
    return SitePage(
        path=area.path,
        title=f"Deployments in {area.name}" if area.borough else f"Deployments: {area.name}",
        template="area.html",
        values={
            "area": area,
            "rows": rows,
            "counted": len(counted),
            "years": Counter(row.year for row in counted),
            "spots": Counter(row.place for row in counted).most_common(12),
            "different_spots": len({row.place for row in counted}),
            "sums": sums_by_year(summary) if summary else None,
            "notes": notes_on_sums(summary) if summary else (),
            "cautions": cautions(figures, summary, bundle=evidence.bundle, force=None)
            if summary
            else (),
            "known": sorted(known.items(), key=lambda pair: list(Known).index(pair[0])),
            "sources": sources,
        },
        nav="deployments",
        scripts=("records.js",),
    )
