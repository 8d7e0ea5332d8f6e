"""Files that are in the directory of a log and should not be.

A log may keep the partial tiles of its smaller checkpoints; each has to be the beginning of the
tile that it grew into. An append that was cut short leaves ``.next``, and once that holds the
signed checkpoint that was to be published, some of that checkpoint's files may be in their places.
Any other file is one too many. A log is plain files and folders: a link is refused wherever it
points, since what is behind it is not part of what was published.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from probity.core import VerificationError
from probity.core.canonical_json import first_difference
from probity.publish.translog.checkpoint import (
    FILE_NAME,
    NEXT,
    SignedCheckpoint,
    parse_checkpoint,
)
from probity.publish.translog.log_files import entries_of, read_log_file
from probity.publish.translog.merkle import HASH_BYTES
from probity.publish.translog.note import MAX_NOTE_BYTES, VerifierKey, is_signed_by
from probity.publish.translog.tiles import (
    MAX_BUNDLE_BYTES,
    TILE_WIDTH,
    Tile,
    encode_bundle,
    level_sizes,
    parse_path,
)


def check_files(
    log: Path, checkpoint: SignedCheckpoint, keys: tuple[VerifierKey, ...]
) -> int | None:
    """Check that a log has no file too many.

    Returns
    -------
    int or None
        None where no append was cut short; else the size of the checkpoint that it was about to
        publish, 0 where it had not come so far.

    Raises
    ------
    VerificationError
        A file that is none of the log's, or an old partial tile that is not what it was.
    """
    size = checkpoint.checkpoint.size
    following = _following_size(log, checkpoint.checkpoint.origin, keys)
    for path in plain_files(log):
        tile = parse_path(path)
        if path.startswith(f"{NEXT}/"):
            known = _is_staged(path.removeprefix(f"{NEXT}/"))
        elif tile is None:
            known = path == FILE_NAME
        elif _is_within(tile, size):
            known = True
            _check_outgrown(log, tile, size)
        else:
            known = _is_within(tile, following)
        if not known:
            raise VerificationError(
                file=path, expected=f"no such file in a log of {size} entries", got="a file"
            )
    return following if (log / NEXT).exists() else None


def plain_files(log: Path) -> Iterator[str]:
    """Every file below a directory, named from it.

    Raises
    ------
    VerificationError
        A folder that cannot be listed; a link, a pipe or anything else that is no plain file.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        folders = []
        for entry in _listed(log, inside):
            path = f"{inside}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield path
            else:
                got = "a link" if entry.is_symlink() else "a special file"
                raise VerificationError(file=path, expected="a plain file", got=got)
        waiting += reversed(folders)


def _listed(log: Path, inside: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(f"{log}/{inside}") as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise VerificationError(
            file=inside.removesuffix("/") or str(log),
            expected="a folder that can be listed",
            got=str(error.strerror),
        ) from None


def _following_size(log: Path, origin: str, keys: tuple[VerifierKey, ...]) -> int:
    """The size that an append cut short was going for, 0 where there was none."""
    path = f"{NEXT}/{FILE_NAME}"
    if not (log / path).exists():
        return 0
    following = parse_checkpoint(read_log_file(log, path, limit=MAX_NOTE_BYTES), file=path)
    if following.checkpoint.origin != origin:
        raise VerificationError(
            file=path, place="line 1", expected=origin, got=following.checkpoint.origin
        )
    if not any(is_signed_by(following.note, key, file=path) for key in keys):
        raise VerificationError(
            file=path, expected="a signature of the log", got="none by a trusted key"
        )
    return following.checkpoint.size


def _is_staged(path: str) -> bool:
    return parse_path(path) is not None or path == FILE_NAME or path.startswith(f".{FILE_NAME}.")


def _is_within(tile: Tile, size: int) -> bool:
    """Whether a log of this size has, or had when it was smaller, such a tile."""
    sizes = level_sizes(size)
    level = tile.level or 0
    return level < len(sizes) and tile.index * TILE_WIDTH + tile.width <= sizes[level]


def _check_outgrown(log: Path, tile: Tile, size: int) -> None:
    """Check that an old partial tile is the beginning of the one that a log needs now."""
    hashes = level_sizes(size)[tile.level or 0]
    width = min(TILE_WIDTH, hashes - tile.index * TILE_WIDTH)
    if tile.width == width:
        return
    current = Tile(tile.level, tile.index, width)
    right = read_log_file(log, current.path, limit=MAX_BUNDLE_BYTES)
    if tile.level is None:
        right = encode_bundle(entries_of(right, current)[: tile.width])
    else:
        right = right[: tile.width * HASH_BYTES]
    content = read_log_file(log, tile.path, limit=MAX_BUNDLE_BYTES)
    if content != right:
        raise VerificationError(
            file=tile.path,
            place=f"byte {first_difference(content, right)}",
            expected=f"the first {tile.width} of {current.path}",
            got="something else",
        )
