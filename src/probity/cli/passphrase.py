"""Where a passphrase comes from: a file, the environment, or a prompt; never the command line."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

VARIABLE = "PROBITY_PASSPHRASE"
_MAX_BYTES = 1_024

PassphraseFileOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=f"File with the passphrase of encrypted keys. Without it {VARIABLE} is used, "
        "or you are asked.",
    ),
]


class PassphraseSource:
    """Gives the passphrase when an encrypted file turns up, and asks at most once."""

    def __init__(self, file: Path | None, *, new: bool = False) -> None:
        self._file = file
        self._new = new
        self._known: bytes | None = None

    def __call__(self) -> bytes:
        """The passphrase.

        Raises
        ------
        InputError
            There is none, or the file cannot be read.
        """
        if self._known is None:
            self._known = self._found()
        return self._known

    def _found(self) -> bytes:
        from probity.core import InputError
        from probity.core.files import read_regular_file

        if self._file is not None:
            line = read_regular_file(self._file, limit=_MAX_BYTES).rstrip(b"\r\n")
        elif VARIABLE in os.environ:
            line = os.fsencode(os.environ[VARIABLE])
        elif sys.stdin.isatty():
            text = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=self._new)
            line = text.encode()
        else:
            raise InputError(
                "the key is encrypted, and there is no passphrase",
                allowed=f"--passphrase-file, {VARIABLE}, or a terminal to ask on",
            )
        if not line:
            raise InputError("the passphrase is empty", file=self._file)
        return line
