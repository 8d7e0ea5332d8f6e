"""The private side of a log: its key, the secret of its salts, and what it signed last.

The directory is kept apart from the log that everyone reads. What was signed last is the only
thing that must never be lost: a log that signs a second history is no evidence.
"""

import os
from pathlib import Path

from probity.core import InputError
from probity.core.files import read_regular_file, write_atomically
from probity.publish.translog.checkpoint import SignedCheckpoint, parse_checkpoint
from probity.publish.translog.note import MAX_NOTE_BYTES, SigningKey, VerifierKey, is_signed_by
from probity.publish.translog.secret_file import (
    Passphrase,
    is_encrypted,
    read_secret,
    sync_directory,
    write_secret,
)

_KEY = "signing.key"
_NEXT_KEY = "next.key"
_PUBLIC = "public.vkey"
_SALT = "salt.secret"
_LAST = "last-signed"
_SALT_SECRET_BYTES = 32
_KEY_PURPOSE = "probity signing key"
_SALT_PURPOSE = "probity salt secret"


class KeyDirectory:
    """A directory that only its owner can enter.

    Parameters
    ----------
    path : Path
        The directory.
    passphrase : Passphrase, optional
        Asked for where the files are encrypted.
    """

    def __init__(self, path: Path, *, passphrase: Passphrase | None = None) -> None:
        self.path = path
        self._passphrase = passphrase

    def create(self, key: SigningKey, *, encrypt: bool) -> None:
        """Keep a new key in the directory; the caller holds its lock.

        Raises
        ------
        InputError
            There is a key already.
        """
        if (self.path / _KEY).exists():
            raise InputError(
                "there is a key already", file=self.path, allowed="a new or an empty directory"
            )
        passphrase = self._passphrase if encrypt else None
        self._write_key(_KEY, key, passphrase)
        self._write_public(key.verifier)

    def create_salt_secret(self) -> None:
        """Make the secret that the salts of rows come from, encrypted if the key is."""
        # As text, since random bytes may look like an encrypted file.
        secret = os.urandom(_SALT_SECRET_BYTES).hex().encode()
        passphrase = self._passphrase_of_key()
        write_secret(self.path / _SALT, secret, purpose=_SALT_PURPOSE, passphrase=passphrase)

    def signing_key(self) -> SigningKey:
        """The key.

        Raises
        ------
        InputError
            There is none, others can read it, or the passphrase is missing or wrong.
        """
        return self._read_key(_KEY)

    def salt_secret(self) -> bytes:
        """The secret that the salts of rows are made of.

        Raises
        ------
        InputError
            As ``signing_key``.
        """
        path = self.path / _SALT
        text = read_secret(path, purpose=_SALT_PURPOSE, passphrase=self._passphrase)
        try:
            return bytes.fromhex(text.decode("ascii"))
        except ValueError:
            raise InputError("not the secret of salts", file=path) from None

    def keep_next_key(self, key: SigningKey) -> None:
        """Keep a new key beside the old one, encrypted if that is, until the log has named it."""
        self._write_key(_NEXT_KEY, key, self._passphrase_of_key())

    def use_next_key(self) -> None:
        """Put the new key in the place of the old one, which is gone then."""
        key = self._read_key(_NEXT_KEY)
        (self.path / _NEXT_KEY).replace(self.path / _KEY)
        sync_directory(self.path)
        self._write_public(key.verifier)

    def settle_rotation(self, last: SignedCheckpoint) -> None:
        """Finish a change of key that was cut short, or forget it if the log never named it."""
        path = self.path / _NEXT_KEY
        if not path.exists():
            return
        following = self._read_key(_NEXT_KEY).verifier
        if is_signed_by(last.note, following, file=last.file):
            self.use_next_key()
        else:
            path.unlink()

    def last_signed(self) -> SignedCheckpoint | None:
        """The last checkpoint that the key signed, None before the first.

        Raises
        ------
        VerificationError
            The file is not a checkpoint.
        """
        path = self.path / _LAST
        if not path.exists():
            return None
        content = read_regular_file(path, limit=MAX_NOTE_BYTES)
        return parse_checkpoint(content, file=str(path))

    def record_signed(self, checkpoint: SignedCheckpoint) -> None:
        """Remember what was signed, before anybody can see it."""
        write_atomically(self.path / _LAST, bytes(checkpoint))
        sync_directory(self.path)

    def _passphrase_of_key(self) -> Passphrase | None:
        return self._passphrase if is_encrypted(self.path / _KEY) else None

    def _write_public(self, key: VerifierKey) -> None:
        write_atomically(self.path / _PUBLIC, f"{key}\n".encode())

    def _write_key(self, name: str, key: SigningKey, passphrase: Passphrase | None) -> None:
        secret = key.secret_text().encode()
        write_secret(self.path / name, secret, purpose=_KEY_PURPOSE, passphrase=passphrase)

    def _read_key(self, name: str) -> SigningKey:
        path = self.path / name
        text = read_secret(path, purpose=_KEY_PURPOSE, passphrase=self._passphrase)
        try:
            return SigningKey.parse(text.decode("utf-8", errors="replace"))
        except InputError as error:
            raise InputError(error.problem, file=path, allowed=error.allowed) from None
