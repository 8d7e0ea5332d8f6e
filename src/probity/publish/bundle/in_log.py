"""Bundles in a transparency log: the entry that stands for one, and finding it in a log."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.core import InputError, VerificationError
from probity.publish.bundle.layout import MANIFEST
from probity.publish.translog.check_tree import Step, no_step
from probity.publish.translog.entries import BundleDigest, Correction, Entry, parse_entry
from probity.publish.translog.log_files import entries_of
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.tiles import TILE_WIDTH, Tile
from probity.publish.translog.trust_policy import TrustPolicy
from probity.publish.translog.verify import LogReport, verify_log

_KIND: str = BundleDigest.model_fields["schema_id"].default
_MARKS = (b"/log-entry/bundle/", b"/log-entry/correction/")


class NotInLogError(VerificationError):
    """The log is intact, and the bundle is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedBundle:
    """Where a bundle stands in a log that was read to the end.

    Attributes
    ----------
    log : LogReport
        The log itself.
    index : int
        The first entry that gives the bundle's digest, itself or as what should have stood there.
    recorded_at : str
        When the publisher says it was recorded; the witnesses' times are independent of that.
    corrected_by : tuple of (int, str)
        Later entries that correct this one, each with its reason.
    """

    log: LogReport
    index: int
    recorded_at: str
    corrected_by: tuple[tuple[int, str], ...]


def log_entry(digest: str, *, name: str) -> dict[str, Any]:
    """The entry for a log, but for the time, which the log gives it."""
    return {"schema": _KIND, "name": name, "sha256": digest}


def find_in_log(
    digest: str, log: Path, *, policy: TrustPolicy, step: Step = no_step
) -> LoggedBundle:
    """Verify all of a log, and find a bundle in it.

    Parameters
    ----------
    digest : str
        Of the bundle, in hexadecimal.
    log : Path
        A directory with the log's files.
    policy : TrustPolicy
        Whose signatures the reader asks for.
    step : callable
        As ``verify_log`` takes it.

    Raises
    ------
    VerificationError
        The log is not intact.
    NotInLogError
        No entry gives that digest.
    """
    search = _Search(digest)
    report = verify_log(log, policy=policy, step=step, see=search.see)
    state = report.checkpoint.checkpoint
    if search.found is None:
        raise NotInLogError(
            file=MANIFEST,
            expected=f"a bundle that is in the log {state.origin}",
            got=f"no entry of its {state.size} gives the digest {digest}",
        )
    index, entry = search.found
    return LoggedBundle(
        log=report,
        index=index,
        recorded_at=entry.recorded_at,
        corrected_by=tuple(search.corrected_by),
    )


class _Search:
    """Looks for a bundle, and for what corrects it, among the entries of a log as they are read."""

    def __init__(self, digest: str) -> None:
        self.found: tuple[int, BundleDigest] | None = None
        self.corrected_by: list[tuple[int, str]] = []
        self._digest = digest
        self._leaf = ""

    def see(self, bundle: Tile, content: bytes) -> None:
        if not any(mark in content for mark in _MARKS):
            return
        for number, one in enumerate(entries_of(content, bundle)):
            if any(mark in one for mark in _MARKS):
                self._see_entry(TILE_WIDTH * bundle.index + number, one)

    def _see_entry(self, index: int, content: bytes) -> None:
        entry = _entry(content)
        given = entry.replacement if isinstance(entry, Correction) else entry
        if self.found is None and isinstance(given, BundleDigest) and given.sha256 == self._digest:
            self.found, self._leaf = (index, given), leaf_hash(content).hex()
        elif isinstance(entry, Correction) and entry.corrects.leaf_hash == self._leaf:
            self.corrected_by.append((index, entry.reason))


def _entry(content: bytes) -> Entry | None:
    """The entry, None where it is of a kind that this software does not know."""
    try:
        return parse_entry(content)
    except InputError:
        return None
