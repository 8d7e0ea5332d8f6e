"""An audit as a person reads it: the verdict first, then the rule, then each breach in words."""

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from probity.audit.as_json import explanation
from probity.audit.audit import NEEDS_A_DOCUMENT, AuditResult, verdict_of
from probity.audit.outcome import Verdict
from probity.audit.plain_times import plain_moment
from probity.audit.rule import Policy
from probity.audit.verdict import RuleResult
from probity.core.errors import printable

PIPE_WIDTH = 80
"""Columns used where there is no terminal to ask."""
_STYLES = {
    Verdict.BREACHED.value: "red",
    Verdict.NOT_OBSERVABLE.value: "cyan",
    Verdict.UNDECIDED.value: "yellow",
    Verdict.SATISFIED.value: "green",
    NEEDS_A_DOCUMENT: "cyan",
}
SYMBOLS = {
    Verdict.BREACHED.value: "✗",
    Verdict.NOT_OBSERVABLE.value: "–",
    Verdict.UNDECIDED.value: "?",
    Verdict.SATISFIED.value: "✓",
    NEEDS_A_DOCUMENT: "·",
}
_MEANS = {
    Verdict.BREACHED.value: "the log shows that the rule was not kept",
    Verdict.NOT_OBSERVABLE.value: "the log lacks what the rule needs",
    Verdict.UNDECIDED.value: "a deadline lies beyond the end of the log",
    Verdict.SATISFIED.value: "nothing that was checked is in breach",
    NEEDS_A_DOCUMENT: "no log can decide it",
}
_STATUS = {
    "UNVERIFIED": "UNVERIFIED: not checked against the document",
    "DERIVED": "DERIVED: a limit of ours, not of the document",
}
_MOST_CHARACTERS = 1_000


def print_audit(result: AuditResult, *, examples: int) -> None:
    """Print the log, its problems, every rule by verdict, and what the verdicts mean."""
    with _Page() as out:
        out.print(_head(result))
        table = _grid()
        for verdict in _STYLES:
            for one in result.rules:
                if verdict_of(one) == verdict:
                    lines = list(_lines(result, one, examples))
                    table.add_row(_verdict(verdict), Text("\n").join(lines).append("\n"))
        out.print(table)
        for verdict, count in result.verdicts().items():
            out.print(Text.assemble(_verdict(verdict), f"{count:>4}  {_MEANS[verdict]}"))


def print_policies(policies: Sequence[Policy]) -> None:
    """Print what is bundled: each policy, and its rules with how well they are sourced."""
    with _Page() as out:
        for policy in policies:
            out.print(Text.assemble((policy.name, "bold"), f"  {_safe(policy.title)}"))
            table = _grid()
            for rule in policy.rules:
                how = "log" if rule.check is not None else "document"
                table.add_row(
                    Text(f"  {rule.rule_id}"), Text(f"{_safe(rule.title)} ({how}, {rule.status})")
                )
            out.print(table)
            out.print()


class _Page:
    """A console whose lines have no trailing blanks, 80 columns wide where there is no terminal."""

    def __enter__(self) -> Console:
        terminal = Console(highlight=False)
        self._out = terminal if terminal.is_terminal else Console(highlight=False, width=PIPE_WIDTH)
        self._capture = self._out.capture()
        self._capture.__enter__()
        return self._out

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        self._capture.__exit__(None, None, None)
        if kind is None:
            lines = self._capture.get().splitlines()
            sys.stdout.write("".join(f"{line.rstrip()}\n" for line in lines))


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _head(result: AuditResult) -> Text:
    log, policy = result.log, result.policy
    lines = [
        Text.assemble((_safe(policy.title), "bold"), f" ({policy.name})"),
        Text(f"{log.events:,} events{_span(result)}"),
        *(Text(f"Log: {_safe(problem.sentence)}") for problem in log.problems),
    ]
    if not log.declared:
        lines.append(
            Text(
                "Log: it does not say which kinds of event its system records; a kind that never "
                "occurs is taken as not recorded"
            )
        )
    return Text("\n").join(lines).append("\n")


def _span(result: AuditResult) -> str:
    start, end = result.log.from_us, result.log.to_us
    if start is None or end is None:
        return ""
    return f", {plain_moment(start)} to {plain_moment(end)}"


def _lines(result: AuditResult, one: RuleResult, examples: int) -> Iterator[Text]:
    rule = one.rule
    yield Text.assemble((_safe(rule.title), "bold"), "  ", (rule.rule_id, "dim"))
    yield Text(_safe(explanation(one)))
    if rule.check is not None and rule.status in _STATUS:
        yield Text(_STATUS[rule.status], style="dim")
    for finding in result.findings(one, most=examples):
        yield Text(f"- {_safe(finding.sentence)}")
    if examples and len(one.breached) > examples:
        yield Text(f"- and {len(one.breached) - examples:,} more (--findings FILE for all)")


def _verdict(verdict: str) -> Text:
    return Text(f"{SYMBOLS[verdict]} {verdict.upper():<16}", style=f"bold {_STYLES[verdict]}")


def _safe(text: str) -> str:
    """Text of a log or of a policy file, which must not steer the terminal."""
    return printable(text, limit=_MOST_CHARACTERS)
