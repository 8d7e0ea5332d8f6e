"""Two checkpoints of one log that cannot both be true, as evidence that stands by itself.

Of one size, the two signed roots are enough. Of different sizes, the evidence holds a proof that
the larger tree begins with another tree than the smaller checkpoint says. Whoever has the log's
public key can check it; nobody without the log's private key can make it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from probity.core import InputError, VerificationError
from probity.core.canonical_json import JsonError, canonical, read_canonical
from probity.core.files import read_regular_file
from probity.publish.translog.checkpoint import SignedCheckpoint, parse_checkpoint
from probity.publish.translog.log_files import earlier_root
from probity.publish.translog.merkle import is_consistent
from probity.publish.translog.note import MAX_NOTE_BYTES, hash_from_base64, to_base64
from probity.publish.translog.trust_policy import TrustPolicy
from probity.publish.translog.verify import signers, unknown_signers

_MAX_EVIDENCE_BYTES = 1 << 22
_Text = Annotated[str, Field(max_length=MAX_NOTE_BYTES)]
_Hash = Annotated[str, Field(max_length=44)]


class SplitView(BaseModel):
    """Two checkpoints that contradict each other, the smaller one first."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    schema_id: Literal["probity/split-view/1"] = Field("probity/split-view/1", alias="schema")
    smaller: _Text = Field(description="The checkpoint as it was published.")
    larger: _Text
    root_in_larger: _Hash | None = Field(
        None, description="Root that the larger tree has at the size of the smaller, base64."
    )
    proof: list[_Hash] = Field(
        default_factory=list, max_length=63, description="Consistency proof of that root, base64."
    )

    def to_bytes(self) -> bytes:
        """The evidence as a file."""
        return canonical(self.model_dump(by_alias=True, exclude_none=True))


@dataclass(frozen=True, slots=True)
class Compared:
    """Two checkpoints of one log.

    ``evidence`` is None where the larger continues the smaller (or they are the same).
    """

    smaller: SignedCheckpoint
    larger: SignedCheckpoint
    evidence: SplitView | None


def read_checkpoint_file(path: Path) -> SignedCheckpoint:
    """A checkpoint in a file of its own.

    Raises
    ------
    InputError
        No such file.
    VerificationError
        Not a checkpoint.
    """
    return parse_checkpoint(read_regular_file(path, limit=MAX_NOTE_BYTES), file=str(path))


def compare(
    one: SignedCheckpoint, other: SignedCheckpoint, *, policy: TrustPolicy, log: Path | None
) -> Compared:
    """Compare two checkpoints of one log.

    Parameters
    ----------
    one, other : SignedCheckpoint
        In any order.
    policy : TrustPolicy
        Whose signatures count.
    log : Path, optional
        The files of the log as the larger checkpoint describes it; needed where the sizes differ.

    Raises
    ------
    InputError
        Of two logs, or of two sizes and there is no log to tell them by.
    VerificationError
        One is not signed by a trusted log, or the files are not those of the larger one.
    """
    smaller, larger = sorted((one, other), key=lambda each: each.checkpoint.size)
    for each in (smaller, larger):
        if not signers(each, policy.logs):
            raise unknown_signers(each, policy)
    before, after = smaller.checkpoint, larger.checkpoint
    if before.origin != after.origin:
        raise InputError("checkpoints of two logs", got=f"{before.origin}, {after.origin}")
    if before.size == after.size:
        same = before.root == after.root
        return Compared(smaller, larger, None if same else evidence_of(smaller, larger))
    if log is None:
        raise InputError(
            "the checkpoints are of different sizes",
            got=f"{before.size} and {after.size} entries",
            allowed="also the files of the log, with --log",
        )
    return Compared(smaller, larger, evidence_in_log(smaller, larger, log))


def evidence_of(
    smaller: SignedCheckpoint,
    larger: SignedCheckpoint,
    *,
    root_in_larger: bytes | None = None,
    proof: tuple[bytes, ...] = (),
) -> SplitView:
    """The evidence that two checkpoints make."""
    return SplitView(
        smaller=bytes(smaller).decode(),
        larger=bytes(larger).decode(),
        root_in_larger=None if root_in_larger is None else to_base64(root_in_larger),
        proof=[to_base64(one) for one in proof],
    )


def evidence_in_log(
    smaller: SignedCheckpoint, larger: SignedCheckpoint, log: Path
) -> SplitView | None:
    """What the files of a log say of a smaller checkpoint; None where the log continues it.

    Raises
    ------
    VerificationError
        The files do not lead to the larger checkpoint.
    """
    before = smaller.checkpoint
    root, proof = earlier_root(log, before.size, now=larger.checkpoint)
    if root == before.root:
        return None
    return evidence_of(smaller, larger, root_in_larger=root, proof=proof)


def read_evidence(path: Path, *, policy: TrustPolicy) -> Compared:
    """Read evidence of a split view and check that it is one.

    Raises
    ------
    InputError
        Not a file of evidence.
    VerificationError
        The two checkpoints are not signed by one trusted log, or do not contradict each other.
    """
    try:
        content = read_canonical(read_regular_file(path, limit=_MAX_EVIDENCE_BYTES))
        view = SplitView.model_validate(content)
    except (JsonError, ValidationError) as error:
        raise InputError(
            "not evidence of a split view", file=path, got=str(error).splitlines()[0]
        ) from None
    smaller = parse_checkpoint(view.smaller.encode(), file=f"{path} (smaller)")
    larger = parse_checkpoint(view.larger.encode(), file=f"{path} (larger)")
    for each in (smaller, larger):
        if not signers(each, policy.logs):
            raise unknown_signers(each, policy)
    if not _contradict(smaller, larger, view):
        raise VerificationError(
            file=path, expected="two checkpoints that contradict each other", got="none that do"
        )
    return Compared(smaller, larger, view)


def _contradict(smaller: SignedCheckpoint, larger: SignedCheckpoint, view: SplitView) -> bool:
    before, after = smaller.checkpoint, larger.checkpoint
    if before.origin != after.origin or before.size > after.size:
        return False
    if before.size == after.size:
        return before.root != after.root
    root = hash_from_base64(view.root_in_larger or "")
    hashes = [hash_from_base64(one) for one in view.proof]
    proof = [one for one in hashes if one is not None]
    return (
        root is not None
        and root != before.root
        and len(proof) == len(hashes)
        and is_consistent(before.size, root, new=after.size, new_root=after.root, proof=proof)
    )
