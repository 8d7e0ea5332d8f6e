"""`probity verify` on a bundle: what was found, in words or as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format
from probity.cli.verify_log import behind_in_words

if TYPE_CHECKING:
    from probity.publish.bundle.checked import CheckedBundle
    from probity.publish.translog.trust_policy import TrustPolicy


def verify_bundle(
    path: Path,
    *,
    digest: str | None,
    recompute: bool,
    earlier: list[Path],
    log: "tuple[Path, TrustPolicy] | None",
    output: Format,
) -> bool:
    """Check a bundle and print every failure; whether there was none."""
    from probity.cli.progress import slow_work
    from probity.core import InputError
    from probity.publish.bundle.checked import as_json, check_bundle

    for directory in (path, *earlier, *([] if log is None else [log[0]])):
        if not directory.is_dir():
            raise InputError("no such directory", file=directory)
    with slow_work("verifying", total=None) as step:
        found = check_bundle(
            path, expected_digest=digest, again=recompute, earlier=earlier, log=log, done=step
        )
    if output is Format.JSON:
        print_json(as_json(found))
    else:
        _print(found, path)
    return not found.failures


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
    _print_logged(found)
    if bundle.digest:
        typer.echo(f"sha256:{bundle.digest}")
    typer.echo(_closing(found, path))


def _closing(found: "CheckedBundle", path: Path) -> str:
    """One sentence that says no more than was found."""
    count = len(found.failures)
    failures = f"{count} failure{'s'[: count > 1]}"
    manifest, again = found.bundle.manifest, found.recomputed
    if not found.is_as_published or manifest is None:
        return f"{path} is NOT what was published: {failures}."
    as_it_says = f"Every file of {path} is as its digest says"
    if again is not None and not again.compared:
        return f"{as_it_says}, but its verdicts were NOT recomputed."
    if again is not None and again.failures:
        return f"{as_it_says}, but computed again it differs: {failures}."
    intact = f"{path} is intact: {len(manifest.files) + 2} files, each as its digest says."
    return intact if again is None else f"{intact} Its verdicts were recomputed, and are the same."


def _print_recomputed(found: "CheckedBundle") -> None:
    if found.recomputed is None:
        return
    for name in found.recomputed.same:
        typer.echo(f"recomputed, the same: {name}")
    for sentence in found.recomputed.not_compared:
        typer.echo(f"not compared: {sentence}")


def _print_logged(found: "CheckedBundle") -> None:
    from probity.core.errors import printable

    logged = found.logged
    if logged is None:
        return
    state = logged.log.checkpoint.checkpoint
    typer.echo(
        f"in the log {printable(state.origin, limit=200)} of {state.size} entries, as entry "
        f"{logged.index}, which says {logged.recorded_at}"
    )
    for line in behind_in_words(logged.log):
        typer.echo(line)
    for index, reason in logged.corrected_by:
        typer.echo(f"  corrected by entry {index}: {printable(reason, limit=2_000)}")
