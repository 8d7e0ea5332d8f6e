"""`probity audit --follow`: findings of a live log, as soon as they are final."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format

if TYPE_CHECKING:
    from probity.audit.stream.follow import RuleSoFar, Summary

SCHEMA = "probity/audit-follow/1"


def follow(
    log: str,
    *,
    policy: str,
    lateness: str,
    forget_after: str | None,
    state: Path | None,
    findings: Path | None,
    until_end: bool,
    output: Format,
) -> "Summary":
    """Follow a log, print each finding once it is final, and a summary at the end.

    An interrupt saves the state first; then it is raised.
    """
    from probity.audit.policy_file import load_policy
    from probity.audit.stream.follow import Following, Settings
    from probity.core import InputError

    if findings is not None and findings.suffix != ".jsonl":
        raise InputError(
            "no such kind of file for findings of a stream", file=findings, allowed=".jsonl"
        )
    settings = Settings(
        lateness_us=duration(lateness, "--lateness"),
        forget_after_us=None if forget_after is None else duration(forget_after, "--forget-after"),
        until_end=until_end,
    )
    tell = typer.echo if output is Format.JSON else _print_finding
    with _interrupts() as interrupted:
        following = Following(log, load_policy(policy), settings, state=state, findings=findings)
        with closing(following):
            if following.endless:
                typer.echo(_endless(following.endless), err=True)
            summary = following.run(tell=tell, stopped=interrupted)
    if output is Format.JSON:
        print_json(_as_json(summary))
    else:
        _print_summary(summary)
    if interrupted():
        raise KeyboardInterrupt
    return summary


def duration(text: str, option: str) -> int:
    """Microseconds of a length of time such as "10 s"."""
    from probity.audit.duration import UNITS, microseconds
    from probity.core import InputError

    number, _, unit = text.strip().partition(" ")
    try:
        return microseconds(number, unit.strip())
    except ValueError as error:
        raise InputError(
            f"{option}: {error}", got=text, allowed=f"a number and a unit: {', '.join(UNITS)}"
        ) from None


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Whether the user interrupted; the work stops where its state is whole."""
    seen: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        yield lambda: bool(seen)
    finally:
        signal.signal(signal.SIGINT, before)


def _print_finding(line: str) -> None:
    finding = json.loads(line)
    typer.echo(f"{finding['rule']}: {finding['sentence']}")


def _as_json(summary: "Summary") -> dict[str, Any]:
    values = asdict(summary)
    values["rules"] = [
        {**asdict(one), "rule": one.rule.rule_id, "title": one.rule.title} for one in summary.rules
    ]
    return {"schema": SCHEMA, **values}


def _print_summary(summary: "Summary") -> None:
    from probity.audit.plain_times import plain_moment

    until = "nothing yet" if summary.judged_to_us is None else plain_moment(summary.judged_to_us)
    typer.echo(f"{summary.events:,} events read, judged up to: {until}")
    for count, what in (
        (summary.held_back_events, "events held back: earlier ones may still come"),
        (summary.too_late, f"events came too late and were left out{_first(summary)}"),
        (summary.repeats, "events came again and were counted once"),
        (summary.conflicts, "events had a number that another had; the first counts"),
        (summary.after_end, "events lie after the end that the log states"),
        (summary.unreadable, "lines are no event and were left out"),
    ):
        if count:
            typer.echo(f"{count:,} {what}")
    if summary.endless:
        typer.echo(f"{summary.kept_events:,} events are still needed, and more will be: "
                   f"{', '.join(summary.endless)} look back without end")  # fmt: skip
    if summary.forgetful:
        rules = ", ".join(summary.forgetful)
        typer.echo(f"what is older than --forget-after counts as if it never happened in: {rules}")
    for example in summary.unreadable_examples:
        typer.echo(f"  {example}")
    for one in summary.rules:
        typer.echo(f"{one.rule.rule_id:<14} {_told(one)}")


def _endless(rules: tuple[str, ...]) -> str:
    return (
        f"{', '.join(rules)} look back without end: the state grows with the alerts, lists and "
        "deployments they ask for. --forget-after bounds it; what is older then counts as if it "
        "never happened."
    )


def _first(summary: "Summary") -> str:
    numbers = ", ".join(str(number) for number in summary.too_late_examples)
    return f" (first: {numbers})"


def _told(one: "RuleSoFar") -> str:
    parts = [f"{one.checked:,} checked", f"{one.findings:,} breaches", f"{one.open:,} open"]
    if one.unknown:
        parts.append(f"{one.unknown:,} unknown: a value is missing")
    if one.held_back:
        parts.append(f"{one.held_back:,} held back")
    if one.missing:
        parts.append("; ".join(one.missing))
    verdict = "" if one.verdict is None else f"{one.verdict.value}: "
    return verdict + ", ".join(parts)
