"""Bringing the files of a log to their places, under a lock, so that it can be done again.

``append`` says in which order; this is the part that a run that was cut short is finished by.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from probity.core import InputError, VerificationError
from probity.core.files import read_regular_file, write_atomically
from probity.publish.translog.checkpoint import (
    FILE_NAME,
    NEXT,
    Checkpoint,
    SignedCheckpoint,
    parse_checkpoint,
)
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.log_files import StoredTree, read_checkpoint
from probity.publish.translog.merkle import tree_root
from probity.publish.translog.note import MAX_NOTE_BYTES, Note, Signature, parse_note
from probity.publish.translog.secret_file import sync_directory
from probity.publish.translog.tiles import TILE_WIDTH, Tile, level_sizes, tiles_of_level

_FEW_FILES = 64
_TILES = "tile"


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


def publish_last_signed(log: Path, *, keys: KeyDirectory) -> SignedCheckpoint:
    """Finish an append that was cut short, if one was; the checkpoint that is published then.

    Raises
    ------
    InputError
        The key has never signed a checkpoint, or somebody else writes to the log.
    VerificationError
        The log is not what its key signed last, and cannot be brought there.
    """
    with locked(log, keys.path):
        return finish_interrupted(log, keys=keys)


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
    keys.settle_rotation(last)
    if last.checkpoint.size == 0 and not (log / FILE_NAME).exists():
        replace_checkpoint(log, last)
    public = read_checkpoint(log)
    if public.note.text == last.note.text:
        shutil.rmtree(log / NEXT, ignore_errors=True)
        return public
    if public.checkpoint.size >= last.checkpoint.size:
        raise VerificationError(
            file=FILE_NAME,
            expected=f"what the key signed last: {last.checkpoint.size} entries, "
            f"root {last.checkpoint.root.hex()}",
            got=f"{public.checkpoint.size} entries, root {public.checkpoint.root.hex()}",
        )
    _require_all_there(log, public.checkpoint.size, last.checkpoint.size)
    publish(log, public.checkpoint.size, last)
    require_root(last.checkpoint, StoredTree([log], last.checkpoint.size))
    return last


def add_signatures(log: Path, files: Sequence[Path], *, keys: KeyDirectory) -> SignedCheckpoint:
    """Publish the checkpoint with further signature lines, as witnesses give them.

    A line replaces an older one of the same key.

    Raises
    ------
    InputError
        One of them says it is the log's own.
    VerificationError
        Not signature lines, or the log is not what its key signed last.
    """
    with locked(log, keys.path):
        current = finish_interrupted(log, keys=keys)
        last = keys.last_signed()
        own = {(one.name, one.key_id) for one in last.note.signatures} if last else set()
        lines = list(current.note.signatures)
        for file in files:
            for one in _signature_lines(current, file):
                if (one.name, one.key_id) in own:
                    raise InputError("a signature of the log itself", file=file, got=one.name)
                lines = [old for old in lines if (old.name, old.key_id) != (one.name, one.key_id)]
                lines.append(one)
        checkpoint = parse_checkpoint(bytes(Note(current.note.text, tuple(lines))))
        replace_checkpoint(log, checkpoint)
    return checkpoint


def _signature_lines(current: SignedCheckpoint, file: Path) -> tuple[Signature, ...]:
    lines = read_regular_file(file, limit=MAX_NOTE_BYTES)
    return parse_note(f"{current.note.text}\n".encode() + lines, file=str(file)).signatures


def replace_checkpoint(log: Path, checkpoint: SignedCheckpoint) -> None:
    """Put a checkpoint in the place of one of the same size; leaves no half a file behind."""
    write_atomically(log / NEXT / FILE_NAME, bytes(checkpoint))
    (log / NEXT / FILE_NAME).replace(log / FILE_NAME)
    shutil.rmtree(log / NEXT)


def publish(log: Path, before: int, checkpoint: SignedCheckpoint) -> None:
    """Move the staged files to their places, and the checkpoint last; may be done again."""
    staging = log / NEXT
    write_atomically(staging / FILE_NAME, bytes(checkpoint))
    if (staging / _TILES).exists():
        _move(f"{staging}/{_TILES}", f"{log}/{_TILES}")
    (staging / FILE_NAME).replace(log / FILE_NAME)
    _remove_outgrown(log, before, checkpoint.checkpoint.size)
    shutil.rmtree(staging)


def _move(staged: str, place: str) -> None:
    """Move a directory with all that is in it: at once, or into the one that is there."""
    if not os.path.exists(place):
        os.replace(staged, place)
        return
    with os.scandir(staged) as found:
        for one in sorted(found, key=lambda one: one.name):
            if one.is_dir():
                _move(one.path, f"{place}/{one.name}")
            else:
                os.replace(one.path, f"{place}/{one.name}")


def _require_all_there(log: Path, before: int, after: int) -> None:
    """Check that every file of an append that was cut short is staged, or in its place."""
    for tile in new_tiles(before, after):
        if not any((one / tile.path).is_file() for one in (log / NEXT, log)):
            raise VerificationError(
                file=tile.path,
                expected="the file that was written before it was signed",
                got="none",
            )


def new_tiles(before: int, after: int) -> Iterator[Tile]:
    """The files that a log needs as it grows."""
    for level, had, has in _growth(before, after):
        if has > had:
            yield from tiles_of_level(level, has, start=had // TILE_WIDTH)


def _growth(before: int, after: int) -> Iterator[tuple[int | None, int, int]]:
    """Each level, with how many entries or hashes it had and has."""
    yield None, before, after
    has = level_sizes(after)
    had = [*level_sizes(before), *[0] * len(has)]
    for level, count in enumerate(has):
        yield level, had[level], count


def _remove_outgrown(log: Path, before: int, after: int) -> None:
    """Remove the partial tiles that a full one has taken the place of."""
    for level, had, has in _growth(before, after):
        outgrown = Tile(level, had // TILE_WIDTH, TILE_WIDTH)
        if has // TILE_WIDTH > outgrown.index:
            shutil.rmtree(log / f"{outgrown.path}.p", ignore_errors=True)


def require_root(signed_before: Checkpoint, stored: StoredTree) -> None:
    root = tree_root(signed_before.size, node=stored.node)
    if root != signed_before.root:
        raise VerificationError(
            file="tile",
            expected=f"the root that was signed, {signed_before.root.hex()}",
            got=f"{root.hex()} from the tiles at the right edge",
        )


class StagedFiles:
    """Files written into a new directory, which are made to survive a loss of power together."""

    def __init__(self, directory: Path) -> None:
        self._directory = str(directory)
        self._made: set[str] = set()
        self._written: list[str] = []
        directory.mkdir()

    def write(self, tile: Tile, content: bytes | memoryview) -> None:
        """Write one file."""
        path = f"{self._directory}/{tile.path}"
        parent = path.rpartition("/")[0]
        if parent not in self._made:
            os.makedirs(parent, exist_ok=True)
            self._made.add(parent)
        with open(path, "xb", buffering=0) as file:
            written = file.write(content)
        if written != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        self._written.append(path)

    def sync(self) -> None:
        """Wait until everything is on disk."""
        if len(self._written) > _FEW_FILES:
            os.sync()
            return
        for path in self._written:
            with open(path, "rb") as file:
                os.fsync(file.fileno())
        for directory in self._made:
            sync_directory(Path(directory))
