"""Tables of `probity measure`, for people to read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from probity.core import Estimate, Rate, Undefined

if TYPE_CHECKING:
    from probity.performance.plan import Plan, Repeats
    from probity.performance.verification import Verification
    from probity.performance.verification_json import Generalised


def print_verification(found: "Verification", generalised: "Generalised | None") -> None:
    """Equal error rate, FNMR at the FMRs asked for, whole-system rates and groups."""
    console = Console()
    percent = f"{100 * found.level:g}%"
    console.print(
        f"{found.comparisons:,} comparisons: {found.mated:,} mated, {found.nonmated:,} non-mated. "
        "A comparison matches when score >= threshold.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    rows = []
    for fmr, point in found.fnmr_at_fmr:
        if isinstance(point, Undefined):
            rows.append((f"FMR {fmr:g}", "", point.reason, ""))
        else:
            rows.append(
                (f"FMR {fmr:g}", f"{point.threshold:.9g}", _said(point.fmr), _said(point.fnmr))
            )
    if isinstance(found.eer, Undefined):
        rows.append(("EER", "", found.eer.reason, ""))
    else:
        at = found.eer.at
        name = f"EER {found.eer.value:.6g}"
        rows.append((name, f"{at.threshold:.9g}", _said(at.fmr), _said(at.fnmr)))
    headings = ("", "threshold", f"FMR ({percent} interval)", f"FNMR ({percent} interval)")
    _print_table(console, headings, rows)
    if generalised:
        _print_table(
            console,
            ("threshold", f"GFAR ({percent} interval)", f"GFRR ({percent} interval)"),
            [(f"{t:.9g}", _said(gfar), _said(gfrr)) for t, gfar, gfrr in generalised],
        )
    if found.groups:
        _print_table(
            console,
            ("probe group", "reference group", "threshold", "FMR", "FNMR"),
            [
                (
                    group.probe_group or "all",
                    group.reference_group or "all",
                    f"{threshold:.9g}",
                    _said(fmr),
                    _said(fnmr),
                )
                for group in found.groups
                for threshold, fmr, fnmr in group.at
            ],
        )
    console.print(
        "Intervals take comparisons as independent. Those of one person are not: "
        "the true uncertainty is larger.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def print_plans(plans: "tuple[Plan, ...]", shows: str, repeats: "Repeats") -> None:
    """What each group needs."""
    console = Console()
    console.print(
        f"To show: {shows}. {repeats.passes} passes per subject, correlation "
        f"{repeats.correlation:g}: design effect {repeats.design_effect:g}.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    rows = [
        (
            plan.group,
            f"{plan.subjects:,}",
            f"{plan.probes:,}",
            f"{plan.independent_probes:,}",
            "" if plan.most_events is None else f"{plan.most_events:,}",
            f"{plan.power:.3f}",
            f"{plan.level:.4g}",
        )
        for plan in plans
    ]
    headings = ("group", "subjects", "probes", "if independent", "most events", "power", "level")
    _print_table(console, headings, rows)


def _print_table(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Rich table on a terminal; tab-separated lines in a pipe."""
    if not console.is_terminal:
        for row in (headings, *rows):
            console.print("\t".join(row), highlight=False, markup=False, soft_wrap=True)
        return
    table = Table()
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(cell.replace("[", "\\[") for cell in row))
    console.print(table)


def _said(measured: Rate | Estimate | Undefined) -> str:
    if isinstance(measured, Undefined):
        return f"undefined: {measured.reason}"
    counts = f"{measured.count.k}/{measured.count.n} = " if isinstance(measured, Rate) else ""
    return f"{counts}{measured.value:.4g} ({measured.low:.3g} to {measured.high:.3g})"
