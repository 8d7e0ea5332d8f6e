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
    from probity.publish.translog.note import SigningKey

    if keys.resolve().is_relative_to(log.resolve()):
        raise InputError(
            "the keys would be published with the log", file=keys, allowed="a directory outside it"
        )
    source = PassphraseSource(passphrase_file, new=True)
    directory = KeyDirectory(keys, passphrase=source)
    key = SigningKey.generate(origin)
    directory.create(key, encrypt=encrypt)
    create_log(log, origin=origin, keys=directory)
    typer.echo(f"The log is {log}; its public key, for readers and witnesses:\n{key.verifier}")


@app.command()
def append(
    log: LogArgument,
    entries: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Entries as JSON, one to a file, or as JSON Lines."),
    ],
    *,
    keys: KeysOption,
    passphrase_file: PassphraseFileOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Add entries to a log, all or none, and sign its new checkpoint.

    An entry states its kind by its schema; see docs/guides/transparency-log.md. Where it states
    no recorded_at, that is now.
    """
    from probity.cli.progress import slow_call
    from probity.publish.translog.append import append as append_entries
    from probity.publish.translog.entry_files import read_entries

    contents = [one.to_bytes() for one in read_entries(entries)]
    with slow_call("appending"):
        done = append_entries(log, contents, keys=_keys(keys, passphrase_file))
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
