"""What a log asks a witness to cosign, as a file (the body of C2SP tlog-witness v1.0.0)."""

import re
from dataclasses import dataclass
from pathlib import Path

from probity.core import InputError, VerificationError
from probity.publish.translog.checkpoint import SignedCheckpoint, parse_checkpoint
from probity.publish.translog.log_files import StoredTree, read_checkpoint
from probity.publish.translog.merkle import consistency_proof
from probity.publish.translog.note import hash_from_base64, to_base64

_OLD = re.compile(r"old (0|[1-9][0-9]{0,12})")
_MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """A checkpoint, and the proof that it continues the one of ``old`` entries."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: SignedCheckpoint

    def __bytes__(self) -> bytes:
        lines = [f"old {self.old}", *map(to_base64, self.proof), ""]
        return "\n".join(lines).encode() + b"\n" + bytes(self.checkpoint)


def write_request(log: Path, *, old: int) -> WitnessRequest:
    """The request to cosign a log's checkpoint for a witness that cosigned ``old`` entries last.

    Raises
    ------
    InputError
        The log is not that large.
    """
    checkpoint = read_checkpoint(log)
    size = checkpoint.checkpoint.size
    if not 0 <= old <= size:
        raise InputError("no such size", file=log, got=old, allowed=f"0 to {size}")
    proof = consistency_proof(old, size, node=StoredTree([log], size).node)
    return WitnessRequest(old, tuple(proof), checkpoint)


def parse_request(content: bytes, *, file: str) -> WitnessRequest:
    """Read a request; nothing in it is checked against anything.

    Raises
    ------
    VerificationError
        Not a request; names the line.
    """
    head, _, below = content.partition(b"\n\n")
    first, *lines = head.decode("utf-8", errors="replace").split("\n")
    old = _OLD.fullmatch(first)
    if old is None or len(lines) > _MOST_HASHES:
        raise VerificationError(
            file=file, place="line 1", expected="old NUMBER and at most 63 hashes", got=first
        )
    proof = []
    for number, line in enumerate(lines, start=2):
        one = hash_from_base64(line)
        if one is None:
            raise VerificationError(
                file=file, place=f"line {number}", expected="a hash as base64", got=line
            )
        proof.append(one)
    return WitnessRequest(int(old[1]), tuple(proof), parse_checkpoint(below, file=file))
