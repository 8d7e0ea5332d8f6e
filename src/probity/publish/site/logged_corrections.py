"""Corrections in a transparency log, read from a copy of it that was verified to the end."""

from dataclasses import dataclass
from pathlib import Path

from probity.core import InputError
from probity.publish.translog.checkpoint import Checkpoint
from probity.publish.translog.entries import (
    BundleDigest,
    Correction,
    DeploymentRecord,
    Entry,
    KeyRotation,
    Policy,
    Segment,
    VerdictSet,
    parse_entry,
)
from probity.publish.translog.log_files import entries_of
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.proof import included_entry
from probity.publish.translog.tiles import TILE_WIDTH, Tile
from probity.publish.translog.trust_policy import TrustPolicy
from probity.publish.translog.verify import verify_log

_SCHEMA = b'"probity/log-entry/correction/1"'


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCorrection:
    """An entry of a log that puts another right.

    Attributes
    ----------
    index : int
        Its place in the log.
    corrects : int
        The place of the other entry.
    day : str
        ISO day on which the publisher says that it was recorded.
    before : str
        What the other entry is about.
    after : str
        What should have stood there; empty where it was withdrawn.
    reason : str
        Why.
    """

    index: int
    corrects: int
    day: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCorrections:
    """The corrections of one log, the newest first, and the log that they are in."""

    origin: str
    size: int
    root: str
    corrections: tuple[LoggedCorrection, ...]


def logged_corrections(log: Path, *, policy: TrustPolicy) -> LoggedCorrections:
    """Verify a log and read its corrections.

    Parameters
    ----------
    log : Path
        A directory with a copy of the log's files.
    policy : TrustPolicy
        Whose signatures are asked for.

    Raises
    ------
    VerificationError
        The log is not what its checkpoint says, or is signed by nobody that is trusted.
    """
    found: list[tuple[int, Correction]] = []

    def see(bundle: Tile, content: bytes) -> None:
        if _SCHEMA not in content:
            return
        for number, one in enumerate(entries_of(content, bundle)):
            entry = _parsed(one) if _SCHEMA in one else None
            if isinstance(entry, Correction):
                found.append((bundle.index * TILE_WIDTH + number, entry))

    checkpoint = verify_log(log, policy=policy, see=see).checkpoint.checkpoint
    return LoggedCorrections(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        corrections=tuple(
            LoggedCorrection(
                index=index,
                corrects=entry.corrects.index,
                day=entry.recorded_at[:10],
                before=_corrected(log, entry, index=index, now=checkpoint),
                after=_about(entry.replacement) if entry.replacement else "",
                reason=entry.reason,
            )
            for index, entry in reversed(found)
        ),
    )


def _parsed(content: bytes) -> Entry | None:
    """The entry; None for what a log may hold and this program does not know."""
    try:
        return parse_entry(content)
    except InputError:
        return None


def _corrected(log: Path, correction: Correction, *, index: int, now: Checkpoint) -> str:
    """What the corrected entry is about; it has to stand before the correction, at ``index``."""
    if correction.corrects.index >= index:
        return "an entry that does not stand before it in the log"
    content, _ = included_entry(log, correction.corrects.index, now=now)
    if leaf_hash(content).hex() != correction.corrects.leaf_hash:
        return "an entry with another hash than the one in the log"
    entry = _parsed(content)
    return _about(entry) if entry else "an entry of another kind"


def _about(entry: Entry) -> str:
    match entry:
        case DeploymentRecord():
            figures = "; ".join(f"{name}: {value}" for name, value in entry.figures.items())
            return f"deployment of {entry.force}, {entry.date}: {figures}"
        case Policy():
            return f"policy {entry.name}, version {entry.version}"
        case VerdictSet():
            return f"verdicts on {entry.claims} claims by {entry.program}, sha256 {entry.sha256}"
        case BundleDigest():
            return f"bundle {entry.name}, sha256 {entry.sha256}"
        case Segment():
            return f"part of an event log {entry.name}, {entry.rows} rows"
        case Correction() | KeyRotation():
            return "an entry that cannot be corrected"
