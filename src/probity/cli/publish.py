"""`probity publish`: pages and files for others to read and check."""

from pathlib import Path
from typing import Annotated

import typer

from probity.cli.tested import ClaimsOption, RecordsOption, tested
from probity.cli.trust import LogKeyOption, TrustOption, trusted

app = typer.Typer(help="Write pages for others to read and check.", no_args_is_help=True)


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


@app.command()
def site(
    *,
    out: Annotated[
        Path, typer.Option(help="The directory to write; an older site in it is replaced.")
    ] = Path("out/site"),
    claims: ClaimsOption = None,
    records: RecordsOption = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG",
            help="The files of a transparency log, whose corrections are listed; needs "
            "--log-key or --trust.",
        ),
    ] = None,
    log_key: LogKeyOption = None,
    trust: TrustOption = None,
) -> None:
    """Write the evidence site: static pages for any web host, which also open from a disk."""
    from probity.claims.load import load_claims
    from probity.cli.progress import slow_work
    from probity.core import InputError
    from probity.publish.site.build import write_site
    from probity.publish.site.logged_corrections import logged_corrections

    if log is None and (log_key or trust is not None):
        raise typer.BadParameter("--log-key and --trust go with --log")
    logged = None if log is None else logged_corrections(log, policy=trusted(log_key, trust))
    loaded = load_claims(claims)
    files, count = records or [], sum(len(one.claims) for one in loaded)
    with slow_work("testing and drawing", total=len(files) + 2 * count) as step:
        findings, evidence = tested(loaded, files, step=step)
        try:
            written = write_site(findings, evidence, out=out, logged=logged, done=step)
        except OSError as error:
            raise InputError(f"cannot write the site: {error.strerror}", file=out) from None
    typer.echo(f"The site on {count} claims has {written} files; open {out / 'index.html'}")
