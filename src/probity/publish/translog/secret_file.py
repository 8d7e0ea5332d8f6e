"""Files with a secret in them: readable by their owner only, encrypted where a passphrase is given.

Encryption: scrypt (RFC 7914) makes a key of the passphrase, ChaCha20-Poly1305 (RFC 8439) encrypts
and notices every change; the name of the file is bound to its content. No message of this module
holds a secret.
"""

import json
import os
import stat
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from probity.core import InputError
from probity.core.files import read_regular_file

SCHEMA: Literal["probity/encrypted-secret/1"] = "probity/encrypted-secret/1"
MAX_SECRET_BYTES = 16_384
_COST = 1 << 17  # 128 MiB of memory and about half a second for each guess
_MOST_COST = _COST  # of a file: what somebody else wrote asks for no more than we would
_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_ENCRYPTED = b"{"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

# Asked for only where a file turns out to be encrypted.
Passphrase = Callable[[], bytes]

Base64 = Annotated[str, Field(max_length=MAX_SECRET_BYTES)]


class _Encrypted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_id: Literal["probity/encrypted-secret/1"] = Field(alias="schema")
    kdf: Literal["scrypt"] = "scrypt"
    n: int = Field(ge=2, le=_MOST_COST)
    r: Literal[8] = 8
    p: Literal[1] = 1
    salt: Base64
    aead: Literal["ChaCha20-Poly1305"] = "ChaCha20-Poly1305"
    nonce: Base64
    ciphertext: Base64


def make_private_directory(path: Path) -> None:
    """Make a directory that only its owner can enter.

    Raises
    ------
    InputError
        It exists and others can enter it, or it cannot be made.
    """
    try:
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", file=path) from None
    _require_private(path, path.stat())


def write_secret(path: Path, secret: bytes, *, purpose: str, passphrase: Passphrase | None) -> None:
    """Write a secret so that only its owner can read it: a new file, or in place of an old one.

    Raises
    ------
    OSError
        The directory cannot be written to, or the disk is full.
    """
    if passphrase is not None:
        secret = _encrypted(secret, passphrase(), purpose=purpose)
    # mkstemp makes the file with permissions 0600 from its first moment.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_directory(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_secret(path: Path, *, purpose: str, passphrase: Passphrase | None) -> bytes:
    """The secret in a file.

    Raises
    ------
    InputError
        No such file, readable or owned by others, or encrypted and the passphrase is missing or
        wrong, or it asks for more work than one of ours.
    """
    content = read_regular_file(path, limit=MAX_SECRET_BYTES)
    _require_private(path, path.stat())
    if not content.startswith(_ENCRYPTED):
        return content
    try:
        sealed = _Encrypted.model_validate_json(content)
        salt, nonce = b64decode(sealed.salt), b64decode(sealed.nonce)
        ciphertext = b64decode(sealed.ciphertext)
    except ValidationError as error:
        wrong = error.errors(include_input=False)[0]
        raise InputError(
            f"not an encrypted secret: {wrong['msg']}",
            file=path,
            column=".".join(map(str, wrong["loc"])) or None,
            allowed=SCHEMA,
        ) from None
    except ValueError:
        raise InputError("not an encrypted secret", file=path, allowed=SCHEMA) from None
    if passphrase is None:
        raise InputError(
            "the file is encrypted", file=path, allowed="a passphrase, from a file or a prompt"
        )
    try:
        key = Scrypt(salt=salt, length=_KEY_BYTES, n=sealed.n, r=sealed.r, p=sealed.p)
        cipher = ChaCha20Poly1305(key.derive(passphrase()))
        return cipher.decrypt(nonce, ciphertext, purpose.encode())
    except (InvalidTag, ValueError):
        raise InputError("the passphrase is wrong, or the file was changed", file=path) from None
    except MemoryError:
        needed = f"{128 * sealed.r * sealed.n >> 20} MiB of free memory"
        raise InputError("too little memory to decrypt it", file=path, allowed=needed) from None


def is_encrypted(path: Path) -> bool:
    """Whether a file holds an encrypted secret."""
    return read_regular_file(path, limit=MAX_SECRET_BYTES).startswith(_ENCRYPTED)


def sync_directory(path: Path) -> None:
    """Have the names in a directory survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _encrypted(secret: bytes, passphrase: bytes, *, purpose: str) -> bytes:
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    key = Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=8, p=1).derive(passphrase)
    ciphertext = ChaCha20Poly1305(key).encrypt(nonce, secret, purpose.encode())
    sealed = _Encrypted(
        schema_id=SCHEMA,
        n=_COST,
        salt=b64encode(salt).decode(),
        nonce=b64encode(nonce).decode(),
        ciphertext=b64encode(ciphertext).decode(),
    )
    return json.dumps(sealed.model_dump(by_alias=True), indent=2).encode() + b"\n"


def _require_private(path: Path, status: os.stat_result) -> None:
    if status.st_mode & _OTHERS or status.st_uid != os.geteuid():
        wanted = 0o700 if stat.S_ISDIR(status.st_mode) else 0o600
        raise InputError(
            "others can read this",
            file=path,
            got=f"permissions {stat.S_IMODE(status.st_mode):04o}, owner {status.st_uid}",
            allowed=f"permissions {wanted:04o}, owned by you; a secret that others could read "
            "is best replaced",
        )
