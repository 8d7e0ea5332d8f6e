"""`probity publish`: pages and files for others to read and check."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Write pages for others to read and check.", no_args_is_help=True)


@app.callback()
def publish() -> None:
    """Keep `report` a command of its own although it is the only one so far."""


@app.command()
def report(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("out/report.html"),
    claims: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Claims of one organisation, one claim by its id, or a claims file (.toml); can "
            "be given several times. Without it: every bundled claim.",
        ),
    ] = None,
    records: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A deployment record of yours (PDF, CSV, XLSX, ODS); its rows replace the bundled "
            "ones of the same force and dates. Can be given several times.",
        ),
    ] = None,
) -> None:
    """Write the report: every verdict with its evidence, and the record, in one HTML file."""
    from probity.claims.check import check
    from probity.claims.evidence import Evidence
    from probity.claims.load import load_claims
    from probity.cli.progress import slow_work
    from probity.core import InputError
    from probity.publish.report import write_report
    from probity.records.bundled import load
    from probity.records.reader import read

    loaded = load_claims(claims)
    files, count = records or [], sum(len(one.claims) for one in loaded)
    with slow_work("testing and drawing", total=len(files) + 2 * count + 1) as step:
        own = []
        for file in files:
            own.append(read(file))
            step()
        evidence = Evidence(load(), tuple(own))
        findings = check(loaded, evidence, done=lambda _: step())
        try:
            write_report(findings, evidence, out=out, done=step)
        except OSError as error:
            raise InputError(f"cannot write the report: {error.strerror}", file=out) from None
    typer.echo(f"The report on {count} claims is {out}")
