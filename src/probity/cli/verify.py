"""`probity verify`: published evidence against its digests, and its verdicts computed again."""

from pathlib import Path
from typing import Annotated

import typer

from probity.cli.measure import Format, FormatOption
from probity.cli.trust import LogKeyOption, TrustOption, trusted
from probity.cli.verify_bundle import verify_bundle
from probity.cli.verify_log import is_log, verify_log_or_proof


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
            "Of a log: a checkpoint that you kept, which it has to continue; of a proof: the "
            "checkpoint that it has to be of.",
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG", help="Of a bundle: the files of a log that its digest has to be in."
        ),
    ] = None,
    log_key: LogKeyOption = None,
    trust: TrustOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Check that published evidence was not changed; exit code 5 where it was.

    Every file is read and hashed, and every failure is told with its file and place. The digest
    of a bundle stands for all that is in it; give it with --digest as you got it from elsewhere,
    or whoever changed a file can have written new digests too. With --recompute, verdicts that
    come out otherwise or that cannot be compared are exit code 5 as well. A log needs its public
    key, with --log-key or in a file of logs and witnesses that you trust.
    """
    if path.is_file() or is_log(path):
        if digest is not None or recompute or log is not None:
            raise typer.BadParameter("--digest, --recompute and --log are for bundles")
        verify_log_or_proof(path, log_keys=log_key, trust=trust, earlier=earlier, output=output)
        return
    if log is None and (log_key or trust is not None):
        raise typer.BadParameter("--log-key and --trust are for logs, proofs, and with --log")
    intact = verify_bundle(
        path,
        digest=None if digest is None else plain_digest(digest, option="--digest"),
        recompute=recompute,
        earlier=earlier or [],
        log=None if log is None else (log, trusted(log_key, trust)),
        output=output,
    )
    if not intact:
        raise typer.Exit(5)


def plain_digest(text: str, *, option: str) -> str:
    """The 64 hexadecimal digits of a SHA-256 digest, in lower case."""
    from probity.publish.bundle.manifest import digest_in

    digest = digest_in(text)
    if digest is None:
        raise typer.BadParameter(f"{option} is a SHA-256 digest, 64 hexadecimal digits")
    return digest
