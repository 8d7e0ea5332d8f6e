"""`probity publish`: pages and files for others to read and check."""

from pathlib import Path
from typing import Annotated

import typer

from probity.cli.tested import ClaimsOption, RecordsOption, tested

app = typer.Typer(help="Write pages for others to read and check.", no_args_is_help=True)


@app.callback()
def publish() -> None:
    """Keep `report` a command of its own although it is the only one so far."""


@app.command()
def report(
    *,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("out/report.html"),
    claims: ClaimsOption = None,
    records: RecordsOption = None,
) -> None:
    """Write the report: every verdict with its evidence, and the record, in one HTML file."""
    from probity.claims.load import load_claims
    from probity.cli.progress import slow_work
    from probity.core import InputError
    from probity.publish.report import write_report

    loaded = load_claims(claims)
    files, count = records or [], sum(len(one.claims) for one in loaded)
    with slow_work("testing and drawing", total=len(files) + 2 * count + 1) as step:
        findings, evidence = tested(loaded, files, step=step)
        try:
            write_report(findings, evidence, out=out, done=step)
        except OSError as error:
            raise InputError(f"cannot write the report: {error.strerror}", file=out) from None
    typer.echo(f"The report on {count} claims is {out}")
