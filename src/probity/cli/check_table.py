"""Findings as a person reads them: the verdict first, then the claim, then the figures."""

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from probity.claims.check import count_verdicts
from probity.claims.finding import Finding, Measurement, Verdict
from probity.claims.words import key_figure
from probity.core import Undefined
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
    Verdict.SUPPORTED: "the whole interval is on the claimed side",
    Verdict.CONTRADICTED: "the whole interval is on the other side",
    Verdict.UNDECIDED: "the interval is on both sides, or published versions disagree",
    Verdict.UNTESTABLE: "what would test it is not published, or only the claim itself says it",
}
_MOST_CHARACTERS = 400


def print_findings(findings: Sequence[Finding]) -> None:
    """Print every finding, those of one verdict together, and what the verdicts mean."""
    terminal = Console(highlight=False)
    out = terminal if terminal.is_terminal else Console(highlight=False, width=PIPE_WIDTH)
    with out.capture() as printed:
        for verdict in Verdict:
            of_verdict = [f for f in findings if f.verdict is verdict]
            if of_verdict:
                out.print(_table(of_verdict))
        out.print(_legend(findings))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def _table(findings: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        lines = list(_lines(finding))
        body = Text("\n").join(lines)
        body.append("\n")
        table.add_row(_verdict(finding.verdict), body)
    return table


def _verdict(verdict: Verdict) -> Text:
    return Text(f"{SYMBOLS[verdict]} {verdict.upper():<12}", style=f"bold {_STYLES[verdict]}")


def _lines(finding: Finding) -> Iterator[Text]:
    claim = finding.claim
    title = Text(_safe(claim.title), style="bold")
    yield title.append(f" ({_safe(claim.claimant.name)})", style="not bold")
    measurements = finding.measurements
    yield Text(_safe(_named_figure(measurements[0])))
    for version in measurements[1 : finding.versions]:
        yield Text(_safe(f"another version: {key_figure(version)}"))
    for beside in measurements[finding.versions : finding.versions + 1]:
        yield Text(_safe(f"beside it, {_named_figure(beside)}"))
    for reading in finding.other_readings:
        if reading.verdict is not finding.verdict:
            yield Text(_safe(f"read as “{reading.words}”: {reading.verdict}"))
    if finding.needed is not None and finding.verdict is Verdict.UNDECIDED:
        yield Text(_safe(f"to settle it: {finding.needed.statement}"))
    if finding.tipping is not None:
        yield Text(_safe(f"it turns on {finding.tipping.unknown}: {_tips(finding)}"))
    yield Text(claim.claim_id, style="dim")


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
