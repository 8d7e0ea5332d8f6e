"""Vectors in NumPy's own files: .npy, mapped, and .npz, mapped where stored uncompressed."""

import ast
import struct
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from numpy.lib import format as npy_format

from probity.core import InputError
from probity.performance.templates.mapped import (
    Vectors,
    file_errors,
    map_vectors,
    require_shape,
    require_size,
)

LARGEST_UNPACKED_BYTES = 1 << 36
"""What a compressed member may unpack to: 64 GiB, on disk, never in memory."""

_LONGEST_HEADER = 10_000
_LENGTH = {(1, 0): struct.Struct("<H"), (2, 0): struct.Struct("<I")}
_COPY_BYTES = 1 << 22
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_MEMBER = "templates.npy"


def map_npy(path: Path) -> Vectors:
    """Map a .npy file. Pickled arrays are refused.

    Raises
    ------
    InputError
        Not a .npy file, or one whose header does not fit it.
    """
    with file_errors(path):
        size = path.stat().st_size
        with path.open("rb") as file:
            shape, is_fortran, dtype = _header(path, file)
            offset = file.tell()
        require_size(path, shape, dtype.itemsize, held=size - offset)
        return map_vectors(path, shape, dtype, offset=offset, order="F" if is_fortran else "C")


def map_npz(path: Path) -> Vectors:
    """Map the member ``templates.npy`` of a .npz file, or its only member.

    A compressed member is unpacked to an unnamed temporary file first.

    Raises
    ------
    InputError
        Not a .npz file, several members, encrypted, or one that is not what its header says.
    """
    try:
        with file_errors(path), zipfile.ZipFile(path) as archive:
            member = _member(path, archive)
            with archive.open(member) as file:
                shape, is_fortran, dtype = _header(path, file)
                start = file.tell()
                require_size(path, shape, dtype.itemsize, held=member.file_size - start)
                order = "F" if is_fortran else "C"
                if member.compress_type == zipfile.ZIP_STORED:
                    offset = _data_offset(path, member) + start
                    return map_vectors(path, shape, dtype, offset=offset, order=order)
                with TemporaryFile() as unpacked:
                    _copy(path, file, unpacked, member.file_size - start)
                    return map_vectors(unpacked, shape, dtype, offset=0, order=order)
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise InputError("the archive cannot be read", file=path, got=str(error)) from error


def _header(path: Path, file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    """Read a header: a Python literal after magic, version and length.

    NumPy's own reader falls back to a tokenizer for files of Python 2 and raises what that
    raises; a literal is all that any current writer makes.
    """
    version = npy_format.read_magic(file)
    if version not in _LENGTH:
        raise InputError(
            "unknown version of the .npy format", file=path, got=version, allowed="1.0 or 2.0"
        )
    (length,) = _LENGTH[version].unpack(file.read(_LENGTH[version].size))
    if length > _LONGEST_HEADER:
        raise _wrong_header(path, f"{length} bytes")
    text = file.read(length).decode("latin-1")
    try:
        header = ast.literal_eval(text.strip())
        shape, is_fortran = header["shape"], header["fortran_order"]
        dtype = npy_format.descr_to_dtype(header["descr"])
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError, MemoryError) as error:
        raise _wrong_header(path, text) from error
    is_shape = isinstance(shape, tuple) and all(type(n) is int for n in shape)
    if not is_shape or not isinstance(is_fortran, bool):
        raise _wrong_header(path, text)
    require_shape(path, shape, dtype)
    return shape, is_fortran, dtype


def _wrong_header(path: Path, got: str) -> InputError:
    return InputError(
        "the .npy header cannot be read",
        file=path,
        got=got,
        allowed=f"descr, fortran_order and shape, in at most {_LONGEST_HEADER} bytes",
    )


def _member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    named = [m for m in members if m.filename == _MEMBER]
    chosen = named or members
    if len(chosen) != 1:
        raise InputError(
            "which array holds the templates is not clear",
            file=path,
            got=", ".join(m.filename for m in members[:10]) or "no member",
            allowed=f"one array, or one named {_MEMBER}",
        )
    if chosen[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            "the array is compressed in a way NumPy does not write",
            file=path,
            got=f"method {chosen[0].compress_type}",
            allowed="stored or deflated",
        )
    if not 0 <= chosen[0].file_size <= LARGEST_UNPACKED_BYTES:
        raise InputError(
            "the array unpacks to too much",
            file=path,
            got=f"{chosen[0].file_size} bytes",
            allowed=f"at most {LARGEST_UNPACKED_BYTES} bytes",
        )
    return chosen[0]


def _data_offset(path: Path, member: zipfile.ZipInfo) -> int:
    """Where a stored member's bytes begin: after its local header, whose name may differ."""
    with path.open("rb") as file:
        file.seek(member.header_offset)
        fields = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    name_bytes, extra_bytes = fields[-2:]
    offset: int = member.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes
    if offset + member.file_size > path.stat().st_size:
        raise InputError("the archive is cut short", file=path, got=member.filename)
    return offset


def _copy(path: Path, source: IO[bytes], target: IO[bytes], size: int) -> None:
    left = size
    while left and (part := source.read(min(left, _COPY_BYTES))):
        target.write(part)
        left -= len(part)
    if left or source.read(1):
        raise InputError(
            "the array unpacks to another size than it says",
            file=path,
            allowed=f"{size} bytes of vectors",
        )
    target.flush()
