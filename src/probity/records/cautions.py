"""What a reader must know before using the sum of a set of deployments, in sentences."""

from collections import Counter
from collections.abc import Sequence

from probity.records.bundled import Bundle
from probity.records.schema import Deployment
from probity.records.summarise import Summary

ARRESTS_OR_DISPOSALS = frozenset({"mps-grid-2020-2022", "ho-holyhead-2025-11"})
"""Sources whose column of arrests is headed "arrests or disposals"."""

TRANSCRIPTIONS = frozenset({"mps-record-2025-tr", "mps-record-2026-tr"})
"""Sources that are a third party's transcription of the operator's document."""


def cautions(
    deployments: Sequence[Deployment], summary: Summary, *, bundle: Bundle, force: str | None
) -> tuple[str, ...]:
    """Return every caution that applies, the weightiest first."""
    if not deployments:
        return _nothing_selected(bundle, force)
    return tuple(
        caution
        for caution in (
            _counted_twice(deployments),
            summary.whole.warning,
            _several_forces(deployments),
            _not_the_operators_document(deployments),
            _disposals_among_arrests(deployments),
            _grouping(deployments, summary),
            *(
                f"{c.record_id} prints the date {c.printed_date} and is counted under "
                f"{c.counted_date}: {c.reason[0].lower()}{c.reason[1:]} (source {c.source_id})"
                for c in summary.corrections
            ),
        )
        if caution
    )


def _nothing_selected(bundle: Bundle, force: str | None) -> tuple[str, ...]:
    totals = [r for r in bundle.rows if r.deployment.force == force and r.kind != "deployment"]
    if totals and force and not bundle.series(force):
        return (
            f"no single deployment of {force} is in the bundled data; its published totals and "
            f"trials ({len(totals)}) cannot be summed",
        )
    return ("no deployment is in this selection",)


def _counted_twice(deployments: Sequence[Deployment]) -> str:
    seen = Counter(
        (d.force, d.date_start, d.place, d.faces_seen, d.alerts, d.arrests) for d in deployments
    )
    if repeats := sum(seen.values()) - len(seen):
        rows = "1 row repeats" if repeats == 1 else f"{repeats} rows repeat"
        return (
            f"{rows} the date, place and figures of another row: a deployment may be counted "
            "twice, as when two of the files hold it"
        )
    return ""


def _several_forces(deployments: Sequence[Deployment]) -> str:
    forces = {d.force for d in deployments}
    if len(forces) == 1:
        return ""
    return (
        f"sums over {len(forces)} forces mix layouts that define arrests, engagements and true "
        "and false alerts differently; for most forces few deployments are published"
    )


def _not_the_operators_document(deployments: Sequence[Deployment]) -> str:
    others = sum(d.confidence != "primary" for d in deployments)
    if not others:
        return ""
    caution = (
        f"{others} of {len(deployments)} rows are not read from the operator's own document but "
        "from a transcription or a press report (column confidence)"
    )
    if any(d.source_id in TRANSCRIPTIONS for d in deployments):
        caution += (
            "; where transcription and document can be compared, alerts or arrests differ in 14 "
            "of 112 rows, in 13 of them by 1"
        )
    return caution


def _disposals_among_arrests(deployments: Sequence[Deployment]) -> str:
    mixed = sum(d.source_id in ARRESTS_OR_DISPOSALS for d in deployments)
    if not mixed:
        return ""
    return f'{mixed} of {len(deployments)} rows print "arrests or disposals" in place of arrests'


def _grouping(deployments: Sequence[Deployment], summary: Summary) -> str:
    if summary.by == "borough" and (unstated := sum(not d.borough for d in deployments)):
        return (
            "a borough is stated only where the printed place contains its name: "
            f"{unstated} of {len(deployments)} rows have none"
        )
    if summary.by == "use-case":
        return (
            "use cases are as printed: numbers are purposes whose meaning differs between "
            "documents, words are the use cases printed from September 2024"
        )
    if summary.by == "place":
        return "places are as printed: one place can be spelt in several ways"
    return ""
