"""Findings as a person reads them: the verdict first, then the claim, then the figures."""

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from probity.claims.check import count_verdicts
from probity.claims.finding import Finding, Measurement, Verdict
from probity.claims.theme import Theme
from probity.claims.words import key_figure
from probity.core import Rate, Undefined
from probity.core.errors import printable

PIPE_WIDTH = 100
"""Columns used where there is no terminal to ask."""
SYMBOLS = {
    Verdict.SUPPORTED: "✓",
    Verdict.CONTRADICTED: "✗",
    Verdict.UNDECIDED: "?",
    Verdict.UNTESTABLE: "–",
}
_STYLES = {
    Verdict.SUPPORTED: "green",
    Verdict.CONTRADICTED: "red",
    Verdict.UNDECIDED: "yellow",
    Verdict.UNTESTABLE: "cyan",
}
_MEANS = {
    Verdict.SUPPORTED: "the whole of every interval is on the claimed side",
    Verdict.CONTRADICTED: "the whole of every interval is on the other side",
    Verdict.UNDECIDED: "an interval is on both sides, or intervals or published versions disagree",
    Verdict.UNTESTABLE: "what would test it is not published, or only the claim itself says it",
}
_MOST_CHARACTERS = 400


def print_findings(findings: Sequence[Finding], *, in_full: bool) -> None:
    """Print every finding, those on one question together, and what the verdicts mean.

    ``in_full`` adds other versions, other readings, what would settle the claim, and on what
    unpublished number it turns.
    """
    terminal = Console(highlight=False)
    out = terminal if terminal.is_terminal else Console(highlight=False, width=PIPE_WIDTH)
    with out.capture() as printed:
        for theme in Theme:
            on_theme = [f for f in findings if f.claim.theme is theme]
            if on_theme:
                out.print(Text(f"{theme.question}\n", style="bold underline"))
                out.print(_table(on_theme, in_full=in_full))
        out.print(_legend(findings))
        if not in_full:
            out.print(Text("\nMore on one claim: probity check --claims ID", style="dim"))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def _table(findings: Sequence[Finding], *, in_full: bool) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        body = Text("\n").join(_lines(finding, in_full=in_full))
        table.add_row(_verdict(finding.verdict), body.append("\n"))
    return table


def _verdict(verdict: Verdict) -> Text:
    return Text(f"{SYMBOLS[verdict]} {verdict.upper():<12}", style=f"bold {_STYLES[verdict]}")


def _lines(finding: Finding, *, in_full: bool) -> Iterator[Text]:
    claim, measurements = finding.claim, finding.measurements
    yield Text.assemble(
        (_safe(claim.title), "bold"),
        f" ({_safe(claim.claimant.name)})  ",
        (claim.claim_id, "dim"),
    )
    yield Text(_safe(_named_figure(measurements[0])))
    beside = measurements[finding.versions : finding.versions + 1]
    if in_full or isinstance(measurements[0].measured, Rate):
        for one in beside:
            yield Text(_safe(f"beside it, {_named_figure(one)}; {one.population}"))
    if in_full:
        yield from _more_lines(finding)


def _more_lines(finding: Finding) -> Iterator[Text]:
    for version in finding.measurements[1 : finding.versions]:
        yield Text(_safe(f"another version: {key_figure(version)}"))
    for reading in finding.other_readings:
        if reading.verdict is not finding.verdict:
            yield Text(_safe(f"read as “{reading.words}”: {reading.verdict}"))
    if finding.needed is not None and finding.verdict is not Verdict.SUPPORTED:
        yield Text(_safe(f"to settle it: {finding.needed.statement}"))
    if finding.tipping is not None:
        yield Text(_safe(f"it turns on {finding.tipping.unknown}: {_tips(finding)}"))


def _tips(finding: Finding) -> str:
    return "; ".join(finding.tipping.readings) if finding.tipping else ""


def _legend(findings: Sequence[Finding]) -> Text:
    counts = count_verdicts(findings)
    lines = [
        Text.assemble(_verdict(verdict), f"{counts[verdict]:>3}  {_MEANS[verdict]}")
        for verdict in Verdict
    ]
    claims = "1 claim" if len(findings) == 1 else f"{len(findings)} claims"
    return Text("\n").join([Text(f"{claims}, one rule:", style="bold"), *lines])


def _named_figure(measurement: Measurement) -> str:
    if isinstance(measurement.measured, Undefined):
        return key_figure(measurement)
    title = measurement.title
    return f"{title[:1].lower()}{title[1:]}: {key_figure(measurement)}"


def _safe(text: str) -> str:
    """Text of a claims file, which must not steer the terminal."""
    return printable(text, limit=_MOST_CHARACTERS)
