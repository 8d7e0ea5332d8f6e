"""A small file that shows one entry, or one row of a segment, to be in a published log.

The format is C2SP tlog-proof (commit ab17a741): the entry's index, its inclusion proof and the
checkpoint, with the entry itself in the ``extra`` line, and for a row also the row, its salt and
its proof within the segment. A reader needs nothing else but the keys that he trusts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from probity.core import InputError, VerificationError
from probity.core.canonical_json import JsonError, canonical, read_canonical
from probity.publish.translog.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from probity.publish.translog.cosignature import Cosignature
from probity.publish.translog.entries import Segment, parse_entry
from probity.publish.translog.log_files import StoredTree, read_checkpoint, read_entry
from probity.publish.translog.merkle import inclusion_proof, leaf_hash, root_of_inclusion
from probity.publish.translog.note import from_base64, hash_from_base64, to_base64
from probity.publish.translog.segment import SALT_BYTES, ProvenRow, row_leaf
from probity.publish.translog.trust_policy import TrustPolicy
from probity.publish.translog.verify import check_witnesses, signers, unknown_signers

MAX_PROOF_BYTES = 1 << 20
_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_EXTRA = "extra"
_MOST_HASHES = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,12})")

Hash64 = Annotated[str, Field(max_length=44)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    number: int = Field(ge=0)
    content: dict[str, str | bool | int | float]
    salt: str = Field(pattern=f"^[0-9a-f]{{{2 * SALT_BYTES}}}$")
    proof: list[Hash64] = Field(max_length=_MOST_HASHES)


class _Extra(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    schema_id: Literal["probity/log-proof/1"] = Field("probity/log-proof/1", alias="schema")
    entry: str = Field(description="The entry as base64.")
    row: _Row | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof was found to show.

    Parameters
    ----------
    index : int
        Place of the entry in the log.
    entry : bytes
        The entry.
    row : mapping or None
        The row of the segment that the entry is the manifest of.
    checkpoint : SignedCheckpoint
        The state of the log that the entry is in.
    cosigned_by : tuple of Cosignature
        The known witnesses that cosigned it.
    """

    index: int
    entry: bytes
    row: dict[str, Any] | None
    checkpoint: SignedCheckpoint
    cosigned_by: tuple[Cosignature, ...]


def write_proof(log: Path, index: int, *, row: ProvenRow | None = None) -> bytes:
    """The proof of one entry, and of one row of it where it is a segment.

    Raises
    ------
    InputError
        No such entry, or the row is not of the segment that the entry is the manifest of.
    VerificationError
        The log does not lead from the entry to its own root.
    """
    checkpoint = read_checkpoint(log)
    size = checkpoint.checkpoint.size
    if not 0 <= index < size:
        raise InputError("no such entry", file=log, got=index, allowed=f"0 to {size - 1}")
    entry, proof = included_entry(log, index, now=checkpoint.checkpoint)
    extra = _Extra(entry=to_base64(entry), row=None if row is None else _row(entry, row))
    document = extra.model_dump(by_alias=True, exclude_none=True)
    lines = [
        _FIRST_LINE,
        f"{_EXTRA} {to_base64(canonical(document))}",
        f"index {index}",
        *map(to_base64, proof),
        "",
    ]
    return "\n".join(lines).encode() + b"\n" + bytes(checkpoint)


def included_entry(log: Path, index: int, *, now: Checkpoint) -> tuple[bytes, list[bytes]]:
    """One entry of a log, and the proof that it is in the tree of a checkpoint.

    Raises
    ------
    VerificationError
        The log does not lead from the entry to that root.
    """
    entry = read_entry(log, index, size=now.size)
    proof = inclusion_proof(index, now.size, node=StoredTree([log], now.size).node)
    _check_included(entry, index, proof, now, file=str(log))
    return entry, proof


def verify_proof(
    content: bytes,
    *,
    policy: TrustPolicy,
    file: str = "proof",
    published: SignedCheckpoint | None = None,
) -> Proven:
    """Check a proof.

    Parameters
    ----------
    content : bytes
        The proof.
    policy : TrustPolicy
        Whose signatures the reader asks for.
    file : str
        What to call the proof in an error.
    published : SignedCheckpoint, optional
        The checkpoint as the reader got it elsewhere; the proof has to be of the same one.

    Raises
    ------
    VerificationError
        It does not show what it says; names the line.
    """
    if len(content) > MAX_PROOF_BYTES:
        raise VerificationError(
            file=file, expected=f"at most {MAX_PROOF_BYTES} bytes", got=f"{len(content)}"
        )
    index, extra, proof, checkpoint = _parse(content, file)
    if published is not None and published.note.text != checkpoint.note.text:
        raise VerificationError(
            file=file,
            expected=f"the checkpoint of {published.checkpoint.size} entries with root "
            f"{published.checkpoint.root.hex()}",
            got=f"one of {checkpoint.checkpoint.size} with root {checkpoint.checkpoint.root.hex()}",
        )
    if not signers(checkpoint, policy.logs):
        raise unknown_signers(checkpoint, policy)
    cosigned_by = check_witnesses(checkpoint, policy)
    entry = from_base64(extra.entry)
    if entry is None:
        raise VerificationError(
            file=file, place="line 2", expected="the entry as base64", got=extra.entry
        )
    _check_included(entry, index, proof, checkpoint.checkpoint, file=file)
    row = None if extra.row is None else _check_row(entry, extra.row, file)
    return Proven(index, entry, row, checkpoint, cosigned_by)


def _row(entry: bytes, row: ProvenRow) -> _Row:
    document = read_canonical(row.content)
    made = _Row(
        number=row.number,
        content=document,
        salt=row.salt.hex(),
        proof=[to_base64(one) for one in row.proof],
    )
    try:
        _check_row(entry, made, "row")
    except VerificationError as error:
        raise InputError(
            f"the row is not of this segment, or the salts come of another secret: {error}"
        ) from None
    return made


def _check_row(entry: bytes, row: _Row, file: str) -> dict[str, Any]:
    try:
        segment = parse_entry(entry)
    except InputError as error:
        raise VerificationError(
            file=file, place="line 2", expected="an entry of a segment", got=str(error)
        ) from None
    hashes = [hash_from_base64(one) for one in row.proof]
    proof = [one for one in hashes if one is not None]
    if not isinstance(segment, Segment) or len(proof) != len(hashes):
        raise VerificationError(
            file=file,
            place="line 2",
            expected="a segment, and hashes as base64",
            got="other things",
        )
    leaf = row_leaf(canonical(row.content), salt=bytes.fromhex(row.salt))
    _require_root(
        leaf, row.number, segment.rows, proof, root=segment.rows_root, file=file, of="the segment"
    )
    return dict(row.content)


def _check_included(
    entry: bytes, index: int, proof: Sequence[bytes], now: Checkpoint, *, file: str
) -> None:
    root = now.root.hex()
    _require_root(leaf_hash(entry), index, now.size, proof, root=root, file=file, of="the log")


def _require_root(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], *, root: str, file: str, of: str
) -> None:
    try:
        got = root_of_inclusion(leaf, index=index, size=size, proof=proof).hex()
    except ValueError as error:
        got = str(error)
    if got != root:
        raise VerificationError(file=file, expected=f"a way to the root {root} of {of}", got=got)


def _parse(content: bytes, file: str) -> tuple[int, _Extra, list[bytes], SignedCheckpoint]:
    head, blank, below = content.partition(b"\n\n")
    first, *lines = head.decode("utf-8", errors="replace").split("\n")
    if first != _FIRST_LINE or not blank or len(lines) < len((_EXTRA, "index")):
        raise VerificationError(
            file=file,
            place="line 1",
            expected=f"{_FIRST_LINE}, the entry, its index, hashes and an empty line",
            got=first,
        )
    try:
        kind, _, text = lines[0].partition(" ")
        encoded = from_base64(text) if kind == _EXTRA else None
        extra = _Extra.model_validate(read_canonical(encoded or b""))
    except (JsonError, ValidationError) as error:
        got = str(error).splitlines()[0]
        raise VerificationError(
            file=file, place="line 2", expected="the entry, as this program writes it", got=got
        ) from None
    index = _INDEX.fullmatch(lines[1])
    if index is None:
        raise VerificationError(file=file, place="line 3", expected="index NUMBER", got=lines[1])
    proof = []
    for number, line in enumerate(lines[2:], start=4):
        one = hash_from_base64(line)
        if one is None:
            raise VerificationError(
                file=file, place=f"line {number}", expected="a hash as base64", got=line
            )
        proof.append(one)
    return int(index[1]), extra, proof, parse_checkpoint(below, file=file)
