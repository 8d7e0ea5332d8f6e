"""Adding entries to a log: all of them or none, whatever happens in between.

1. The new files are written into ``.next`` inside the log, where nobody looks for them.
2. The new checkpoint is signed and remembered beside the key. From here on the entries are in.
3. The files are moved to their places, one by one, and last the checkpoint replaces the old one.

A run that is cut short before 2 leaves a log without the entries; after 2 the next run goes on
with 3, to the end. ``.next`` holds the new checkpoint while files are moved, so that a reader can
tell a log that was cut short from one that was tampered with.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from probity.core import InputError, VerificationError
from probity.publish.translog.checkpoint import (
    FILE_NAME,
    NEXT,
    Checkpoint,
    SignedCheckpoint,
    check_origin,
)
from probity.publish.translog.entry_stream import ENTRIES_AT_ONCE, EntryStream, lengths_of
from probity.publish.translog.growing_tree import GrowingTree
from probity.publish.translog.hashing import Hashes, Places, as_hashes, hashing_for
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.log_files import StoredTree, read_bundle, require_leaf
from probity.publish.translog.merkle import EMPTY_ROOT, consistency_proof, is_consistent
from probity.publish.translog.note import SigningKey, VerifierKey, signed
from probity.publish.translog.publishing import (
    StagedFiles,
    finish_interrupted,
    locked,
    publish,
    replace_checkpoint,
    require_root,
)
from probity.publish.translog.secret_file import make_private_directory
from probity.publish.translog.tiles import (
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Tile,
    encode_bundle,
    level_sizes,
)


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the index of the first new entry, and the checkpoint after the last."""

    first: int
    checkpoint: SignedCheckpoint


def create_log(log: Path, *, origin: str, keys: KeyDirectory, encrypt: bool = False) -> VerifierKey:
    """Make an empty log with its keys, sign its first checkpoint, and give the public key.

    Where two are at it at the same time, one makes the log and the other is refused.

    Parameters
    ----------
    log : Path
        The directory of the log: new, or empty.
    origin : str
        The log's name, which is its key's name too.
    keys : KeyDirectory
        Where there is no key yet.
    encrypt : bool
        Whether the keys are encrypted, with the passphrase of ``keys``.

    Raises
    ------
    InputError
        There is something in the directory already, or a key; not a name for a log; or somebody
        else is writing there.
    """
    key = SigningKey.generate(origin)
    check_origin(origin)
    _require_free(log)  # before there are keys that nothing is signed with
    log.mkdir(parents=True, exist_ok=True)
    make_private_directory(keys.path)
    with locked(log, keys.path):
        _require_free(log)
        keys.create(key, encrypt=encrypt)
        keys.create_salt_secret()
        checkpoint = _signed(Checkpoint(origin, 0, EMPTY_ROOT), keys=[key])
        keys.record_signed(checkpoint)
        replace_checkpoint(log, checkpoint)
    return key.verifier


def _require_free(log: Path) -> None:
    if log.exists() and (not log.is_dir() or any(log.iterdir())):
        raise InputError("there is a log or something else here already", file=log)


def append(log: Path, entries: Sequence[bytes], *, keys: KeyDirectory) -> Appended:
    """Add entries to a log and sign its new checkpoint.

    When it returns, the entries are in, and survive a crash and a loss of power.

    Parameters
    ----------
    log : Path
        The directory of the log.
    entries : sequence of bytes
        At most ``MAX_ENTRY_BYTES`` each.
    keys : KeyDirectory
        Its key signs; its memory of the last checkpoint is what the new one has to continue.

    Raises
    ------
    InputError
        No entries, one that is too long, or somebody else writes to the log.
    VerificationError
        The log is not what its key signed last.
    """
    with locked(log, keys.path):
        return append_locked(log, entries, keys=keys)


def append_locked(
    log: Path, entries: Sequence[bytes], *, keys: KeyDirectory, new_key: SigningKey | None = None
) -> Appended:
    """As ``append``; the caller holds the lock. A new key signs as well, and is in place after."""
    lengths = _fitting_lengths(entries)
    before = finish_interrupted(log, keys=keys).checkpoint
    signing = [keys.signing_key()] + ([new_key] if new_key is not None else [])
    try:
        after = _stage(log, entries, lengths, before=before)
        _require_continuation(log, before, after)
        checkpoint = _signed(after, keys=signing)
    except BaseException:
        shutil.rmtree(log / NEXT, ignore_errors=True)
        raise
    if new_key is not None:
        keys.keep_next_key(new_key)
    keys.record_signed(checkpoint)
    publish(log, before.size, checkpoint)
    if new_key is not None:
        keys.use_next_key()
    return Appended(before.size, checkpoint)


def _fitting_lengths(entries: Sequence[bytes]) -> Places:
    if not entries:
        raise InputError("no entry to append")
    lengths = lengths_of(entries)
    longest = int(lengths.argmax())
    if lengths[longest] > MAX_ENTRY_BYTES:
        raise InputError(
            "an entry is too long",
            row=longest + 1,
            got=f"{lengths[longest]} bytes",
            allowed=f"at most {MAX_ENTRY_BYTES}",
        )
    return lengths


def _signed(checkpoint: Checkpoint, *, keys: Sequence[SigningKey]) -> SignedCheckpoint:
    return SignedCheckpoint(checkpoint, signed(checkpoint.text, keys=keys))


def _stage(
    log: Path, entries: Sequence[bytes], lengths: Places, *, before: Checkpoint
) -> Checkpoint:
    """Write the files that the log lacks into ``.next``, and say what is to be signed."""
    require_root(before, StoredTree([log], before.size))
    hash_messages = hashing_for(before.size + len(entries))
    edge, waiting = _right_edge(log, before.size)
    tree = GrowingTree(before.size, edge, hash_messages=hash_messages)
    staging = StagedFiles(log / NEXT)
    for first in range(0, len(entries), ENTRIES_AT_ONCE):
        chunk = [*waiting, *entries[first : first + ENTRIES_AT_ONCE]]
        sizes = np.concatenate([lengths_of(waiting), lengths[first : first + ENTRIES_AT_ONCE]])
        stream = EntryStream.of(chunk, sizes)
        bundles = range(0, len(stream) - TILE_WIDTH + 1, TILE_WIDTH)
        for n, start in enumerate(bundles):
            bundle = Tile(None, tree.size // TILE_WIDTH + n, TILE_WIDTH)
            staging.write(bundle, stream.bundle(start, start + TILE_WIDTH))
        leaves = stream.leaf_hashes(hash_messages, first=len(waiting))
        waiting = chunk[len(bundles) * TILE_WIDTH :]
        for tile, content in tree.grow(leaves):
            staging.write(tile, content)
    if waiting:
        bundle = Tile(None, tree.size // TILE_WIDTH, len(waiting))
        staging.write(bundle, encode_bundle(waiting))
    for tile, content in tree.partial_tiles():
        staging.write(tile, content)
    staging.sync()
    return Checkpoint(before.origin, tree.size, tree.root())


def _right_edge(log: Path, size: int) -> tuple[list[Hashes], list[bytes]]:
    """The partial tile of every level, and the entries of the partial bundle.

    Raises
    ------
    VerificationError
        The entries are not those of the tile.
    """
    stored = StoredTree([log], size)
    edge = []
    for level, hashes in enumerate(level_sizes(size)):
        index, width = divmod(hashes, TILE_WIDTH)
        content = stored.content(Tile(level, index, width)) if width else b""
        edge.append(as_hashes(content))
    index, width = divmod(size, TILE_WIDTH)
    if not width:
        return edge, []
    bundle = Tile(None, index, width)
    entries = read_bundle(log, bundle)
    for number, entry in enumerate(entries):
        require_leaf(entry, expected=edge[0][number].tobytes(), bundle=bundle, number=number)
    return edge, entries


def _require_continuation(log: Path, before: Checkpoint, after: Checkpoint) -> None:
    """Refuse to sign what does not begin with what was signed before."""
    tree = StoredTree([log / NEXT, log], after.size)
    proof = consistency_proof(before.size, after.size, node=tree.node)
    if not is_consistent(
        before.size, before.root, new=after.size, new_root=after.root, proof=proof
    ):
        raise VerificationError(
            file=f"{NEXT}/{FILE_NAME}",
            expected=f"a log that begins with the {before.size} entries signed before",
            got=f"another one, with root {after.root.hex()}",
        )
