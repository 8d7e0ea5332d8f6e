"""What a bundle is made from: files as they were published, and which claims to test on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from probity.audit.policy_file import known_policies, parse_policy, policy_content
from probity.claims.load import claims_file, known_names
from probity.core import InputError
from probity.core.canonical_json import JsonError, canonical, read_json
from probity.core.files import read_regular_file
from probity.publish.bundle import layout
from probity.publish.bundle.manifest import ClaimsUsed, Correction, OwnRecord
from probity.records.bundled import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that goes in.

    Attributes
    ----------
    files : mapping of str to bytes
        By name in the bundle; all of them in ``layout.FOLDERS``.
    claims : tuple of ClaimsUsed
        Which claims of which of these files, in the order of testing.
    records : tuple of OwnRecord
        Which of these files are records that the publisher brought.
    published : str or None
        The day of publication as the publisher states it.
    corrects : Correction or None
        What this bundle corrects.
    """

    files: Mapping[str, bytes]
    claims: tuple[ClaimsUsed, ...]
    records: tuple[OwnRecord, ...]
    published: str | None
    corrects: Correction | None


def gather(
    *,
    claims: Sequence[str] | None = None,
    records: Sequence[Path] = (),
    policies: Sequence[str] = (),
    audits: Sequence[Path] = (),
    log_manifests: Sequence[Path] = (),
    published: str | None = None,
    corrects: Correction | None = None,
) -> Inputs:
    """Read what a bundle is to hold, from this installation and from the user's files.

    Parameters
    ----------
    claims : sequence of str, optional
        As ``load_claims`` takes them.
    records : sequence of Path
        Records of the user; kept as the bytes they are.
    policies : sequence of str
        Names of bundled policies, and policy files.
    audits : sequence of Path
        Results of ``probity audit --format json``. A bundled policy that one names is taken in.
    log_manifests : sequence of Path
        Entries of a transparency log that stand for segments of event logs.
    published, corrects
        As in ``Inputs``.

    Raises
    ------
    InputError
        A file that cannot be read, is too large, or is not what it is given as.
    """
    found = _Found()
    for name, content in load().content.items():
        found.files[f"{layout.TABLES}/{name}"] = content
    used = [
        ClaimsUsed(path=found.add(layout.CLAIMS, file.name, file.content), ids=file.ids)
        for file in map(claims_file, dict.fromkeys(known_names() if claims is None else claims))
    ]
    own = []
    for number, path in enumerate(records, start=1):
        content = read_regular_file(path, limit=layout.MAX_FILE_BYTES)
        where = found.numbered(layout.OWN, number, path, content)
        own.append(_own_record(where, path))
    named = {_policy(found, item) for item in policies}
    for number, path in enumerate(audits, start=1):
        document = _document(path, schema="probity/audit/1")
        found.numbered(layout.AUDITS, number, path, canonical(document))
        _require_policy(found, document, named, path)
    for number, path in enumerate(log_manifests, start=1):
        document = _document(path, schema="probity/log-entry/segment/1")
        found.numbered(layout.LOG_MANIFESTS, number, path, canonical(document))
    return Inputs(
        files=found.files,
        claims=tuple(used),
        records=tuple(own),
        published=published,
        corrects=corrects,
    )


class _Found:
    """Files by their name in the bundle; two contents never get one name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, folder: str, name: str, content: bytes) -> str:
        """Add a file unless the same content is there under that name; its name in the bundle."""
        plain = layout.plain_name(name)
        stem, dot, ending = plain.partition(".")
        number, path = 1, f"{folder}/{plain}"
        while self.files.get(path, content) != content:
            number += 1
            path = f"{folder}/{stem}-{number}{dot}{ending}"
        self.files[path] = content
        return path

    def numbered(self, folder: str, number: int, path: Path, content: bytes) -> str:
        """Add a file whose place in the order counts."""
        return self.add(folder, f"{number:02d}-{layout.plain_name(path.name)}", content)


def _own_record(where: str, path: Path) -> OwnRecord:
    try:
        return OwnRecord(path=where, title=path.name)
    except ValidationError:
        raise InputError(
            "a record is published under its file's name, and this one cannot be",
            file=path,
            got=path.name,
            allowed="at most 200 printable characters",
        ) from None


def _document(path: Path, *, schema: str) -> dict[str, Any]:
    content = read_regular_file(path, limit=layout.MAX_FILE_BYTES)
    try:
        document = read_json(content)
        canonical(document)
    except JsonError as error:
        raise InputError(error.problem, file=path, row=error.place) from None
    if not isinstance(document, dict) or document.get("schema") != schema:
        got = document.get("schema") if isinstance(document, dict) else None
        raise InputError("another kind of document", file=path, got=got, allowed=f"schema {schema}")
    return document


def _policy(found: _Found, item: str) -> str:
    """Add a policy's file, and return the name that audits call it by."""
    name, content = policy_content(item)
    found.add(layout.POLICIES, name, content)
    return parse_policy(content, file=name).name


def _require_policy(found: _Found, audit: dict[str, Any], named: set[str], path: Path) -> None:
    """The policy an audit ran has to be in the bundle, or its verdicts mean nothing there."""
    policy = audit.get("policy")
    name = policy.get("name") if isinstance(policy, dict) else None
    if name in known_policies() and name not in named:
        named.add(_policy(found, str(name)))
    if name not in named:
        raise InputError(
            "the policy of this audit is not bundled with Probity",
            file=path,
            got=name,
            allowed="an audit by a policy that is given with --policy FILE.toml",
        )
