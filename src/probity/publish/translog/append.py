"""Adding entries to a log: all of them or none, whatever happens in between.

1. The new files are written into ``.next`` inside the log, where nobody looks for them.
2. The new checkpoint is signed and remembered beside the key. From here on the entries are in.
3. The files are moved to their places, one by one, and last the checkpoint replaces the old one.

A run that is cut short before 2 leaves a log without the entries; after 2 the next run goes on
with 3, to the end. ``.next`` holds the new checkpoint while files are moved, so that a reader can
tell a log that was cut short from one that was tampered with.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from probity.core import InputError, VerificationError
from probity.core.files import read_regular_file, write_atomically
from probity.publish.translog.checkpoint import (
    FILE_NAME,
    NEXT,
    Checkpoint,
    SignedCheckpoint,
    check_origin,
    parse_checkpoint,
)
from probity.publish.translog.entry_stream import ENTRIES_AT_ONCE, EntryStream
from probity.publish.translog.growing_tree import GrowingTree
from probity.publish.translog.hashing import Hashes, as_hashes, hashing_for
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.log_files import (
    StoredTree,
    read_bundle,
    read_checkpoint,
    require_leaf,
)
from probity.publish.translog.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    is_consistent,
    tree_root,
)
from probity.publish.translog.note import MAX_NOTE_BYTES, Note, SigningKey, parse_note, signed
from probity.publish.translog.secret_file import sync_directory
from probity.publish.translog.tiles import (
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Tile,
    encode_bundle,
    level_sizes,
    tiles_of_level,
)

_FEW_FILES = 64


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the index of the first new entry, and the checkpoint after the last."""

    first: int
    checkpoint: SignedCheckpoint


def create_log(log: Path, *, origin: str, keys: KeyDirectory) -> SignedCheckpoint:
    """Make an empty log and sign its first checkpoint.

    Raises
    ------
    InputError
        There is something in the directory already.
    """
    check_origin(origin)
    log.mkdir(parents=True, exist_ok=True)
    with locked(log, keys.path):
        if keys.last_signed() is not None or any(log.iterdir()):
            raise InputError("there is a log or something else here already", file=log)
        empty = Checkpoint(origin, 0, EMPTY_ROOT)
        checkpoint = _signed(empty, keys=[keys.signing_key()])
        keys.record_signed(checkpoint)
        replace_checkpoint(log, checkpoint)
    return checkpoint


def append(
    log: Path, entries: Sequence[bytes], *, keys: KeyDirectory, new_key: SigningKey | None = None
) -> Appended:
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
    new_key : SigningKey, optional
        A second key to sign with, as a rotation does.

    Raises
    ------
    InputError
        No entries, one that is too long, or somebody else writes to the log.
    VerificationError
        The log is not what its key signed last.
    """
    if not entries:
        raise InputError("no entry to append")
    for number, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise InputError(
                "an entry is too long",
                row=number + 1,
                got=f"{len(entry)} bytes",
                allowed=f"at most {MAX_ENTRY_BYTES}",
            )
    with locked(log, keys.path):
        before = finish_interrupted(log, keys=keys).checkpoint
        signing = [keys.signing_key()] + ([new_key] if new_key is not None else [])
        try:
            after = _stage(log, entries, before=before)
            _require_continuation(log, before, after)
            checkpoint = _signed(after, keys=signing)
        except BaseException:
            shutil.rmtree(log / NEXT, ignore_errors=True)
            raise
        keys.record_signed(checkpoint)
        _publish(log, before.size, checkpoint)
    return Appended(before.size, checkpoint)


def finish_interrupted(log: Path, *, keys: KeyDirectory) -> SignedCheckpoint:
    """Bring a log to what its key signed last; the checkpoint it then publishes.

    The caller holds the lock.

    Raises
    ------
    InputError
        The key has never signed a checkpoint.
    VerificationError
        The log is not what its key signed last, and cannot be brought there.
    """
    last = keys.last_signed()
    if last is None:
        raise InputError("no log was made with this key", file=keys.path)
    if last.checkpoint.size == 0 and not (log / FILE_NAME).exists():
        replace_checkpoint(log, last)
    public = read_checkpoint(log)
    if public.note.text == last.note.text:
        if (log / NEXT).exists():
            _remove_outgrown(log, 0, public.checkpoint.size)
            shutil.rmtree(log / NEXT)
        return public
    if public.checkpoint.size >= last.checkpoint.size:
        raise VerificationError(
            file=FILE_NAME,
            expected=f"what the key signed last: {last.checkpoint.size} entries, "
            f"root {last.checkpoint.root.hex()}",
            got=f"{public.checkpoint.size} entries, root {public.checkpoint.root.hex()}",
        )
    _publish(log, public.checkpoint.size, last)
    _require_root(last.checkpoint, StoredTree([log], last.checkpoint.size))
    return last


def add_signatures(
    log: Path, current: SignedCheckpoint, files: Sequence[Path]
) -> SignedCheckpoint:
    """Publish a checkpoint with further signature lines, as witnesses give them.

    The caller holds the lock. A line replaces an older one of the same key.

    Raises
    ------
    VerificationError
        Not signature lines.
    """
    lines = list(current.note.signatures)
    for file in files:
        added = read_regular_file(file, limit=MAX_NOTE_BYTES)
        text = current.note.text.encode()
        for one in parse_note(text + b"\n" + added, file=str(file)).signatures:
            lines = [old for old in lines if (old.name, old.key_id) != (one.name, one.key_id)]
            lines.append(one)
    content = bytes(Note(current.note.text, tuple(lines)))
    checkpoint = parse_checkpoint(content)
    replace_checkpoint(log, checkpoint)
    return checkpoint


def replace_checkpoint(log: Path, checkpoint: SignedCheckpoint) -> None:
    """Put a checkpoint in the place of one of the same size; leaves no half a file behind."""
    write_atomically(log / NEXT / FILE_NAME, bytes(checkpoint))
    (log / NEXT / FILE_NAME).replace(log / FILE_NAME)
    shutil.rmtree(log / NEXT)


@contextmanager
def locked(*directories: Path) -> Iterator[None]:
    """Keep every other writer out.

    Raises
    ------
    InputError
        Somebody else is writing, or there is no such directory.
    """
    with ExitStack() as stack:
        for directory in directories:
            try:
                handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                raise InputError(f"cannot be opened: {error.strerror}", file=directory) from None
            stack.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError("another process is writing to this", file=directory) from None
        yield


def _signed(checkpoint: Checkpoint, *, keys: Sequence[SigningKey]) -> SignedCheckpoint:
    return SignedCheckpoint(checkpoint, signed(checkpoint.text, keys=keys))


def _stage(log: Path, entries: Sequence[bytes], *, before: Checkpoint) -> Checkpoint:
    """Write the files that the log lacks into ``.next``, and say what is to be signed."""
    _require_root(before, StoredTree([log], before.size))
    hash_messages = hashing_for(before.size + len(entries))
    edge, waiting = _right_edge(log, before.size)
    tree = GrowingTree(before.size, edge, hash_messages=hash_messages)
    staging = StagedFiles(log / NEXT)
    for first in range(0, len(entries), ENTRIES_AT_ONCE):
        chunk = entries[first : first + ENTRIES_AT_ONCE]
        stream = EntryStream.of([*waiting, *chunk])
        bundles = range(0, len(stream) - TILE_WIDTH + 1, TILE_WIDTH)
        for n, start in enumerate(bundles):
            bundle = Tile(None, tree.size // TILE_WIDTH + n, TILE_WIDTH)
            staging.write(bundle, stream.bundle(start, start + TILE_WIDTH))
        leaves = stream.leaf_hashes(hash_messages, first=len(waiting))
        waiting = [*waiting, *chunk][len(bundles) * TILE_WIDTH :]
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


def _require_root(signed_before: Checkpoint, stored: StoredTree) -> None:
    root = tree_root(signed_before.size, node=stored.node)
    if root != signed_before.root:
        raise VerificationError(
            file="tile",
            expected=f"the root that was signed, {signed_before.root.hex()}",
            got=f"{root.hex()} from the tiles at the right edge",
        )


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


def _publish(log: Path, before: int, checkpoint: SignedCheckpoint) -> None:
    """Move the staged files to their places, and the checkpoint last; may be done again."""
    staging, after = log / NEXT, checkpoint.checkpoint.size
    write_atomically(staging / FILE_NAME, bytes(checkpoint))
    made: set[Path] = set()
    for tile in new_tiles(before, after):
        place = log / tile.path
        if place.parent not in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            made.add(place.parent)
        try:
            (staging / tile.path).replace(place)
        except FileNotFoundError:
            # Moved by the run that was cut short.
            if not place.is_file():
                raise VerificationError(
                    file=tile.path, expected="the file that was written before", got="none"
                ) from None
    (staging / FILE_NAME).replace(log / FILE_NAME)
    _remove_outgrown(log, before, after)
    shutil.rmtree(staging)


def new_tiles(before: int, after: int) -> Iterator[Tile]:
    """The files that a log needs as it grows."""
    sizes: list[tuple[int | None, int, int]] = [(None, before, after)]
    old = [*level_sizes(before), *[0] * len(level_sizes(after))]
    sizes += [(n, old[n], new) for n, new in enumerate(level_sizes(after))]
    for level, had, has in sizes:
        if has > had:
            yield from tiles_of_level(level, has, start=had // TILE_WIDTH)


def _remove_outgrown(log: Path, before: int, after: int) -> None:
    """Remove the partial tiles that a full one has taken the place of."""
    for tile in new_tiles(before, after):
        if tile.width == TILE_WIDTH:
            shutil.rmtree(log / f"{tile.path}.p", ignore_errors=True)


class StagedFiles:
    """Files written into a new directory, which are made to survive a loss of power together."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made: set[Path] = set()
        self._written: list[Path] = []
        directory.mkdir()

    def write(self, tile: Tile, content: bytes) -> None:
        """Write one file."""
        path = self._directory / tile.path
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        path.write_bytes(content)
        self._written.append(path)

    def sync(self) -> None:
        """Wait until everything is on disk."""
        if len(self._written) > _FEW_FILES:
            os.sync()
            return
        for path in self._written:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        for directory in self._made:
            sync_directory(directory)
