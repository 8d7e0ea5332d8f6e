"""From a key that a reader trusts to the one that signs now, through the log's own entries."""

from probity.core import InputError, VerificationError
from probity.publish.translog.entries import KeyRotation, parse_entry
from probity.publish.translog.log_files import entries_of
from probity.publish.translog.note import VerifierKey
from probity.publish.translog.tiles import TILE_WIDTH, Tile

_MARK = b"probity/log-entry/key-rotation/"


class KeyChain:
    """The trusted keys of a log and those they lead to, as its entries are read one by one.

    Whoever holds a trusted key could have signed the checkpoint with it, so that following the
    key that it names asks for no more trust than was given. That holds for keys of this log
    alone: a key that is trusted for another one leads nowhere here.

    Parameters
    ----------
    origin : str
        The log.
    trusted : tuple of VerifierKey
        Keys that the reader trusts, of this log and of others.

    Attributes
    ----------
    changes : list of int
        The entries that led to a further key.
    """

    def __init__(self, origin: str, trusted: tuple[VerifierKey, ...]) -> None:
        self.changes: list[int] = []
        self._origin = origin
        self._keys = [key for key in trusted if key.name == origin]

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """All of them, in the order in which they were named."""
        return tuple(self._keys)

    def see(self, bundle: Tile, content: bytes) -> None:
        """Look for changes of the key among the entries of a bundle."""
        if _MARK not in content:
            return
        for number, entry in enumerate(entries_of(content, bundle)):
            change = _key_change(entry, self._origin) if _MARK in entry else None
            if change is not None and change[0] in self._keys:
                self._keys.append(change[1])
                self.changes.append(bundle.index * TILE_WIDTH + number)


def _key_change(entry: bytes, origin: str) -> tuple[VerifierKey, VerifierKey] | None:
    """The old and the new key, None where an entry is no change that both have signed."""
    try:
        rotation = parse_entry(entry)
        return rotation.keys(origin) if isinstance(rotation, KeyRotation) else None
    except (InputError, VerificationError):
        return None
