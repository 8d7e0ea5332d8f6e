"""`probity publish log`: a transparency log as static files that any web host can serve."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format, FormatOption
from probity.cli.passphrase import PassphraseFileOption, PassphraseSource

if TYPE_CHECKING:
    from probity.publish.translog.checkpoint import SignedCheckpoint
    from probity.publish.translog.key_directory import KeyDirectory

app = typer.Typer(
    help="Keep a transparency log: signed, append-only, and checkable by anyone.",
    no_args_is_help=True,
)

LogArgument = Annotated[Path, typer.Argument(metavar="LOG", help="The directory of the log.")]
KeysOption = Annotated[
    Path, typer.Option("--keys", help="The directory of its keys, which nobody else may enter.")
]


@app.command()
def init(
    log: LogArgument,
    *,
    keys: KeysOption,
    origin: Annotated[
        str, typer.Option(help="The log's name: its address without https://, for instance.")
    ],
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt the keys with a passphrase.")
    ] = False,
    passphrase_file: PassphraseFileOption = None,
) -> None:
    """Make an empty log and its keys; say the public key that readers need."""
    from probity.core import InputError
    from probity.publish.translog.append import create_log
    from probity.publish.translog.key_directory import KeyDirectory

    if keys.resolve().is_relative_to(log.resolve()):
        raise InputError(
            "the keys would be published with the log", file=keys, allowed="a directory outside it"
        )
    directory = KeyDirectory(keys, passphrase=PassphraseSource(passphrase_file, new=True))
    key = create_log(log, origin=origin, keys=directory, encrypt=encrypt)
    typer.echo(f"The log is {log}; its public key, for readers and witnesses:\n{key}")


@app.command()
def append(
    log: LogArgument,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Entries as JSON or JSON Lines; event logs as Parquet, each a segment.",
        ),
    ],
    *,
    keys: KeysOption,
    corrects: Annotated[
        int | None,
        typer.Option(metavar="INDEX", help="The file's entry is to stand for this one."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why the entry is corrected.")] = None,
    passphrase_file: PassphraseFileOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Add entries to a log, all or none, and sign its new checkpoint.

    An entry states its kind by its schema; see docs/guides/transparency-log.md. Where it states
    no recorded_at, that is now. Of an event log only a manifest goes in: how many rows, of which
    times, and hashes that show nothing of them.
    """
    from probity.cli.progress import slow_call
    from probity.publish.translog.entry_files import Instead, append_files

    if (corrects is None) != (reason is None):
        raise typer.BadParameter("--corrects INDEX and --reason TEXT are given together")
    instead = None if corrects is None or reason is None else Instead(corrects, reason)
    with slow_call("appending"):
        done = append_files(log, files, keys=_keys(keys, passphrase_file), instead=instead)
    if output is Format.JSON:
        print_json(_as_json(done.checkpoint) | {"first": done.first})
        return
    last = done.checkpoint.checkpoint.size - 1
    typer.echo(
        f"Added as entries {done.first} to {last}."
        if last > done.first
        else f"Added as entry {done.first}."
    )
    _print(done.checkpoint)


@app.command()
def checkpoint(
    log: LogArgument,
    *,
    keys: KeysOption,
    cosignatures: Annotated[
        list[Path] | None,
        typer.Option(
            "--cosignature", metavar="FILE", help="Signature lines of a witness, to be added."
        ),
    ] = None,
    passphrase_file: PassphraseFileOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Finish an append that was cut short, add cosignatures, and show the checkpoint."""
    from probity.publish.translog.publishing import add_signatures, publish_last_signed

    directory = _keys(keys, passphrase_file)
    if cosignatures:
        current = add_signatures(log, cosignatures, keys=directory)
    else:
        current = publish_last_signed(log, keys=directory)
    if output is Format.JSON:
        print_json(_as_json(current))
    else:
        _print(current)


@app.command(name="rotate-key")
def rotate_key(
    log: LogArgument, *, keys: KeysOption, passphrase_file: PassphraseFileOption = None
) -> None:
    """Change the log's key: the old and the new one sign an entry that says so."""
    from datetime import UTC, datetime

    from probity.publish.translog.rotation import rotate_key as rotate

    directory = _keys(keys, passphrase_file)
    done = rotate(log, keys=directory, now=datetime.now(UTC))
    typer.echo(f"Entry {done.first} names the new key, for readers and witnesses:")
    typer.echo(str(directory.signing_key().verifier))


@app.command()
def prove(
    log: LogArgument,
    *,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    entry: Annotated[
        int | None, typer.Option(metavar="INDEX", help="The entry to show, counting from 0.")
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(metavar="PARQUET", help="The event log that the entry is the manifest of."),
    ] = None,
    row: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The row of it to show, counting from 0.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The keys of the log; needed for a row.")
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(
            metavar="SIZE", help="Instead: a request to a witness that cosigned this size last."
        ),
    ] = None,
    passphrase_file: PassphraseFileOption = None,
) -> None:
    """Write a small file that shows one entry, or one row of a segment, to be in the log.

    The rest stays unseen. With --since, it is what a witness needs to cosign the checkpoint.
    """
    from probity.core.files import write_atomically
    from probity.publish.translog.proof import write_proof
    from probity.publish.translog.segment import prove_row
    from probity.publish.translog.witness_request import write_request

    for_row = (events, row, keys)
    if (entry is None) == (since is None):
        raise typer.BadParameter("give one of --entry INDEX and --since SIZE")
    if any(one is None for one in for_row) and any(one is not None for one in for_row):
        raise typer.BadParameter("a row needs --events PARQUET, --row NUMBER and --keys DIR")
    if since is not None:
        write_atomically(out, bytes(write_request(log, old=since)))
    elif entry is not None:
        proven = None
        if events is not None and row is not None and keys is not None:
            secret = _keys(keys, passphrase_file).salt_secret()
            proven = prove_row(events, row, secret=secret)
        write_atomically(out, write_proof(log, entry, row=proven))
    typer.echo(f"Written: {out}")


def _keys(path: Path, passphrase_file: Path | None) -> "KeyDirectory":
    from probity.publish.translog.key_directory import KeyDirectory

    return KeyDirectory(path, passphrase=PassphraseSource(passphrase_file))


def _as_json(signed: "SignedCheckpoint") -> dict[str, object]:
    return {
        "schema": "probity/log-checkpoint/1",
        "origin": signed.checkpoint.origin,
        "size": signed.checkpoint.size,
        "root": signed.checkpoint.root.hex(),
        "signatures": [one.name for one in signed.note.signatures],
    }


def _print(signed: "SignedCheckpoint") -> None:
    typer.echo(bytes(signed).decode(), nl=False)
