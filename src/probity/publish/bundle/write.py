"""Writing a bundle: the whole directory or nothing, and never over somebody else's files."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from probity.core import InputError
from probity.publish.bundle.verify import verify_bundle


def write_bundle(files: Mapping[str, bytes], *, out: Path, replace: bool = False) -> None:
    """Write every file into a directory beside ``out``, then rename it to ``out``.

    Where ``out`` does not exist or is empty that is one step. Where it holds a bundle, and
    ``replace`` is set, the old one is moved aside first and removed afterwards: a crash in
    between leaves both, whole, under hidden names that begin with that of ``out``.

    Raises
    ------
    InputError
        ``out`` is not a directory, holds something that is no intact bundle, or holds a bundle
        and ``replace`` is not set.
    OSError
        It cannot be written; ``out`` is then as it was.
    """
    occupied = require_free(out, replace=replace)
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        _fill(temporary, files)
        if occupied:
            aside = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.old."))
            out.rename(aside)
            try:
                temporary.rename(out)
            except BaseException:
                aside.rename(out)
                raise
            shutil.rmtree(aside)
        else:
            temporary.rename(out)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _sync(out.parent)


def require_free(out: Path, *, replace: bool) -> bool:
    """Whether ``out`` holds a bundle that may be replaced; False where there is nothing.

    Raises
    ------
    InputError
        As ``write_bundle``.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InputError("in the way", file=out, allowed="a new or an empty directory")
    if not out.exists() or not any(out.iterdir()):
        return False
    if verify_bundle(out).failures:
        raise InputError(
            "holds other files, or a bundle that was changed",
            file=out,
            allowed="a new or an empty directory, or an intact bundle with --replace",
        )
    if not replace:
        raise InputError("holds a bundle already", file=out, allowed="--replace to replace it")
    return True


def _fill(directory: Path, files: Mapping[str, bytes]) -> None:
    for path, content in sorted(files.items()):
        target = directory / path
        target.parent.mkdir(exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        target.chmod(0o644)
    for folder in {directory, *((directory / path).parent for path in files)}:
        folder.chmod(0o755)
        _sync(folder)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
