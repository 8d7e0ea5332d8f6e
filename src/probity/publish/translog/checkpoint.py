"""Checkpoints: what a log signs about itself (C2SP tlog-checkpoint v1.0.0)."""

import re
from dataclasses import dataclass

from probity.core import InputError, VerificationError
from probity.publish.translog.note import (
    Note,
    hash_from_base64,
    parse_note,
    to_base64,
)
from probity.publish.translog.tiles import MAX_SIZE

FILE_NAME = "checkpoint"
# Where an append keeps its files until they are all written.
NEXT = ".next"
_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,12}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log at one size.

    Parameters
    ----------
    origin : str
        Which log this is.
    size : int
        Number of entries.
    root : bytes, (32,)
        Root of the Merkle tree over them.
    extensions : tuple of str
        Further lines, of which this program knows nothing.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = [self.origin, str(self.size), to_base64(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with its signatures, and the file it was read from."""

    checkpoint: Checkpoint
    note: Note
    file: str = FILE_NAME

    def __bytes__(self) -> bytes:
        return bytes(self.note)


def check_origin(origin: str) -> None:
    """Refuse what cannot be the first line of a checkpoint.

    Raises
    ------
    InputError
        Empty, or more than one line.
    """
    if not origin or not origin.isprintable():
        raise InputError("not a name for a log", got=origin, allowed="one line of text")


def parse_checkpoint(content: bytes, *, file: str = FILE_NAME) -> SignedCheckpoint:
    """Read a checkpoint; whether its signatures are good is asked separately.

    Raises
    ------
    VerificationError
        Not a checkpoint; names the line.
    """
    note = parse_note(content, file=file)
    lines = note.text[:-1].split("\n")
    if len(lines) < _LINES or "" in lines:
        place = f"line {lines.index('') + 1}" if "" in lines else None
        raise VerificationError(
            file=file,
            place=place,
            expected="an origin, a size, a root hash, and no empty line before the signatures",
            got=f"{len(lines)} lines" if place is None else "an empty line",
        )
    size_text, root_text = lines[1], lines[2]
    if not _SIZE.fullmatch(size_text) or (size := int(size_text)) > MAX_SIZE:
        raise VerificationError(
            file=file, place="line 2", expected=f"a size from 0 to {MAX_SIZE}", got=size_text
        )
    root = hash_from_base64(root_text)
    if root is None:
        raise VerificationError(
            file=file, place="line 3", expected="a root hash as canonical base64", got=root_text
        )
    return SignedCheckpoint(Checkpoint(lines[0], size, root, tuple(lines[3:])), note, file)
