"""Tables of `probity measure`, for people to read."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from probity.core import Estimate, Rate, Undefined
from probity.core.errors import printable

if TYPE_CHECKING:
    from probity.performance.intervals.effective import PersonRate
    from probity.performance.plan import Plan, Repeats
    from probity.performance.verification import OperatingPoint, Verification
    from probity.performance.verification_json import Generalised


def print_verification(found: "Verification", generalised: "Generalised | None") -> None:
    """Equal error rate, FNMR at the FMRs asked for, whole-system rates and groups."""
    console = Console()
    percent = f"{100 * found.level:g}%"
    say(
        console,
        f"{found.comparisons:,} comparisons: {found.mated:,} mated, {found.nonmated:,} non-mated. "
        "A comparison matches when score >= threshold.",
    )
    rows = []
    for fmr, point in found.fnmr_at_fmr:
        if isinstance(point, Undefined):
            rows.append((f"FMR {fmr:g}", "", point.reason, ""))
        else:
            rows.append((f"FMR {fmr:g}", f"{point.threshold:.9g}", *_point(point)))
    if isinstance(found.eer, Undefined):
        rows.append(("EER", "", found.eer.reason, ""))
    else:
        at = found.eer.at
        name = f"EER {found.eer.value:.6g}"
        rows.append((name, f"{at.threshold:.9g}", *_point(at)))
    headings = ("", "threshold", f"FMR ({percent} interval)", f"FNMR ({percent} interval)")
    print_table(console, headings, rows)
    if generalised:
        print_table(
            console,
            ("threshold", f"GFAR ({percent} interval)", f"GFRR ({percent} interval)"),
            [(f"{t:.9g}", _said(gfar), _said(gfrr)) for t, gfar, gfrr in generalised],
        )
    if found.groups:
        print_table(
            console,
            ("probe group", "reference group", "threshold", "FMR", "FNMR"),
            [
                (
                    _named(group.probe_group),
                    _named(group.reference_group),
                    f"{threshold:.9g}",
                    _both(fmr),
                    _both(fnmr),
                )
                for group in found.groups
                for threshold, fmr, fnmr in group.at
            ],
        )
    for sentence in found.about_intervals:
        say(console, sentence)


def print_plans(plans: "tuple[Plan, ...]", shows: str, repeats: "Repeats") -> None:
    """What each group needs."""
    console = Console()
    say(
        console,
        f"To show: {shows}. {repeats.passes} passes per subject, correlation "
        f"{repeats.correlation:g}: design effect {repeats.design_effect:g}.",
    )
    rows = [
        (
            _named(plan.group),
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
    print_table(console, headings, rows)


def say(console: Console, sentence: str) -> None:
    """A sentence, wrapped on a terminal only."""
    console.print(sentence, highlight=False, markup=False, soft_wrap=not console.is_terminal)
    if not console.is_terminal:
        console.file.flush()


def print_table(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal; lines of cells parted by tabs in a pipe."""
    if not console.is_terminal:
        for row in (headings, *rows):
            sys.stdout.write("\t".join(row) + "\n")
        return
    table = Table()
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def _named(group: str | None) -> str:
    return "all" if group is None else printable(group, limit=40)


def _point(point: "OperatingPoint") -> tuple[str, str]:
    return _both(point.false_matches), _both(point.false_nonmatches)


def _both(rate: "PersonRate") -> str:
    if isinstance(rate.over_people, Undefined):
        return _said(rate.naive)
    return f"{_said(rate.over_people)} over people; naive {_bounds(rate.naive)}"


def _bounds(rate: Rate | Undefined) -> str:
    return "" if isinstance(rate, Undefined) else f"({rate.low:.3g} to {rate.high:.3g})"


def _said(measured: Rate | Estimate | Undefined) -> str:
    if isinstance(measured, Undefined):
        return f"undefined: {measured.reason}"
    counts = f"{measured.count.k}/{measured.count.n} = " if isinstance(measured, Rate) else ""
    return f"{counts}{measured.value:.4g} ({measured.low:.3g} to {measured.high:.3g})"
