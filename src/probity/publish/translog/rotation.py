"""Changing the key of a log: the log itself says so, and both keys have signed it."""

from datetime import datetime
from pathlib import Path

from probity.publish.translog.append import Appended, append_locked
from probity.publish.translog.entries import KeyRotation, moment
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.note import SigningKey, signed
from probity.publish.translog.publishing import finish_interrupted, locked


def rotate_key(log: Path, *, keys: KeyDirectory, now: datetime) -> Appended:
    """Append an entry that names a new key, signed by both, and use the new key from then on.

    The checkpoint with that entry is signed by both keys, later ones by the new key alone. The old
    private key is gone then; what it signed still verifies with its public key.

    Raises
    ------
    InputError
        Somebody else writes to the log, or the key cannot be read.
    VerificationError
        The log is not what its key signed last.
    """
    with locked(log, keys.path):
        origin = finish_interrupted(log, keys=keys).checkpoint.origin
        old = keys.signing_key()
        new = SigningKey.generate(old.name)
        text = KeyRotation.text(origin, old.verifier, new.verifier)
        entry = KeyRotation(
            recorded_at=moment(now),
            origin=origin,
            old_key=str(old.verifier),
            new_key=str(new.verifier),
            statement=bytes(signed(text, keys=[old, new])).decode(),
        )
        return append_locked(log, [entry.to_bytes()], keys=keys, new_key=new)
