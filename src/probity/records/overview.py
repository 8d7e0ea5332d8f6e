"""A selection of deployments with all that belongs beside its sums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from probity.core import Source
from probity.records.assemble import NOT_STATED
from probity.records.bundled import Bundle
from probity.records.cautions import cautions
from probity.records.conflicts import (
    Published,
    published_for_deployments,
    published_for_period,
)
from probity.records.grouping import By
from probity.records.schema import Deployment, Problem, Record
from probity.records.selection import Selection, select
from probity.records.summarise import Summary, summarise


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What ``probity records summary`` shows.

    Attributes
    ----------
    force : str or None
        The force asked for; None for every force.
    selection : Selection
        The rows, and those that could not be placed in the period.
    summary : Summary
        Their sums and rates.
    published : tuple of Published
        Totals published for the same force and period.
    versions : tuple of Published
        Other published versions of single deployments.
    problems : tuple of Problem
        Doubts found when files of the user were read; empty for the bundled data.
    cautions : tuple of str
        What to know before using the sums.
    sources : tuple of Source
        Every source of a figure in it.
    """

    force: str | None
    selection: Selection
    summary: Summary
    published: tuple[Published, ...]
    versions: tuple[Published, ...]
    problems: tuple[Problem, ...]
    cautions: tuple[str, ...]
    sources: tuple[Source, ...]


def overview_of_bundle(
    bundle: Bundle,
    *,
    force: str | None = None,
    start: date | None = None,
    end: date | None = None,
    by: By | None = None,
) -> Overview:
    """Summarise bundled deployments: one row per deployment, other versions beside them."""
    forces = (force,) if force else bundle.forces
    rows = tuple(d for name in forces for d in bundle.series(name))
    selection = select(rows, start=start, end=end)
    versions = published_for_deployments(selection.deployments, bundle=bundle)
    return _overview(selection, force, by, bundle, versions=versions, records=())


def overview_of_records(
    records: Sequence[Record],
    bundle: Bundle,
    *,
    force: str | None = None,
    start: date | None = None,
    end: date | None = None,
    by: By | None = None,
) -> Overview:
    """Summarise records read from files; the bundle gives published totals to set beside them.

    Where a file does not name the force, its rows are those of the force asked for.
    """
    rows = tuple(
        replace(d, force=force) if force and d.force == NOT_STATED else d
        for record in records
        for d in record.deployments
        if force in (None, d.force) or d.force == NOT_STATED
    )
    selection = select(rows, start=start, end=end)
    return _overview(selection, force, by, bundle, versions=(), records=records)


def _overview(
    selection: Selection,
    force: str | None,
    by: By | None,
    bundle: Bundle,
    *,
    versions: tuple[Published, ...],
    records: Sequence[Record],
) -> Overview:
    rows: tuple[Deployment, ...] = selection.deployments
    summary = summarise(rows, by=by)
    published: tuple[Published, ...] = ()
    if rows and force and selection.start and selection.end:
        published = published_for_period(
            rows, force=force, start=selection.start, end=selection.end, bundle=bundle
        )
    known = dict(bundle.sources) | {r.source.source_id: r.source for r in records}
    cited = [
        *summary.source_ids,
        *(c.source_id for c in summary.corrections),
        *(i for p in (*published, *versions) for v in p.elsewhere for i in v.source_ids),
    ]
    return Overview(
        force=force,
        selection=selection,
        summary=summary,
        published=published,
        versions=versions,
        problems=tuple(p for record in records for p in record.problems),
        cautions=cautions(rows, summary, bundle=bundle, force=force),
        sources=tuple(known[i] for i in dict.fromkeys(cited) if i in known),
    )
