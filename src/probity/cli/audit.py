"""`probity audit`: a policy, executed over an event log."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format, FormatOption, ReportOption, write_report

if TYPE_CHECKING:
    from probity.audit.audit import AuditResult


class EngineName(StrEnum):
    """What runs the rules; the verdicts are the same."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    REFERENCE = "reference"


class FailOn(StrEnum):
    """What makes the command fail (exit code 1)."""

    BREACH = "breach"


def audit(
    log: Annotated[
        Path | None, typer.Argument(help="Event log: Parquet, JSON Lines, CSV, Arrow or OCEL 2.0.")
    ] = None,
    *,
    policy: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="A bundled policy, or a .toml file.")
    ] = None,
    policies: Annotated[
        bool, typer.Option("--policies", help="List the bundled policies and their rules.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(help="TOML: the operator's own names for events and fields.")
    ] = None,
    output: FormatOption = Format.TABLE,
    examples: Annotated[
        int, typer.Option(min=0, max=1000, help="Breaches shown for each rule.")
    ] = 3,
    findings: Annotated[
        Path | None, typer.Option(help="Also write every breach: .csv, .jsonl or .parquet.")
    ] = None,
    report: ReportOption = None,
    engine: Annotated[EngineName, typer.Option(help="What runs the rules.")] = EngineName.DUCKDB,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Exit with 1 if any rule is breached.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on reading as the log grows; LOG may be -.")
    ] = False,
    lateness: Annotated[
        str | None, typer.Option(help="How late an event may come, with --follow.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Directory to go on from after an interruption.")
    ] = None,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Stop where the log ends, with --follow.")
    ] = False,
    forget_after: Annotated[
        str | None, typer.Option(help="Let rules look back no further than this, with --follow.")
    ] = None,
) -> None:
    """Run every rule of a written policy over a system's event log.

    Each rule gets one of four verdicts: breached, not observable (the log lacks what it needs,
    which is named), undecided (a deadline lies beyond the end of the log) or satisfied. Rules
    that no log can decide say what would. Every breach has the events that prove it.
    """
    if policies:
        _list_policies(policy, output)
        return
    if log is None or policy is None:
        raise typer.BadParameter("give a LOG and --policy, or --policies for a list of them")
    if follow:
        from probity.cli.audit_follow import follow as run_follow

        if mapping is not None or report is not None or engine is not EngineName.DUCKDB:
            raise typer.BadParameter(
                "a log that is followed has our own names, no end to report on, and an engine of "
                "its own: no --mapping, no --report and no --engine"
            )
        summary = run_follow(
            str(log), policy=policy, lateness=lateness or "10 s", forget_after=forget_after,
            state=state, findings=findings, until_end=until_end, output=output,
        )  # fmt: skip
        # A rate in breach has no findings; a finding may be told before there is any verdict.
        breached = any(one.findings or one.verdict == "breached" for one in summary.rules)
        if fail_on is FailOn.BREACH and breached:
            raise typer.Exit(1)
        return
    if until_end or state is not None or lateness is not None or forget_after is not None:
        raise typer.BadParameter(
            "--lateness, --state, --until-end and --forget-after go with --follow"
        )
    _refuse_before_any_work(findings, engine)
    from contextlib import ExitStack

    from probity.audit.audit import audit as run
    from probity.audit.log import open_log
    from probity.audit.policy_file import load_policy
    from probity.cli.progress import slow_call

    chosen = load_policy(policy)
    with ExitStack() as stack:
        with slow_call("reading the log"):
            opened = stack.enter_context(open_log(log, mapping=mapping))
        with slow_call("running the rules"):
            result = run(opened, chosen, engine=engine.value)
        written = None if findings is None else _write(result, findings)
        page = None if report is None else _page(result, examples)
        if output is Format.JSON:
            from probity.audit.as_json import as_json

            print_json(as_json(result, examples=examples))
        else:
            from probity.cli.audit_table import print_audit

            print_audit(result, examples=examples)
    if written is not None:
        typer.echo(f"{written:,} findings are in {findings}", err=output is Format.JSON)
    if report is not None and page is not None:
        write_report(page, out=report, output=output)
    if fail_on is FailOn.BREACH and result.verdicts()["breached"]:
        raise typer.Exit(1)


def _refuse_before_any_work(findings: Path | None, engine: EngineName) -> None:
    if findings is not None:
        from probity.audit.findings_file import require_known_ending

        require_known_ending(findings)
    if engine is EngineName.SPARK:
        from probity.audit.engine.spark_session import require_spark

        require_spark()


def _write(result: "AuditResult", findings: Path) -> int:
    from probity.audit.findings_file import write_findings
    from probity.cli.progress import slow_work

    total = sum(len(one.breached) for one in result.rules)
    with slow_work("writing findings", total=total) as step:
        return write_findings(result, findings, on_finding=step)


def _page(result: "AuditResult", examples: int) -> str:
    from probity.cli.progress import slow_call
    from probity.publish.audit_page import audit_page

    with slow_call("drawing the page"):
        return audit_page(result, examples=examples)


def _list_policies(policy: str | None, output: Format) -> None:
    from probity.audit.policy_file import known_policies, load_policy

    loaded = [load_policy(name) for name in (known_policies() if policy is None else (policy,))]
    if output is Format.JSON:
        from probity.audit.as_json import policies_as_json

        print_json(policies_as_json(loaded))
    else:
        from probity.cli.audit_table import print_policies

        print_policies(loaded)
