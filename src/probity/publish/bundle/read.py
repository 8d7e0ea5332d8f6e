"""Reading a directory that a stranger made: plain files only, each once, within its limits."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from probity.core import VerificationError
from probity.publish.bundle.layout import FOLDERS


def entries(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the kind of everything in a bundle's directory, in order of names.

    Folders that a bundle has are gone into, and nothing is followed. The kind is "file", "empty
    folder" (which no digest covers), "folder", "link" or "special file".

    Raises
    ------
    VerificationError
        The directory cannot be listed.
    """
    for name, kind in _listed(directory, "."):
        if kind != "folder" or name not in FOLDERS:
            yield name, kind
            continue
        inside = list(_listed(directory / name, name))
        if not inside:
            yield name, "empty folder"
        yield from ((f"{name}/{below}", kind_below) for below, kind_below in inside)


def _listed(directory: Path, shown: str) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(directory) as found:
            listed = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise VerificationError(
            file=shown, expected="a directory that can be read", got=str(error.strerror)
        ) from None
    for entry in listed:
        if entry.is_symlink():
            yield entry.name, "link"
        elif entry.is_dir(follow_symlinks=False):
            yield entry.name, "folder"
        elif entry.is_file(follow_symlinks=False):
            yield entry.name, "file"
        else:
            yield entry.name, "special file"


def read_file(directory: Path, path: str, *, size: int | None, limit: int) -> bytes:
    """The content of one file, read once and never through a link.

    Parameters
    ----------
    size : int or None
        How many bytes it must have; nothing is read where it has another size.
    limit : int
        The largest size that is read.

    Raises
    ------
    VerificationError
        It is missing, no plain file, cannot be read, or has another size.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(directory / path, flags)
    except FileNotFoundError:
        raise VerificationError(file=path, expected="a file", got="no such file") from None
    except OSError as error:
        got = str(error.strerror)
        raise VerificationError(file=path, expected="a plain file", got=got) from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise VerificationError(file=path, expected="a plain file", got="something else")
    with os.fdopen(handle, "rb") as file:
        if size is not None and status.st_size != size:
            got = f"{status.st_size} bytes"
            raise VerificationError(file=path, expected=f"{size} bytes", got=got)
        if status.st_size > limit:
            raise VerificationError(
                file=path, expected=f"at most {limit} bytes", got=f"{status.st_size} bytes"
            )
        return file.read(limit + 1)


def sha256(content: bytes) -> str:
    """The digest in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
