"""Bundles in a transparency log: the entry that stands for one, and finding it in a log."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.core import InputError, VerificationError
from probity.publish.bundle.layout import MANIFEST
from probity.publish.translog.check_tree import Step, no_step
from probity.publish.translog.entries import BundleDigest, Correction, Entry, parse_entry
from probity.publish.translog.log_files import read_bundle
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.tiles import TILE_WIDTH, tiles_of_level
from probity.publish.translog.trust_policy import TrustPolicy
from probity.publish.translog.verify import LogReport, verify_log

_KIND: str = BundleDigest.model_fields["schema_id"].default


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
        The log is not intact, or no entry gives that digest.
    """
    report = verify_log(log, policy=policy, step=step)
    size = report.checkpoint.checkpoint.size
    found: tuple[int, BundleDigest] | None = None
    leaf, corrected_by = "", []
    for tile in tiles_of_level(None, size):
        for place, content in enumerate(read_bundle(log, tile)):
            index = TILE_WIDTH * tile.index + place
            entry = _entry(content)
            given = entry.replacement if isinstance(entry, Correction) else entry
            if found is None and isinstance(given, BundleDigest) and given.sha256 == digest:
                found, leaf = (index, given), leaf_hash(content).hex()
            elif isinstance(entry, Correction) and entry.corrects.leaf_hash == leaf:
                corrected_by.append((index, entry.reason))
    if found is None:
        raise VerificationError(
            file=MANIFEST,
            expected=f"a bundle that is in the log {report.checkpoint.checkpoint.origin}",
            got=f"no entry of its {size} gives the digest {digest}",
        )
    return LoggedBundle(
        log=report,
        index=found[0],
        recorded_at=found[1].recorded_at,
        corrected_by=tuple(corrected_by),
    )


def _entry(content: bytes) -> Entry | None:
    """The entry, None where it is of a kind that this software does not know."""
    if b"/log-entry/bundle/" not in content and b"/log-entry/correction/" not in content:
        return None
    try:
        return parse_entry(content)
    except InputError:
        return None
