"""The manifest: what a bundle holds, what it was made from, and what it corrects."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from probity.core.canonical_json import canonical
from probity.publish.bundle.layout import (
    CLAIMS,
    MANIFEST,
    MAX_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    OWN,
    PATH,
)

SCHEMA = "probity/bundle/1"
HOW = "probity verify --recompute DIRECTORY"

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ClaimId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{1,79}$")]


def _path(text: str) -> str:
    if not PATH.fullmatch(text):
        raise ValueError("not the name of a file in a bundle")
    return text


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("not a day such as 2026-11-26")
    date.fromisoformat(text)
    return text


def _title(text: str) -> str:
    if not text.isprintable() or "/" in text or "\\" in text or text in {".", ".."}:
        raise ValueError("not the plain name of a file")
    return text


BundlePath = Annotated[str, AfterValidator(_path)]
Day = Annotated[str, AfterValidator(_day)]
Title = Annotated[Short, AfterValidator(_title)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class File(_Model):
    """One file: its name from the top of the bundle, its size and its digest."""

    path: BundlePath
    bytes: int = Field(ge=0, le=MAX_FILE_BYTES)
    sha256: Digest


class Software(_Model):
    """What computed the derived files.

    ``code`` is the digest of Probity's own files, since a version number does not tell a changed
    copy from the released one; ``libraries`` are those that numbers and drawings depend on.
    """

    name: Literal["probity"]
    version: Short
    code: Digest
    libraries: Mapping[Short, Short] = Field(max_length=50)


class ClaimsUsed(_Model):
    """The claims of one file that were tested, by their ids."""

    path: BundlePath
    ids: tuple[ClaimId, ...] = Field(min_length=1, max_length=200)


class OwnRecord(_Model):
    """A record that the publisher brought: where it is, and what its file was called."""

    path: BundlePath
    title: Title


class Correction(_Model):
    """The bundle that this one corrects, and why. The corrected one stays as it is."""

    bundle: Digest
    reason: Text


class Parameters(_Model):
    """All that a recomputation needs besides the files."""

    claims: tuple[ClaimsUsed, ...] = Field(min_length=1, max_length=200)
    records: tuple[OwnRecord, ...] = Field(max_length=200)


class Manifest(_Model):
    """The whole manifest. ``published`` is as the publisher states it; no clock is read."""

    schema_id: Literal["probity/bundle/1"] = Field(alias="schema")
    published: Day | None
    corrects: Correction | None
    software: Software
    parameters: Parameters
    recompute: Text
    files: tuple[File, ...] = Field(min_length=1, max_length=MAX_FILES)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        paths = [file.path for file in self.files]
        if paths != sorted(set(paths)):
            raise ValueError("the files must be listed once each, in order of their names")
        if sum(file.bytes for file in self.files) > MAX_BYTES:
            raise ValueError(f"the files are more than {MAX_BYTES} bytes together")
        for use, folder in _uses(self.parameters):
            if not use.startswith(f"{folder}/") or use not in paths:
                raise ValueError(f"{use} is used, and not among the files in {folder}")
        return self

    def content(self) -> bytes:
        """The manifest as canonical JSON."""
        return canonical(self.model_dump(mode="json", by_alias=True))


def _uses(parameters: Parameters) -> list[tuple[str, str]]:
    return [
        *((use.path, CLAIMS) for use in parameters.claims),
        *((record.path, OWN) for record in parameters.records),
    ]


def digest_in(text: str) -> str | None:
    """The SHA-256 digest that a text is, with or without ``sha256:``; None where it is none."""
    match = _DIGEST.fullmatch(text.strip())
    return match[1].lower() if match else None


def listed(contents: Mapping[str, bytes]) -> tuple[File, ...]:
    """The entries of the manifest for some files, in order of their names."""
    return tuple(
        File(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        for path, content in sorted(contents.items())
    )


def sums(files: tuple[File, ...], *, digest: str) -> bytes:
    """``SHA256SUMS``: every file and the manifest, as ``sha256sum`` writes them."""
    digests = {file.path: file.sha256 for file in files} | {MANIFEST: digest}
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode("ascii")
