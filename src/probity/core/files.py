"""Files: read once and within a limit, written so that a reader never sees half of one."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from probity.core.errors import InputError

_MEBIBYTE = 1 << 20


def read_regular_file(path: Path | str, *, limit: int, follow_link: bool = True) -> bytes:
    """The content of a regular file of at most ``limit`` bytes, read once.

    Raises
    ------
    InputError
        No such file, not readable, not a regular file (directory, pipe, device; a link, where it
        is not to be followed), empty, or larger than ``limit``.
    """
    # Opening a pipe must not wait for somebody to write into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
    if not follow_link:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be opened: {reason}", file=path) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError("not a regular file", file=path, allowed="a file on disk")
    with os.fdopen(handle, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        size = f"{limit // _MEBIBYTE} MiB" if limit >= _MEBIBYTE else f"{limit // 1024} KiB"
        raise InputError("file too large", file=path, allowed=f"at most {size}")
    if not content:
        raise InputError("the file is empty", file=path)
    return content


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``: a temporary file beside it, fsync, then rename.

    Missing parent directories are made. An existing file keeps its old content until the
    new one is complete on disk.

    Raises
    ------
    OSError
        The directory cannot be written to, or the disk is full; ``path`` is then untouched.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path``, for a writer that writes bit by bit.

    It takes the place of ``path`` when the block ends, and is removed when it fails.

    Raises
    ------
    OSError
        As ``write_atomically``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def replacing_directory(path: Path, *, marker: str) -> Iterator[Path]:
    """A temporary directory beside ``path``, for a writer of many files.

    It takes the place of ``path`` when the block ends, and is removed when it fails. What was at
    ``path`` before goes, so it must be an empty directory or one that holds ``marker``, a file
    that says what wrote it.

    Raises
    ------
    InputError
        ``path`` is something else.
    OSError
        The directory cannot be written to, or the disk is full; ``path`` is then as it was.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise InputError("in the way", file=path, allowed="a directory of its own")
    if path.is_dir() and any(path.iterdir()) and not (path / marker).is_file():
        raise InputError(
            "the directory holds other files, which would be lost",
            file=path,
            allowed=f"a new or empty directory, or one that holds a {marker} of ours",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    new, old = workplace / "new", workplace / "old"
    try:
        new.mkdir()
        yield new
        if path.exists():
            path.replace(old)
        try:
            new.replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
