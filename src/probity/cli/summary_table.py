"""The summary as a person reads it: sums beside published figures, rates, breaks, cautions."""

import sys
from collections.abc import Iterable
from math import floor, log10

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from probity.core import EventRate, Rate, Total, Undefined
from probity.core.errors import printable
from probity.records.conflicts import Published
from probity.records.overview import Overview
from probity.records.rates import FACES_PER_HOUR, GroupRate
from probity.records.summarise import Group

PIPE_WIDTH = 100
"""Columns used where there is no terminal to ask."""

_TOTALS = (
    ("deployments", "deployments"),
    ("faces_seen", "faces seen"),
    ("alerts", "alerts"),
    ("true_alerts", "true alerts"),
    ("false_alerts", "false alerts"),
    ("arrests", "arrests"),
    ("duration_minutes", "hours"),
)
_SCALED = {
    "false_alerts_per_face_seen": (1e6, "false alerts per million faces"),
    "alerts_per_face_seen": (1e3, "alerts per 1,000 faces"),
    "false_share_of_alerts": (100.0, "false share of alerts, percent"),
}


def print_overview(overview: Overview) -> None:
    """Print a summary to the terminal, or as plain text to a pipe."""
    terminal = Console(highlight=False)
    out = terminal if terminal.is_terminal else Console(highlight=False, width=PIPE_WIDTH)
    with out.capture() as printed:
        _print(out, overview)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def _print(out: Console, overview: Overview) -> None:
    whole = overview.summary.whole
    _heading(out, _title(overview))
    if whole.deployments:
        out.print(_totals(whole, overview.published))
        out.print(_rates(whole))
        if whole.segments:
            _heading(out, "Between the breaks in faces seen")
            out.print(_segments(whole.segments))
        if overview.summary.groups:
            _heading(out, f"By {overview.summary.by}")
            out.print(_groups(overview.summary.groups))
        if overview.versions:
            _heading(out, "Deployments published with other figures elsewhere")
            out.print(_versions(overview.versions))
    _bullets(out, "Read this with the figures", _remarks(overview))
    _bullets(out, "Sources", (f"{s.source_id}: {s.publisher}, {s.title}" for s in overview.sources))


def _title(overview: Overview) -> str:
    first, last = overview.selection.start, overview.selection.end
    period = "all dates" if not first and not last else f"{first or '…'} to {last or '…'}"
    return f"{printable(overview.force or 'All forces')}, {period}"


def _heading(out: Console, text: str) -> None:
    out.print(Text(text, style="bold"))


def _table(*headings: str) -> Table:
    """A table with a left-aligned first column and right-aligned figures."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left")
    return table


def _totals(whole: Group, published: Iterable[Published]) -> Table:
    elsewhere = {p.column: p for p in published}
    table = _table("", "sum of rows", "rows without")
    if elsewhere:
        table.add_column("published elsewhere", justify="left", overflow="fold")
    for column, label in _TOTALS:
        value = whole.deployments if column == "deployments" else whole.totals[column]
        missing = "" if column == "deployments" else f"{whole.missing[column]:,}"
        cells = [label, _count(value, column), missing]
        if elsewhere:
            cells.append(_elsewhere(elsewhere.get(column)))
        table.add_row(*cells)
    return table


def _elsewhere(published: Published | None) -> str:
    if published is None:
        return ""
    lines = []
    for version in published.elsewhere:
        value = f"{version.value:,}" if isinstance(version.value, int) else str(version.value)
        same = version.value == published.used.value
        note = "same" if same else "[bold]conflict[/bold]"
        lines.append(f"{value}  {note}  {escape(', '.join(version.source_ids))}")
    return "\n".join(lines)


def _rates(group: Group) -> Table:
    table = _table("", "counts", "value", "95% interval")
    for rate in group.rates:
        scale, name = _SCALED.get(rate.name, (1.0, rate.name.replace("_", " ")))
        mark = " *" if rate.uses_faces and group.breaks else ""
        table.add_row(f"{name}{mark}", *_rate_cells(rate, scale))
        words, interval = [], ""
        if isinstance(rate.clustered, Rate | EventRate):
            words.append("by deployment")
            interval = _interval(rate.clustered, scale)
        if rate.rows_left_out:
            words.append(f"{_rows(rate.rows_left_out)} left out")
        if words:
            table.add_row(f"  {', '.join(words)}", "", "", interval, style="dim")
    return table


def _rate_cells(rate: GroupRate, scale: float) -> tuple[str, str, str]:
    measured = rate.measured
    if isinstance(measured, Undefined):
        return "", "undefined", measured.reason
    if isinstance(measured, Total):
        return "", _figure(measured.value), "none: a total"
    if isinstance(measured, Rate):
        counts = f"{measured.count.k:,} of {measured.count.n:,}"
    else:
        counts = f"{measured.events.k:,} over {measured.events.exposure:,.0f}"
    return counts, _figure(measured.value * scale), _interval(measured, scale)


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _interval(measured: Rate | EventRate, scale: float) -> str:
    return f"{_figure(measured.low * scale)} to {_figure(measured.high * scale)}"


def _segments(segments: Iterable[Group]) -> Table:
    table = _table(
        "",
        "deploy-\nments",
        "faces\nseen",
        "faces\nper hour",
        "alerts\nper hour",
        "false per\nmillion",
    )
    for group in segments:
        by_name = {rate.name: rate.measured for rate in group.rates}
        false = by_name["false_alerts_per_face_seen"]
        table.add_row(
            group.key,
            f"{group.deployments:,}",
            _count(group.totals["faces_seen"]),
            _value(by_name[FACES_PER_HOUR]),
            _value(by_name["alerts_per_hour"]),
            f"{_figure(false.value * 1e6)}\n[dim]{_interval(false, 1e6)}[/dim]"
            if isinstance(false, Rate)
            else "undefined",
        )
    return table


def _groups(groups: Iterable[Group]) -> Table:
    table = _table(
        "",
        "deploy-\nments",
        "faces\nseen",
        "alerts",
        "true",
        "false",
        "arrests",
        "false share\nof alerts",
    )
    table.columns[0].overflow = "fold"
    for group in groups:
        share = next(r.measured for r in group.rates if r.name == "false_share_of_alerts")
        table.add_row(
            escape(printable(group.key)),
            f"{group.deployments:,}",
            _marked(group, "faces_seen") + (" *" if group.breaks else ""),
            *(_marked(group, c) for c in ("alerts", "true_alerts", "false_alerts", "arrests")),
            f"{_figure(share.value * 100)} %\n[dim]{_interval(share, 100)}[/dim]"
            if isinstance(share, Rate)
            else "undefined",
        )
    return table


def _marked(group: Group, column: str) -> str:
    """The sum of a column, with a mark where rows of the group do not print it."""
    value = _count(group.totals[column])
    return f"{value}+" if group.missing[column] and group.totals[column] is not None else value


def _versions(versions: Iterable[Published]) -> Table:
    table = _table("", "figure", "used", "elsewhere")
    table.add_column("source", overflow="fold")
    for published in versions:
        other = published.elsewhere[0]
        table.add_row(
            escape(printable(published.about)),
            (published.column or "in words").replace("_", " "),
            _plain(published.used.value),
            _plain(other.value),
            escape(", ".join(other.source_ids)),
        )
    return table


def _remarks(overview: Overview) -> list[str]:
    remarks = list(overview.cautions)
    groups = overview.summary.groups
    if any(isinstance(r.clustered, Rate | EventRate) for r in overview.summary.whole.rates):
        remarks.append(
            "95% intervals take alerts to come independently of each other; those 'by deployment' "
            "are widened by as much as deployments differ from each other"
        )
    if overview.summary.whole.breaks or any(g.breaks for g in groups):
        remarks.append("* pooled over a break in faces seen: do not compare")
    if any(g.missing[c] and g.totals[c] is not None for g in groups for c, _ in _TOTALS[1:-1]):
        remarks.append("+ some rows of the group do not print this figure (--format json counts)")
    if overview.published:
        remarks.extend(dict.fromkeys(b for p in overview.published for b in p.basis.split("; ")))
    remarks.extend(
        f"{p.about}: {', '.join(v.source_ids)} says: {v.note}"
        for p in overview.versions
        for v in p.elsewhere
        if p.column is None
    )
    if overview.selection.unplaced:
        ids = ", ".join(printable(d.record_id) for d in overview.selection.unplaced[:10])
        remarks.append(
            f"{len(overview.selection.unplaced)} deployments may or may not be in the period, by "
            f"their dates as printed, and are left out: {ids}"
        )
    if overview.problems:
        remarks.append(
            f"{len(overview.problems)} doubtful cells or rows were found in the files: "
            "see probity records problems"
        )
    return remarks


def _bullets(out: Console, title: str, lines: Iterable[str]) -> None:
    listed = list(lines)
    if not listed:
        return
    _heading(out, title)
    for line in listed:
        grid = Table.grid(padding=(0, 1))
        grid.add_row("-", escape(printable(line, limit=1000)))
        out.print(grid)
    out.print()


def _count(value: int | None, column: str = "") -> str:
    if value is None:
        return "–"
    return f"{value / 60:,.0f}" if column == "duration_minutes" else f"{value:,}"


def _plain(value: int | str | None) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value or "–")


def _value(measured: Rate | EventRate | Total | Undefined) -> str:
    return "undefined" if isinstance(measured, Undefined) else _figure(measured.value)


def _figure(value: float) -> str:
    """At least three significant figures, without an exponent."""
    places = 2 - floor(log10(abs(value))) if value else 0
    return f"{value:,.{max(places, 0)}f}"
