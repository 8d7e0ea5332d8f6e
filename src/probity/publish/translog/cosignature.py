"""What a witness signs (C2SP tlog-cosignature v1.0.1, Ed25519).

A cosignature says: at this time, this was the largest checkpoint of this log that I had seen, and
it continues every smaller one that I had seen.
"""

from dataclasses import dataclass

from probity.core import VerificationError
from probity.publish.translog.checkpoint import SignedCheckpoint
from probity.publish.translog.note import Signature, SigningKey, VerifierKey

_HEADER = "cosignature/v1"
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_LATEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Cosignature:
    """Who cosigned a checkpoint, and when: seconds since 1970-01-01 UTC, by the witness's clock."""

    witness: VerifierKey
    time: int


def cosign(checkpoint: SignedCheckpoint, *, key: SigningKey, time: int) -> Signature:
    """The signature line of a witness."""
    value = key.sign(_message(checkpoint.note.text, time))
    return Signature.of(key.verifier, time.to_bytes(_TIME_BYTES, "big") + value)


def cosignature_of(checkpoint: SignedCheckpoint, witness: VerifierKey) -> Cosignature | None:
    """The cosignature of one witness, None where the checkpoint has none; of several the latest.

    Raises
    ------
    VerificationError
        A line that says it is of this witness, and is not.
    """
    latest: Cosignature | None = None
    for line, signature in checkpoint.note.lines_of(witness):
        time = int.from_bytes(signature.value[:_TIME_BYTES], "big")
        good = (
            len(signature.value) == _TIME_BYTES + _SIGNATURE_BYTES
            and time <= _LATEST
            and witness.has_signed(
                _message(checkpoint.note.text, time), signature.value[_TIME_BYTES:]
            )
        )
        if not good:
            raise VerificationError(
                file=checkpoint.file,
                place=f"line {line}",
                expected=f"a cosignature of the witness {witness.name}",
                got="one that does not fit the text above it",
            )
        if latest is None or time > latest.time:
            latest = Cosignature(witness, time)
    return latest


def _message(text: str, time: int) -> bytes:
    return f"{_HEADER}\ntime {time}\n{text}".encode()
