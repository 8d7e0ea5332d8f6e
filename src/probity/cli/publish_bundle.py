"""`probity publish bundle`: evidence as one directory that anybody can check."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.tested import ClaimsOption, RecordsOption

if TYPE_CHECKING:
    from probity.publish.bundle.manifest import Correction


def bundle(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The directory to write.")],
    claims: ClaimsOption = None,
    records: RecordsOption = None,
    audit: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="RESULT.json",
            help="A result of `probity audit --format json`; can be given several times.",
        ),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE",
            help="A policy to take in; bundled ones that an audit names are taken in anyway.",
        ),
    ] = None,
    log_manifest: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="The entry of a transparency log for a segment of an event log."
        ),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The day of publication; no clock is read."),
    ] = None,
    corrects: Annotated[
        str | None,
        typer.Option(metavar="DIGEST", help="The bundle that this one corrects, with --reason."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why that bundle is corrected.")] = None,
    log_entry: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help="Also write the entry for `probity publish log append`."
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the bundle that is in DIR.")
    ] = False,
) -> None:
    """Write data, claims, verdicts and report as one directory that anybody can check.

    It is a Frictionless Data Package and an RO-Crate, with the SHA-256 digest of every file. The
    same input and the same software give the same bytes. The digest that is printed stands for
    the whole: publish it elsewhere too, in a transparency log or in print.
    """
    from probity.cli.progress import slow_work
    from probity.core import InputError
    from probity.publish.bundle.compose import compose, steps
    from probity.publish.bundle.inputs import gather
    from probity.publish.bundle.write import require_free, write_bundle

    correction = _correction(corrects, reason)
    require_free(out, replace=replace)
    inputs = gather(
        claims=claims,
        records=records or (),
        policies=policy or (),
        audits=audit or (),
        log_manifests=log_manifest or (),
        published=_day(published),
        corrects=correction,
    )
    with slow_work("testing and drawing", total=steps(inputs)) as step:
        composed = compose(inputs, done=step)
    try:
        write_bundle(composed.files, out=out, replace=replace)
    except OSError as error:
        raise InputError(f"cannot write the bundle: {error.strerror}", file=out) from None
    if log_entry is not None:
        _write_log_entry(log_entry, composed.digest, name=out.absolute().name)
    typer.echo(f"The bundle of {len(composed.files)} files is {out}")
    typer.echo(f"sha256:{composed.digest}")


def _write_log_entry(file: Path, digest: str, *, name: str) -> None:
    from probity.core import InputError
    from probity.core.canonical_json import canonical
    from probity.core.files import write_atomically
    from probity.publish.bundle.in_log import log_entry

    try:
        write_atomically(file, canonical(log_entry(digest, name=name)))
    except OSError as error:
        raise InputError(f"cannot write the entry: {error.strerror}", file=file) from None


def _correction(digest: str | None, reason: str | None) -> "Correction | None":
    if (digest is None) != (reason is None):
        raise typer.BadParameter("--corrects and --reason go together")
    if digest is None or reason is None:
        return None
    from pydantic import ValidationError

    from probity.cli.verify import plain_digest
    from probity.publish.bundle.manifest import Correction

    try:
        return Correction(bundle=plain_digest(digest, option="--corrects"), reason=reason)
    except ValidationError:
        raise typer.BadParameter("--reason needs 1 to 2,000 characters") from None


def _day(text: str | None) -> str | None:
    if text is None or _is_day(text):
        return text
    raise typer.BadParameter(f"--published is a day such as 2026-11-26, not {text}")


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
