"""Verifying a bundle: every file there, none beside, each with the digest the manifest gives.

A bundle comes from a stranger. Nothing in it is carried out, no name in it is used as a path
before it has been checked, and every file is read once, within a limit. The manifest fixes every
other file, and ``SHA256SUMS`` fixes the manifest; both could be written anew together with a
changed file, so the digest of the manifest has to be compared with one from elsewhere:
``expected_digest``, or a transparency log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from probity.core import VerificationError
from probity.core.canonical_json import JsonError, first_difference, read_canonical
from probity.publish.bundle.difference import place_of_change
from probity.publish.bundle.layout import (
    MANIFEST,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_MANIFEST_BYTES,
    SUMS,
    is_canonical_json,
)
from probity.publish.bundle.manifest import SCHEMA, File, Manifest, sums
from probity.publish.bundle.originals import original_of
from probity.publish.bundle.read import entries, read_file, sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBundle:
    """What was found.

    Attributes
    ----------
    digest : str or None
        SHA-256 of the manifest as it is there; None where it cannot be read.
    manifest : Manifest or None
        None where there is none that can be relied on.
    contents : mapping of str to bytes
        The files that have the digest the manifest gives.
    failures : tuple of VerificationError
        Everything that is not as it should be; empty where the bundle is intact.
    """

    digest: str | None
    manifest: Manifest | None
    contents: Mapping[str, bytes] = field(repr=False)
    failures: tuple[VerificationError, ...]


def verify_bundle(directory: Path, *, expected_digest: str | None = None) -> VerifiedBundle:
    """Compare everything in a directory with its manifest.

    Parameters
    ----------
    directory : Path
        The bundle.
    expected_digest : str, optional
        The bundle's digest as it was published elsewhere, in hexadecimal.

    Returns
    -------
    VerifiedBundle
        With every failure, not only the first. Where the manifest itself cannot be relied on,
        nothing else is looked at: what the other files should be is then not known.
    """
    digest = None
    try:
        content = read_file(directory, MANIFEST, size=None, limit=MAX_MANIFEST_BYTES)
        digest = sha256(content)
        _require_digest(digest, expected_digest)
        found_sums = read_file(directory, SUMS, size=None, limit=MAX_MANIFEST_BYTES)
        _require_own_line(found_sums, digest)
        manifest = _manifest(content)
        listed = list(entries(directory))
    except VerificationError as error:
        return VerifiedBundle(digest=digest, manifest=None, contents={}, failures=(error,))
    failures = list(_sums_failures(found_sums, manifest, digest))
    kinds = dict(listed)
    contents: dict[str, bytes] = {}
    for file in manifest.files:
        kind = kinds.get(file.path)
        if kind is None:  # not tried: its folder may be a link to where there is one
            missing = VerificationError(file=file.path, expected="a file", got="no such file")
            failures.append(missing)
        elif kind == "file":  # anything else is reported below, with what it is
            try:
                contents[file.path] = _intact(directory, file)
            except VerificationError as error:
                failures.append(error)
    failures += _unexpected(directory, kinds, manifest)
    return VerifiedBundle(
        digest=digest, manifest=manifest, contents=contents, failures=tuple(failures)
    )


def _require_digest(digest: str, expected: str | None) -> None:
    if expected is not None and digest != expected:
        raise VerificationError(
            file=MANIFEST, expected=f"the bundle with the digest {expected}", got=digest
        )


def _require_own_line(content: bytes, digest: str) -> None:
    """The manifest and its line in ``SHA256SUMS`` agree, or one of the two was changed."""
    if f"{digest}  {MANIFEST}\n".encode() not in content.splitlines(keepends=True):
        raise VerificationError(
            file=MANIFEST,
            expected=f"the digest that {SUMS} gives (one of the two files was changed)",
            got=digest,
        )


def _manifest(content: bytes) -> Manifest:
    try:
        read_canonical(content)
        return Manifest.model_validate_json(content)
    except JsonError as error:
        raise VerificationError(
            file=MANIFEST, place=error.place, expected="canonical JSON", got=error.problem
        ) from None
    except ValidationError as error:
        wrong = error.errors()[0]
        pointer = "".join(f"/{part}" for part in wrong["loc"])
        raise VerificationError(
            file=MANIFEST,
            place=f"pointer {pointer or '(the whole)'}",
            expected=f"a manifest as {SCHEMA} describes it",
            got=wrong["msg"].removeprefix("Value error, "),
        ) from None


def _sums_failures(content: bytes, manifest: Manifest, digest: str) -> list[VerificationError]:
    expected = sums(manifest.files, digest=digest)
    if content == expected:
        return []
    at = first_difference(content, expected)
    line = content[:at].count(b"\n") + 1
    wanted = expected.splitlines()[line - 1 : line] or [b"the end of the file"]
    got = content.splitlines()[line - 1 : line] or [b"the end of the file"]
    return [
        VerificationError(
            file=SUMS,
            place=f"line {line} (byte {at})",
            expected=wanted[0].decode("ascii"),
            got=got[0].decode("utf-8", errors="replace"),
        )
    ]


def _intact(directory: Path, file: File) -> bytes:
    """The content of a file that is as the manifest says, and canonical where it has to be."""
    try:
        content = read_file(directory, file.path, size=file.bytes, limit=MAX_FILE_BYTES)
    except VerificationError as error:
        if not error.expected.endswith(" bytes"):
            raise
        place = _place_in_other_size(directory, file)
        raise VerificationError(
            file=file.path, place=place, expected=error.expected, got=error.got
        ) from None
    found = sha256(content)
    if found != file.sha256:
        raise VerificationError(
            file=file.path,
            place=_place(file, content),
            expected=f"SHA-256 {file.sha256}",
            got=found,
        )
    if is_canonical_json(file.path):
        try:
            read_canonical(content)
        except JsonError as error:
            raise VerificationError(
                file=file.path, place=error.place, expected="canonical JSON", got=error.problem
            ) from None
    return content


def _place_in_other_size(directory: Path, file: File) -> str | None:
    try:
        return _place(file, read_file(directory, file.path, size=None, limit=MAX_FILE_BYTES))
    except VerificationError:
        return None


def _place(file: File, found: bytes) -> str | None:
    """Where the file was changed. A digest cannot say; the original, where we have it, can."""
    original = original_of(file)
    if original is None:
        return None
    return place_of_change(file.path, found=found, expected=original)


def _unexpected(
    directory: Path, kinds: Mapping[str, str], manifest: Manifest
) -> list[VerificationError]:
    """Everything there that the manifest does not list, and everything that is no plain file."""
    listed = {file.path: file for file in manifest.files}
    missing = {file.sha256: path for path, file in listed.items() if path not in kinds}
    failures = []
    for name, kind in kinds.items():
        if name in listed or name in {MANIFEST, SUMS}:
            if kind != "file":
                failures.append(
                    VerificationError(file=name, expected="a plain file", got=f"a {kind}")
                )
            continue
        got = f"{'an' if kind.startswith('e') else 'a'} {kind}"
        if kind == "file" and missing and (was := missing.get(_digest_of(directory, name))):
            got += f" with the content of {was}"
        failures.append(
            VerificationError(file=name, expected="nothing: the manifest does not list it", got=got)
        )
        if len(failures) > MAX_FILES:
            break
    return failures


def _digest_of(directory: Path, name: str) -> str:
    try:
        return sha256(read_file(directory, name, size=None, limit=MAX_FILE_BYTES))
    except VerificationError:
        return ""
