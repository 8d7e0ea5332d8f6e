"""From a key that a reader trusts to the one that signs now, through the log's own entries."""

from pathlib import Path

from probity.core import InputError, VerificationError
from probity.publish.translog.checkpoint import Checkpoint
from probity.publish.translog.entries import KeyRotation, parse_entry
from probity.publish.translog.log_files import read_bundle
from probity.publish.translog.note import VerifierKey
from probity.publish.translog.tiles import TILE_WIDTH, tiles_of_level

_MARK = b"probity/log-entry/key-rotation/"


def keys_named_by_entries(
    log: Path, checkpoint: Checkpoint, trusted: tuple[VerifierKey, ...]
) -> tuple[tuple[VerifierKey, ...], tuple[int, ...]]:
    """The trusted keys and those they lead to, and the entries that say so.

    Whoever holds a trusted key could have signed the checkpoint with it, so that following the
    key that it names asks for no more trust than was given. The entries were checked before.
    """
    keys, changes = list(trusted), []
    for bundle in tiles_of_level(None, checkpoint.size):
        for number, entry in enumerate(read_bundle(log, bundle)):
            change = _key_change(entry, checkpoint.origin) if _MARK in entry else None
            if change is not None and change[0] in keys:
                keys.append(change[1])
                changes.append(bundle.index * TILE_WIDTH + number)
    return tuple(keys), tuple(changes)


def _key_change(entry: bytes, origin: str) -> tuple[VerifierKey, VerifierKey] | None:
    """The old and the new key, None where an entry is no change that both have signed."""
    try:
        rotation = parse_entry(entry)
        return rotation.keys(origin) if isinstance(rotation, KeyRotation) else None
    except (InputError, VerificationError):
        return None
