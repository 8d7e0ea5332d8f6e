"""Vectors in safetensors files, mapped.

The form is small enough to read here: eight bytes with the length of a JSON header, the header
(name -> dtype, shape, data_offsets), then the tensors' bytes, which must fill the file without
overlap or gap. Reading it here keeps the checks strict and a compiled dependency out.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from probity.core import InputError
from probity.performance.templates.mapped import (
    Vectors,
    file_errors,
    map_vectors,
    require_shape,
    require_size,
)

_LONGEST_HEADER_BYTES = 1 << 20
_LENGTH_BYTES = 8
_DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
_NAME = "templates"
_METADATA = "__metadata__"


def map_safetensors(path: Path) -> Vectors:
    """Map the tensor named ``templates``, or the only one.

    Raises
    ------
    InputError
        Not a safetensors file, or one whose header does not fit it.
    """
    with file_errors(path):
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if size < _LENGTH_BYTES or not 2 <= length <= min(  # noqa: PLR2004 - the shortest JSON object
                _LONGEST_HEADER_BYTES, size - _LENGTH_BYTES
            ):
                raise _wrong(path, f"a header of {length} bytes in a file of {size}")
            header = _parsed(path, file.read(length))
        start = _LENGTH_BYTES + length
        _require_full(path, header, held=size - start)
        tensor = header[_choose(path, header)]
        code = tensor["dtype"]
        if code not in _DTYPES:
            raise InputError(
                "vectors have the wrong type", file=path, got=code, allowed=", ".join(_DTYPES)
            )
        dtype, shape = np.dtype(_DTYPES[code]), tuple(tensor["shape"])
        require_shape(path, shape, dtype)
        first, last = tensor["data_offsets"]
        require_size(path, shape, dtype.itemsize, held=last - first)
        return map_vectors(path, shape, dtype, offset=start + first)


def _parsed(path: Path, text: bytes) -> dict[str, dict[str, Any]]:
    try:
        header = json.loads(text, object_pairs_hook=_no_twins)
    except RecursionError as error:
        raise _wrong(path, "a deeply nested header") from error
    if not isinstance(header, dict):
        raise _wrong(path, type(header).__name__)
    header.pop(_METADATA, None)
    for name, tensor in header.items():
        if not (
            isinstance(tensor, dict)
            and isinstance(tensor.get("dtype"), str)
            and _whole_numbers(tensor.get("shape"))
            and _whole_numbers(tensor.get("data_offsets"))
            and len(tensor["data_offsets"]) == 2  # noqa: PLR2004 - start and end
        ):
            raise _wrong(path, f"tensor {name}: {tensor}")
    return header


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice in the header")
    return dict(pairs)


def _whole_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(v) is int and 0 <= v < 1 << 62 for v in value)


def _require_full(path: Path, header: dict[str, dict[str, Any]], *, held: int) -> None:
    """The tensors must follow one another from the first byte to the last."""
    end = 0
    for first, last in sorted(tuple(tensor["data_offsets"]) for tensor in header.values()):
        if first != end or last < first:
            raise _wrong(path, f"tensors overlap or leave a gap at byte {end}")
        end = last
    if end != held:
        raise _wrong(path, f"{held} bytes of tensors where the header says {end}")


def _choose(path: Path, header: dict[str, Any]) -> str:
    if _NAME in header:
        return _NAME
    if len(header) != 1:
        raise InputError(
            "which tensor holds the templates is not clear",
            file=path,
            got=", ".join(list(header)[:10]) or "no tensor",
            allowed=f"one tensor, or one named {_NAME}",
        )
    return next(iter(header))


def _wrong(path: Path, got: str) -> InputError:
    return InputError(
        "not a safetensors file that fits its header",
        file=path,
        got=got,
        allowed="header length, JSON header, then the tensors without overlap or gap",
    )
