"""Signed notes, and keys as one line of text (C2SP signed-note v1.0.0).

A note is text and signature lines below it. Reading is stricter than the specification asks in
one point: base64 must be in its one canonical form, so that no byte of a note can change
without being noticed.
"""

import base64
import binascii
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from probity.core import InputError, VerificationError

ED25519 = 0x01
COSIGNATURE = 0x04
_ALGORITHMS = {ED25519: "a log's key", COSIGNATURE: "a witness's key"}
MAX_NOTE_BYTES = 1 << 20
MAX_SIGNATURES = 100
_KEY_BYTES = 32
_KEY_ID_BYTES = 4
# Control characters; and half a surrogate pair, which no UTF-8 can hold.
_UNFIT = {"Cc", "Cs"}
_SECRET_HEAD = "PRIVATE+KEY"  # noqa: S105 - the first words of the format, no secret


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name.

    Parameters
    ----------
    name : str
        Of whoever signs; best a URL without its scheme.
    algorithm : int
        ``ED25519`` or ``COSIGNATURE``.
    public : bytes, (32,)
        The Ed25519 public key.
    """

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line names its key by."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return sha256(named).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.algorithm]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether an Ed25519 signature over ``message`` is of this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name. Its text is never part of a message or a ``repr``."""

    name: str
    algorithm: int
    _private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str, *, algorithm: int = ED25519) -> "SigningKey":
        """A new key from the system's random numbers."""
        check_name(name)
        return cls(name, algorithm, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """A key from its text; the text is never shown in an error."""
        head, _, rest = text.strip().partition(f"{_SECRET_HEAD}+")
        name, material = _key_material(rest)
        if not head and material is not None:
            key = cls(name, material[0], Ed25519PrivateKey.from_private_bytes(material[1:]))
            if rest.split("+")[1] == key.verifier.key_id.hex():
                return key
        raise InputError("not a private key of a signed note", allowed="PRIVATE+KEY+name+id+key")

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = self._private.public_key().public_bytes_raw()
        return VerifierKey(self.name, self.algorithm, public)

    def secret_text(self) -> str:
        """The text to keep in a file that nobody else can read."""
        encoded = base64.b64encode(bytes([self.algorithm]) + self._private.private_bytes_raw())
        return f"{_SECRET_HEAD}+{self.name}+{self.verifier.key_id.hex()}+{encoded.decode()}"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over ``message``, 64 bytes."""
        return self._private.sign(message)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: the key's name, its four-byte id, and what the key's algorithm says."""

    name: str
    key_id: bytes
    value: bytes

    @classmethod
    def of(cls, key: VerifierKey, value: bytes) -> "Signature":
        """The line of one key."""
        return cls(key.name, key.key_id, value)

    def is_by(self, key: VerifierKey) -> bool:
        """Whether it says it is of this key."""
        return self.name == key.name and self.key_id == key.key_id

    def __str__(self) -> str:
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """Text that ends in a newline, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(str(one) for one in self.signatures)).encode()

    def lines_of(self, key: VerifierKey) -> list[tuple[int, Signature]]:
        """The signatures that say they are of ``key``, each with its line, counting from 1."""
        first = self.text.count("\n") + 2
        return [(first + n, one) for n, one in enumerate(self.signatures) if one.is_by(key)]


def signed(text: str, *, keys: Iterable[SigningKey]) -> Note:
    """A note with the signatures of ``keys``."""
    lines = (Signature.of(key.verifier, key.sign(text.encode())) for key in keys)
    return Note(text, tuple(lines))


def is_signed_by(note: Note, key: VerifierKey, *, file: str) -> bool:
    """Whether a note has a signature of ``key``.

    Raises
    ------
    VerificationError
        A line that says it is of ``key``, and is not.
    """
    lines = note.lines_of(key)
    for line, signature in lines:
        if not key.has_signed(note.text.encode(), signature.value):
            raise VerificationError(
                file=file,
                place=f"line {line}",
                expected=f"a signature of the key {key.name}+{key.key_id.hex()}",
                got="one that does not fit the text above it",
            )
    return bool(lines)


def parse_note(content: bytes, *, file: str) -> Note:
    """Read a note; whether its signatures are good is asked separately.

    Raises
    ------
    VerificationError
        Not a signed note; names the line.
    """
    if len(content) > MAX_NOTE_BYTES:
        raise VerificationError(
            file=file, expected=f"at most {MAX_NOTE_BYTES} bytes", got=f"{len(content)}"
        )
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise VerificationError(
            file=file, place=f"byte {error.start}", expected="UTF-8 text", got="other bytes"
        ) from None
    for at, character in enumerate(whole):
        if character < " " and character != "\n":
            line = whole.count("\n", 0, at) + 1
            raise VerificationError(
                file=file, place=f"line {line}", expected="no control character", got=character
            )
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise VerificationError(
            file=file,
            expected="text, an empty line, and signature lines that end in a newline",
            got="no such end",
        )
    text += "\n"
    first = text.count("\n") + 2
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise VerificationError(
            file=file, expected=f"at most {MAX_SIGNATURES} signatures", got=f"{len(lines)}"
        )
    return Note(text, tuple(_signature(line, first + n, file) for n, line in enumerate(lines)))


def _signature(line: str, number: int, file: str) -> Signature:
    match line.split(" "):
        case ["\u2014", name, encoded] if _is_name(name):
            value = from_base64(encoded)
            if value is not None and len(value) > _KEY_ID_BYTES:
                return Signature(name, value[:_KEY_ID_BYTES], value[_KEY_ID_BYTES:])
    raise VerificationError(
        file=file,
        place=f"line {number}",
        expected="a signature: an em dash, a name and canonical base64",
        got=line,
    )


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a public key in its text form (vkey).

    Raises
    ------
    InputError
        Not a key, an algorithm other than Ed25519, or an id that is not the key's.
    """
    name, material = _key_material(text.strip())
    if material is not None:
        key = VerifierKey(name, material[0], material[1:])
        if str(key) == text.strip():
            return key
    raise InputError("not a public key", got=text, allowed="name+id+key, as in signed-note")


def parse_log_key(text: str) -> VerifierKey:
    """Read a public key that signs checkpoints.

    Raises
    ------
    InputError
        As ``parse_verifier_key``, or a key that only cosigns.
    """
    return _of_algorithm(parse_verifier_key(text), ED25519)


def parse_witness_key(text: str) -> VerifierKey:
    """Read a public key that cosigns checkpoints.

    Raises
    ------
    InputError
        As ``parse_verifier_key``, or a key that does not cosign.
    """
    return _of_algorithm(parse_verifier_key(text), COSIGNATURE)


def _of_algorithm(key: VerifierKey, wanted: int) -> VerifierKey:
    if key.algorithm != wanted:
        raise InputError(
            f"not {_ALGORITHMS[wanted]}",
            got=str(key),
            allowed=f"signature type {wanted}; this one is {_ALGORITHMS[key.algorithm]}",
        )
    return key


def _key_material(text: str) -> tuple[str, bytes | None]:
    """The name in ``name+id+base64``, and the algorithm and key in it where it holds them."""
    match text.split("+", maxsplit=2):
        case [name, _, encoded] if _is_name(name):
            material = from_base64(encoded)
            fits = material is not None and len(material) == 1 + _KEY_BYTES
            if material is not None and fits and material[0] in _ALGORITHMS:
                return name, material
    return "", None


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a key.

    Raises
    ------
    InputError
        Empty, or with a space, a plus sign or a control character in it.
    """
    if not _is_name(name):
        raise InputError(
            "not a name for a key",
            got=name,
            allowed="text without spaces and plus signs, such as police.example/lfr-log",
        )


def _is_name(name: str) -> bool:
    unfit = any(one == "+" or one.isspace() or unicodedata.category(one) in _UNFIT for one in name)
    return bool(name) and not unfit


def to_base64(value: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(value).decode()


def from_base64(text: str) -> bytes | None:
    """The bytes of canonical base64, None for any other text."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if to_base64(value) == text else None


def hash_from_base64(text: str) -> bytes | None:
    """A 32-byte hash from canonical base64, None for any other text."""
    value = from_base64(text)
    return value if value is not None and len(value) == _KEY_BYTES else None
