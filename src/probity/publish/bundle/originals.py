"""Originals of published files that are also part of this installation, found by their digest.

A digest says that a file was changed, not where. Where the unchanged file comes with Probity, the
two can be compared.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

from probity.publish.bundle.layout import CLAIMS, POLICIES, TABLES
from probity.publish.bundle.manifest import File
from probity.records.bundled import load

_Originals = dict[str, bytes]


def original_of(file: File) -> bytes | None:
    """The content with the digest that the manifest gives, where this installation has it."""
    folder = file.path.partition("/")[0]
    found = _BY_FOLDER.get(folder)
    return None if found is None else found().get(file.sha256)


def _by_digest(contents: Iterable[bytes]) -> _Originals:
    return {hashlib.sha256(content).hexdigest(): content for content in contents}


@cache
def _tables() -> _Originals:
    return _by_digest(load().content.values())


@cache
def _claims() -> _Originals:
    return _by_digest(f.read_bytes() for f in (files("probity.claims") / "claims").iterdir())


@cache
def _policies() -> _Originals:
    return _by_digest(f.read_bytes() for f in (files("probity.audit") / "policies").iterdir())


_BY_FOLDER: dict[str, Callable[[], _Originals]] = {
    TABLES: _tables,
    CLAIMS: _claims,
    POLICIES: _policies,
}
