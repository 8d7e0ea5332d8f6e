"""`probity verify`: published evidence against its digests, and its verdicts computed again."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format, FormatOption
from probity.cli.trust import LogKeyOption, TrustOption
from probity.cli.verify_log import is_log, verify_log_or_proof

if TYPE_CHECKING:
    from probity.publish.bundle.checked import CheckedBundle

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A bundle, the files of a log, or the proof of a log's entry."
        ),
    ],
    *,
    digest: Annotated[
        str | None,
        typer.Option(
            metavar="SHA256", help="The bundle's digest, as it was published somewhere else."
        ),
    ] = None,
    recompute: Annotated[
        bool,
        typer.Option("--recompute", help="Also compute every verdict again, and compare."),
    ] = False,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="An earlier bundle that this one corrects; again for what that one corrects. "
            "Of a log: a checkpoint that you kept, which it has to continue.",
        ),
    ] = None,
    log_key: LogKeyOption = None,
    trust: TrustOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Check that published evidence was not changed; exit code 5 where it was.

    Every file is read and hashed, and every failure is told with its file and place. The digest
    of a bundle stands for all that is in it; give it with --digest as you got it from elsewhere,
    or whoever changed a file can have written new digests too. A log needs its public key, with
    --log-key or in a file of logs and witnesses that you trust.
    """
    from probity.cli.progress import slow_work
    from probity.core import InputError
    from probity.publish.bundle.checked import check_bundle

    if path.is_file() or is_log(path):
        if digest is not None or recompute:
            raise typer.BadParameter("--digest and --recompute are for bundles")
        verify_log_or_proof(path, log_keys=log_key, trust=trust, earlier=earlier, output=output)
        return
    if log_key or trust is not None:
        raise typer.BadParameter("--log-key and --trust are for logs and proofs")
    wanted = None if digest is None else plain_digest(digest, option="--digest")
    for directory in (path, *(earlier or ())):
        if not directory.is_dir():
            raise InputError("no such directory", file=directory)
    with slow_work("verifying", total=None) as step:
        found = check_bundle(
            path, expected_digest=wanted, again=recompute, earlier=earlier or (), done=step
        )
    if output is Format.JSON:
        from probity.publish.bundle.checked import as_json

        print_json(as_json(found))
    else:
        _print(found, path)
    if found.failures:
        raise typer.Exit(5)


def plain_digest(text: str, *, option: str) -> str:
    """The 64 hexadecimal digits of a SHA-256 digest, in lower case."""
    match = _DIGEST.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(f"{option} is a SHA-256 digest, 64 hexadecimal digits")
    return match[1].lower()


def _print(found: "CheckedBundle", path: Path) -> None:
    from probity.core.errors import printable

    bundle = found.bundle
    for error in found.failures:
        typer.echo(f"FAILED  {error}")
    _print_recomputed(found)
    for step in found.corrections:
        typer.echo(f"sha256:{step.later} corrects sha256:{step.earlier}")
        typer.echo(f"  why: {printable(step.reason, limit=2_000)}")
        for claim, before, after in step.changed:
            typer.echo(f"  {printable(claim)}: {printable(before)} -> {printable(after)}")
    manifest = bundle.manifest
    if manifest and manifest.corrects and not found.corrections:
        typer.echo(f"It corrects sha256:{manifest.corrects.bundle}")
        typer.echo(f"  why: {printable(manifest.corrects.reason, limit=2_000)}")
    if bundle.digest:
        typer.echo(f"sha256:{bundle.digest}")
    if found.failures:
        count = len(found.failures)
        typer.echo(f"{path} is NOT what was published: {count} failure{'s'[: count > 1]}.")
    elif manifest:
        typer.echo(f"{path} is intact: {len(manifest.files) + 2} files, each as its digest says.")


def _print_recomputed(found: "CheckedBundle") -> None:
    if found.recomputed is None:
        return
    for name in found.recomputed.same:
        typer.echo(f"recomputed, the same: {name}")
    for sentence in found.recomputed.not_compared:
        typer.echo(f"not compared: {sentence}")
