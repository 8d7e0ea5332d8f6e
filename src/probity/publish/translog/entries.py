"""What a log holds: canonical JSON (RFC 8785) of a few kinds, each with its schema id.

Nothing in a log is ever edited. What turns out to be wrong gets a correction: a new entry that
names the old one by its index and its leaf hash.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from probity.core import InputError
from probity.core.canonical_json import JsonError, canonical, read_canonical
from probity.core.errors import printable
from probity.publish.translog.note import VerifierKey, parse_log_key, parse_note
from probity.publish.translog.tiles import MAX_ENTRY_BYTES

_SECONDS = "%Y-%m-%dT%H:%M:%SZ"
_LONGEST = 2_000
_LONGEST_MESSAGE = 200


def moment(time: datetime) -> str:
    """A time as entries state it: UTC, to the second."""
    return time.astimezone(UTC).strftime(_SECONDS)


def _check_moment(text: str) -> str:
    if datetime.strptime(text, _SECONDS).replace(tzinfo=UTC).strftime(_SECONDS) != text:
        raise ValueError("not a time such as 2026-11-26T09:00:00Z")
    return text


Moment = Annotated[str, AfterValidator(_check_moment)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]
Text = Annotated[str, Field(min_length=1, max_length=_LONGEST)]


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, strict=True
    )


class _Entry(_Part):
    recorded_at: Moment = Field(
        description="When the publisher says it was recorded; a witness's time is independent."
    )

    def to_bytes(self) -> bytes:
        """The entry as the log holds it."""
        return canonical(self.model_dump(by_alias=True, mode="json", exclude_none=True))


class DeploymentRecord(_Entry):
    """One deployment, as the operator published it."""

    schema_id: Literal["probity/log-entry/deployment-record/1"] = Field(
        "probity/log-entry/deployment-record/1", alias="schema"
    )
    force: Text
    date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    figures: dict[Text, Text] = Field(description="Each published cell by its heading, as printed.")
    source_sha256: Digest = Field(description="Of the file that it was published in.")


class Policy(_Entry):
    """A written policy in force."""

    schema_id: Literal["probity/log-entry/policy/1"] = Field(
        "probity/log-entry/policy/1", alias="schema"
    )
    name: Text
    version: Text
    sha256: Digest = Field(description="Of the policy's text.")


class VerdictSet(_Entry):
    """The verdicts on a set of claims."""

    schema_id: Literal["probity/log-entry/verdict-set/1"] = Field(
        "probity/log-entry/verdict-set/1", alias="schema"
    )
    claims: int = Field(ge=1)
    program: Text = Field(description="Name and version of what computed them.")
    sha256: Digest = Field(description="Of the verdicts as canonical JSON.")


class BundleDigest(_Entry):
    """A published bundle of evidence."""

    schema_id: Literal["probity/log-entry/bundle/1"] = Field(
        "probity/log-entry/bundle/1", alias="schema"
    )
    name: Text
    sha256: Digest = Field(description="Of the bundle's list of files and digests.")


class Segment(_Entry):
    """A part of an event log: what it holds can be shown later, row by row, and not changed."""

    schema_id: Literal["probity/log-entry/segment/1"] = Field(
        "probity/log-entry/segment/1", alias="schema"
    )
    name: Text
    rows: int = Field(ge=1)
    first_time: Text = Field(description="Earliest event, ISO 8601, UTC.")
    last_time: Text = Field(description="Latest event, ISO 8601, UTC.")
    rows_root: Digest = Field(description="RFC 6962 root over the salted canonical rows.")
    parquet_commitment: Digest = Field(
        description="SHA-256 of a salt and the Parquet file, so that it cannot be guessed."
    )
    previous: Digest | None = Field(
        None, description="Leaf hash of the entry of the segment before; absent for the first."
    )


class EntryName(_Part):
    """An entry, by its place and its content."""

    index: int = Field(ge=0)
    leaf_hash: Digest


class KeyRotation(_Entry):
    """The log's key changes, which both keys have signed."""

    schema_id: Literal["probity/log-entry/key-rotation/1"] = Field(
        "probity/log-entry/key-rotation/1", alias="schema"
    )
    origin: Text
    old_key: Text
    new_key: Text
    statement: Annotated[str, Field(max_length=2 * _LONGEST)] = Field(
        description="The statement below as a note signed by both keys."
    )

    @staticmethod
    def text(origin: str, old_key: VerifierKey, new_key: VerifierKey) -> str:
        """The statement that both keys sign."""
        return f"probity/key-rotation/1\n{origin}\n{old_key}\n{new_key}\n"

    def keys(self, origin: str) -> tuple[VerifierKey, VerifierKey] | None:
        """The old and the new key, if both have signed for the log ``origin``."""
        old, new = parse_log_key(self.old_key), parse_log_key(self.new_key)
        note = parse_note(self.statement.encode(), file="statement")
        if note.text != self.text(origin, old, new):
            return None
        message = note.text.encode()
        good = (
            any(key.has_signed(message, one.value) for _, one in note.lines_of(key))
            for key in (old, new)
        )
        return (old, new) if all(good) else None


Correctable = Annotated[
    DeploymentRecord | Policy | VerdictSet | BundleDigest | Segment,
    Field(discriminator="schema_id"),
]


class Correction(_Entry):
    """An entry that puts another right, which stays where it is."""

    schema_id: Literal["probity/log-entry/correction/1"] = Field(
        "probity/log-entry/correction/1", alias="schema"
    )
    corrects: EntryName
    reason: Text
    replacement: Correctable | None = Field(
        None, description="What should have stood there; absent where it is withdrawn."
    )


Entry = DeploymentRecord | Policy | VerdictSet | BundleDigest | Segment | Correction | KeyRotation
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="schema_id")])


def entry_schema() -> dict[str, Any]:
    """The JSON Schema of an entry of any kind."""
    return _ENTRY.json_schema(by_alias=True)


def entry_from(document: Any) -> Entry:
    """The entry that a document is.

    Raises
    ------
    InputError
        It is of no kind that a log holds, or too long; names the field.
    """
    try:
        entry = _ENTRY.validate_python(document)
        length = len(entry.to_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"not an entry of a log: {printable(first['msg'], limit=_LONGEST_MESSAGE)}",
            column=".".join(str(one) for one in first["loc"]) or None,
            got=first["input"] if not isinstance(first["input"], dict) else None,
        ) from None
    except (JsonError, UnicodeEncodeError) as error:
        raise InputError(f"not an entry of a log: {error}") from None
    if length > MAX_ENTRY_BYTES:
        raise InputError(
            "the entry is too long",
            got=f"{length} bytes",
            allowed=f"at most {MAX_ENTRY_BYTES}; log its hash instead",
        )
    return entry


def parse_entry(content: bytes) -> Entry:
    """The entry that a log holds as ``content``.

    Raises
    ------
    InputError
        Not canonical JSON, or of no kind that a log holds.
    """
    try:
        return entry_from(read_canonical(content))
    except JsonError as error:
        raise InputError(f"not an entry of a log: {error}") from None
