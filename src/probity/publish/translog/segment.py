"""A part of an event log, committed to without publishing any of it.

Every row becomes a leaf of a Merkle tree: a salt of 32 bytes, then the row as canonical JSON. The
salts are HMAC-SHA256 under a secret that stays with the keys: who does not know a row's salt
cannot find the row by trying rows, and who is shown one row with its salt learns no other. Once
the secret is destroyed, rows that were never shown can no longer be tied to anybody: what is left
are random numbers.

A row as canonical JSON: its columns by name, missing values left out; whole numbers and times as
text (a JSON number is exact only to 2^53), other numbers as numbers.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from probity.audit.log.parquet import open_parquet, regular_file
from probity.core import InputError
from probity.core.canonical_json import JsonError, canonical
from probity.publish.translog.entries import Segment
from probity.publish.translog.growing_tree import GrowingTree, subtree_hash
from probity.publish.translog.hashing import Hashes, as_hashes, one_by_one
from probity.publish.translog.merkle import inclusion_proof, leaf_hash

SALT_BYTES = 32
_ROW_SALT = b"probity/row-salt/1\n"
_FILE_SALT = b"probity/file-salt/1\n"
_TIME = "time"
_BATCH_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class ProvenRow:
    """One row with what ties it to the root of its segment."""

    number: int
    content: bytes
    salt: bytes
    proof: tuple[bytes, ...]


def segment_entry(
    path: Path, *, name: str, secret: bytes, recorded_at: str, previous: str | None
) -> Segment:
    """The manifest of a Parquet file of events, as an entry of a log.

    Parameters
    ----------
    path : Path
        The Parquet file.
    name : str
        What the segment is called in public.
    secret : bytes
        What the salts are made of; the same file and secret give the same entry.
    recorded_at : str
        When, as entries say it.
    previous : str or None
        Leaf hash of the entry of the segment before, hexadecimal.

    Raises
    ------
    InputError
        Not a Parquet file, no rows, no column ``time``, values that have no canonical form, or
        somebody writes to it.
    """
    digest = _file_digest(path)
    tree = GrowingTree(0, [], hash_messages=one_by_one)
    for leaves in _leaf_batches(path, secret, digest):
        for _ in tree.grow(leaves):
            pass
    if not tree.size:
        raise InputError("no rows", file=path)
    first, last = _time_span(path)
    commitment = file_commitment(path, secret=secret)
    if _file_digest(path) != digest:
        raise InputError(
            "the file was changed while it was read",
            file=path,
            allowed="an event log that nobody writes to any more",
        )
    return Segment(
        recorded_at=recorded_at,
        name=name,
        rows=tree.size,
        first_time=first,
        last_time=last,
        rows_root=tree.root().hex(),
        parquet_commitment=commitment,
        previous=previous,
    )


def file_salt(path: Path, *, secret: bytes) -> bytes:
    """The salt of the commitment to a whole file: given to whoever is given the file."""
    return hmac.digest(secret, _FILE_SALT + _file_digest(path), "sha256")


def file_commitment(path: Path, *, secret: bytes) -> str:
    """SHA-256 of the file's salt and its content."""
    state = sha256(file_salt(path, secret=secret))
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            state.update(part)
    return state.hexdigest()


def prove_row(path: Path, number: int, *, secret: bytes) -> ProvenRow:
    """One row of a Parquet file, counting from 0, with its salt and its proof.

    Raises
    ------
    InputError
        No such row, or not a file that ``segment_entry`` takes.
    """
    digest = _file_digest(path)
    leaves = np.concatenate([*_leaf_batches(path, secret, digest), as_hashes(b"")])
    if not 0 <= number < len(leaves):
        raise InputError("no such row", file=path, got=number, allowed=f"0 to {len(leaves) - 1}")

    def node(height: int, n: int) -> bytes:
        return subtree_hash(leaves[n << height : (n + 1) << height].tobytes())

    first, rows = 0, []
    for rows in _row_batches(path):
        if number < first + len(rows):
            break
        first += len(rows)
    proof = inclusion_proof(number, len(leaves), node=node)
    salt = _row_salt(secret, digest, number)
    return ProvenRow(number, rows[number - first], salt, tuple(proof))


def row_leaf(content: bytes, *, salt: bytes) -> bytes:
    """The leaf hash of a row."""
    return leaf_hash(salt + content)


def _row_salt(secret: bytes, digest: bytes, number: int) -> bytes:
    return hmac.digest(secret, _ROW_SALT + digest + number.to_bytes(8, "big"), "sha256")


def _file_digest(path: Path) -> bytes:
    regular_file(path)
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").digest()
    except OSError as error:
        raise InputError(f"cannot be opened: {error.strerror}", file=path) from None


def _leaf_batches(path: Path, secret: bytes, digest: bytes) -> Iterator[Hashes]:
    first = 0
    for rows in _row_batches(path):
        hashes = (
            row_leaf(row, salt=_row_salt(secret, digest, number))
            for number, row in enumerate(rows, start=first)
        )
        yield as_hashes(b"".join(hashes))
        first += len(rows)


def _row_batches(path: Path) -> Iterator[list[bytes]]:
    """The rows of a file as canonical JSON, some at a time."""
    with open_parquet(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            # RFC 8785 orders keys by their UTF-16 code units.
            names = sorted(batch.schema.names, key=lambda name: name.encode("utf-16-be"))
            columns = [_parts(path, name, batch.column(name)) for name in names]
            rows = zip(*columns, strict=True)
            yield [b"{" + b",".join(filter(None, row)) + b"}" for row in rows]


def _parts(path: Path, name: str, column: Any) -> list[bytes | None]:
    """Each value of a column behind its name; None where it is missing."""
    if pa.types.is_nested(column.type):
        raise _no_form(path, name, column.type)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    try:
        head = canonical(name) + b":"
        values = _json_values(path, name, encoded.dictionary)
        texts = [None if value is None else head + canonical(value) for value in values]
    except JsonError as error:
        raise InputError(str(error), file=path, column=name) from None
    return [None if at is None else texts[at] for at in encoded.indices.to_pylist()]


def _json_values(path: Path, name: str, values: Any) -> list[Any]:
    kind = values.type
    if pa.types.is_integer(kind):
        return [None if one is None else str(one) for one in values.to_pylist()]
    if pa.types.is_timestamp(kind):
        return _times(values)
    if pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        found: list[Any] = values.to_pylist()
        return found
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts: list[Any] = values.to_pylist()
        return texts
    raise _no_form(path, name, kind)


def _no_form(path: Path, name: str, kind: Any) -> InputError:
    return InputError(
        "no canonical form for this type",
        file=path,
        column=name,
        got=str(kind),
        allowed="whole numbers, numbers, text, true or false, timestamps",
    )


def _times(values: Any) -> list[str | None]:
    """Timestamps as ISO 8601 text in UTC, to the microsecond."""
    moments = pc.cast(values, pa.timestamp("us", values.type.tz), safe=False)
    numbers = pc.cast(moments, pa.int64()).to_pylist()
    return [None if one is None else f"{np.datetime64(one, 'us')}Z" for one in numbers]


def _time_span(path: Path) -> tuple[str, str]:
    found: list[str] = []
    with open_parquet(path) as file:
        if _TIME not in file.schema_arrow.names:
            raise InputError("no column 'time'", file=path)
        kind = file.schema_arrow.field(_TIME).type
        if not pa.types.is_timestamp(kind):
            raise InputError(
                "not a column of times",
                file=path,
                column=_TIME,
                got=str(kind),
                allowed="timestamps",
            )
        for batch in file.iter_batches(columns=[_TIME], batch_size=_BATCH_ROWS):
            span = pc.min_max(batch.column(0))
            ends = pa.array([span["min"].as_py(), span["max"].as_py()], type=kind)
            found += [one for one in _times(ends) if one is not None]
    if not found:
        raise InputError("no times", file=path, column=_TIME)
    return min(found), max(found)
