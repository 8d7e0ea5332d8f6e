"""Running the statistics again on what a bundle holds, and comparing every value.

The reader's own Probity does it: code, templates and style are never taken from a bundle. With
the same software every derived file must come out byte for byte. With another, only the verdicts
can be compared, and what could not is said. Verdicts that cannot be compared are a failure: which
software and which format they are in is what the publisher says, and must not be a way past.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from probity.claims.as_json import SCHEMA
from probity.core import InputError, VerificationError
from probity.core.canonical_json import JsonError, read_json
from probity.core.errors import printable
from probity.publish.bundle import layout
from probity.publish.bundle.compose import Done, compose
from probity.publish.bundle.difference import json_difference, place_of_change
from probity.publish.bundle.inputs import Inputs
from probity.publish.bundle.manifest import Manifest, Software
from probity.publish.bundle.read import read_file, sha256
from probity.publish.bundle.software import software
from probity.publish.bundle.verify import VerifiedBundle

OTHER_SOFTWARE_RELATIVE = 1e-9
"""Share by which numbers may differ where other software computed them: other versions of the
numerical libraries round differently in the last digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What came out.

    Attributes
    ----------
    compared : bool
        Whether the published verdicts were set against recomputed ones, however that came out.
    same : tuple of str
        Derived files that came out as they were published.
    not_compared : tuple of str
        What could not be compared and why, one sentence each.
    failures : tuple of VerificationError
        Derived files that came out otherwise, with the first value that differs; and verdicts
        that could not be computed or compared.
    """

    compared: bool = False
    same: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    failures: tuple[VerificationError, ...] = ()


def inputs_of(manifest: Manifest, contents: Mapping[str, bytes]) -> Inputs:
    """What a bundle was made from, as its manifest says."""
    return Inputs(
        files={path: content for path, content in contents.items() if "/" in path},
        claims=manifest.parameters.claims,
        records=manifest.parameters.records,
        published=manifest.published,
        corrects=manifest.corrects,
    )


def recompute(directory: Path, bundle: VerifiedBundle, *, done: Done = lambda: None) -> Recomputed:
    """Compute everything again that is computed, and compare.

    Parameters
    ----------
    directory : Path
        Where the bundle is; a derived file that was changed is read there once more, to say
        where it was changed.
    bundle : VerifiedBundle
        As ``verify_bundle`` found it.
    done : callable
        As ``compose`` calls it.
    """
    manifest = bundle.manifest
    if manifest is None:
        return Recomputed(not_compared=("Nothing, since the manifest cannot be relied on.",))
    changed = [f.path for f in manifest.files if "/" in f.path and f.path not in bundle.contents]
    if changed:
        said = f"Nothing, since an input was changed: {', '.join(changed)}."
        return Recomputed(not_compared=(said,))
    try:
        computed = compose(inputs_of(manifest, bundle.contents), done=done)
    except InputError as error:
        return Recomputed(failures=(_unusable(error),))
    except Exception as error:  # noqa: BLE001 - a stranger's figures may break any assumption
        got = f"{type(error).__name__}: {printable(str(error), limit=150)}"
        return Recomputed(failures=(_not_computable(got),))
    if computed.manifest.software == manifest.software:
        found = _every_byte(directory, manifest, bundle.contents, computed.files)
    else:
        found = _verdicts_only(manifest, bundle.contents, computed.files)
    audits = [f.path for f in manifest.files if f.path.startswith(f"{layout.AUDITS}/")]
    why = "an audit can be run again on its event log only, which is not part of a bundle"
    return Recomputed(
        compared=found.compared,
        same=found.same,
        not_compared=(*found.not_compared, *(f"{path}: {why}." for path in audits)),
        failures=found.failures,
    )


def _every_byte(
    directory: Path,
    manifest: Manifest,
    contents: Mapping[str, bytes],
    computed: Mapping[str, bytes],
) -> Recomputed:
    same, failures = [], []
    digests = {file.path: file.sha256 for file in manifest.files}
    for path in layout.DERIVED:
        expected = computed[path]
        if path not in digests:
            failures.append(_not_in_bundle(path))
        elif path not in contents:
            failures += _place_of_change(directory, path, digests[path], expected)
        elif contents[path] == expected:
            same.append(path)
        else:
            failures.append(_differs(path, contents[path], expected))
    return Recomputed(
        compared=layout.VERDICTS in contents, same=tuple(same), failures=tuple(failures)
    )


def _not_in_bundle(path: str) -> VerificationError:
    return VerificationError(file=path, expected="a file", got="not in the bundle")


def _place_of_change(
    directory: Path, path: str, digest: str, expected: bytes
) -> list[VerificationError]:
    """Where a file was changed whose original we have just computed."""
    if sha256(expected) != digest:
        return []
    try:
        found = read_file(directory, path, size=None, limit=layout.MAX_FILE_BYTES)
    except VerificationError:
        return []  # missing or no plain file, which has been reported
    return [] if found == expected else [_differs(path, found, expected)]


def _differs(path: str, found: bytes, expected: bytes) -> VerificationError:
    if path == layout.VERDICTS:
        difference = _verdicts_difference(found, expected, relative=0.0)
        if difference is not None:
            return difference
    return VerificationError(
        file=path,
        place=place_of_change(path, found=found, expected=expected),
        expected=f"what this software computes (SHA-256 {sha256(expected)})",
        got=sha256(found),
    )


def _verdicts_difference(
    found: bytes, expected: bytes, *, relative: float
) -> VerificationError | None:
    try:
        document = read_json(found)
    except JsonError as error:
        return VerificationError(
            file=layout.VERDICTS,
            place=error.place,
            expected="verdicts that can be compared",
            got=error.problem,
        )
    difference = json_difference(document, read_json(expected), relative=relative)
    if difference is None:
        return None
    return VerificationError(
        file=layout.VERDICTS,
        place=f"pointer {difference.pointer or '(the whole)'}",
        expected=f"{printable(difference.expected)} (recomputed)",
        got=difference.found,
    )


def _verdicts_only(
    manifest: Manifest, contents: Mapping[str, bytes], computed: Mapping[str, bytes]
) -> Recomputed:
    theirs = manifest.software
    others = ", ".join(path for path in layout.DERIVED if path != layout.VERDICTS)
    said = f"{others}: made by other software ({_other_software(theirs)})."
    if layout.VERDICTS not in {file.path for file in manifest.files}:
        return Recomputed(not_compared=(said,), failures=(_not_in_bundle(layout.VERDICTS),))
    if layout.VERDICTS not in contents:
        return Recomputed(not_compared=(f"{layout.VERDICTS}: it was changed.", said))
    other = _other_format(contents[layout.VERDICTS])
    if other is not None:
        return Recomputed(not_compared=(said,), failures=(other,))
    difference = _verdicts_difference(
        contents[layout.VERDICTS], computed[layout.VERDICTS], relative=OTHER_SOFTWARE_RELATIVE
    )
    if difference is not None:
        return Recomputed(compared=True, not_compared=(said,), failures=(difference,))
    return Recomputed(compared=True, same=(layout.VERDICTS,), not_compared=(said,))


def _other_format(content: bytes) -> VerificationError | None:
    """The failure that verdicts are in another format than the one that is computed here."""
    try:
        document = read_json(content)
    except JsonError as error:
        got, place = error.problem, error.place
    else:
        schema = document.get("schema") if isinstance(document, dict) else None
        if schema == SCHEMA:
            return None
        got, place = str(schema), "pointer /schema"
    return VerificationError(
        file=layout.VERDICTS,
        place=place,
        expected=f"verdicts that can be compared, in the format {SCHEMA}",
        got=got,
    )


def _other_software(theirs: Software) -> str:
    """In what the software of a bundle differs from this one."""
    ours = software()
    parts = []
    if theirs.version != ours.version:
        parts.append(f"Probity {printable(theirs.version)}, here {ours.version}")
    elif theirs.code != ours.code:
        parts.append(f"a Probity {ours.version} whose code is not the one here")
    for name in sorted({*theirs.libraries, *ours.libraries}):
        then, here = theirs.libraries.get(name, "none"), ours.libraries.get(name, "none")
        if then != here:
            parts.append(f"{printable(name)} {printable(then)}, here {here}")
    return "; ".join(parts)


def _unusable(error: InputError) -> VerificationError:
    row = None if error.row is None else f"row {error.row}"
    column = None if error.column is None else f"column {error.column}"
    return VerificationError(
        file=str(error.file or layout.VERDICTS),
        place=", ".join(part for part in (row, column) if part) or None,
        expected="an input from which the verdicts can be computed",
        got=error.problem if error.got is None else f"{error.problem} ({error.got})",
    )


def _not_computable(got: str) -> VerificationError:
    return VerificationError(
        file=layout.VERDICTS, expected="verdicts that can be computed from the inputs", got=got
    )
