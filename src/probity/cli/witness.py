"""`probity witness`: cosign a log's checkpoints, and tell when a log shows two histories."""

import time
from pathlib import Path
from typing import Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format, FormatOption
from probity.cli.passphrase import PassphraseFileOption, PassphraseSource
from probity.cli.trust import LogKeyOption, TrustOption, trusted

app = typer.Typer(help="Watch a transparency log for everybody who cannot.", no_args_is_help=True)

StateArgument = Annotated[
    Path, typer.Argument(metavar="WITNESS", help="The directory of the witness.")
]


@app.command()
def init(
    witness: StateArgument,
    *,
    name: Annotated[str, typer.Option(help="The witness's name, such as newspaper.example/w1.")],
    log_key: LogKeyOption,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt the key with a passphrase.")
    ] = False,
    passphrase_file: PassphraseFileOption = None,
) -> None:
    """Make the directory and key of a witness; say the public key that readers need."""
    from probity.publish.translog.witness import WitnessDirectory

    source = PassphraseSource(passphrase_file, new=True)
    directory = WitnessDirectory(witness, passphrase=source)
    key = directory.create(name, logs=log_key or [], encrypt=encrypt)
    typer.echo(f"The witness is {witness}; its public key, for readers:\n{key}")


@app.command()
def cosign(
    witness: StateArgument,
    source: Annotated[
        Path,
        typer.Argument(metavar="LOG", help="The files of a log, or a request of its publisher."),
    ],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Write the signature line here, not to the terminal.")
    ] = None,
    passphrase_file: PassphraseFileOption = None,
) -> None:
    """Check that a log continues what this witness cosigned last, and cosign it.

    Files are all read and hashed. A log that was put back or forked is refused with exit code 5,
    and the evidence of a fork is kept in the witness's directory.
    """
    from probity.core.files import write_atomically
    from probity.publish.translog.witness import WitnessDirectory

    directory = WitnessDirectory(witness, passphrase=PassphraseSource(passphrase_file))
    done = directory.cosign(source, time=int(time.time()))
    state = done.checkpoint.checkpoint
    if out is None:
        typer.echo(str(done.line), nl=False)
        return
    write_atomically(out, str(done.line).encode())
    since = "the first" if done.before is None else f"{done.before} entries before"
    typer.echo(f"Cosigned {state.origin} at {state.size} entries ({since}): {out}")


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(metavar="A", help="A checkpoint of a log.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    *,
    log_key: LogKeyOption = None,
    trust: TrustOption = None,
    log: Annotated[
        Path | None,
        typer.Option(help="The files of the log; needed where the sizes differ."),
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Where to write the evidence if they contradict each other.")
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Tell whether two checkpoints of one log agree; exit code 5 if they contradict each other."""
    from probity.core.files import write_atomically
    from probity.publish.translog.split_view import compare as compare_checkpoints
    from probity.publish.translog.split_view import read_checkpoint_file

    policy = trusted(log_key, trust)
    found = compare_checkpoints(
        read_checkpoint_file(one), read_checkpoint_file(other), policy=policy, log=log
    )
    sizes = [found.smaller.checkpoint.size, found.larger.checkpoint.size]
    if found.evidence is not None and evidence is not None:
        write_atomically(evidence, found.evidence.to_bytes())
    if output is Format.JSON:
        split = found.evidence is not None
        print_json(
            {"schema": "probity/compared-checkpoints/1", "sizes": sizes, "split_view": split}
        )
    elif found.evidence is None:
        typer.echo(f"They agree: the log of {sizes[1]} entries continues that of {sizes[0]}.")
    else:
        typer.echo(
            f"SPLIT VIEW: the log has signed two histories, of {sizes[0]} and {sizes[1]} entries."
        )
        typer.echo(
            f"The evidence is {evidence}." if evidence else "Keep both checkpoints; see --evidence."
        )
    if found.evidence is not None:
        raise typer.Exit(5)
