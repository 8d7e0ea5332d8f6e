"""Opening DuckDB: embedded, within a stated memory, and blind to everything but the log.

A session reads the files it was opened for and spills to a temporary directory of its own. It
fetches no extensions, reaches no other file and no network, and its settings are locked, so
that nothing in a query can widen them.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from probity.core import InputError

MEMORY_LIMIT = "3GB"
"""Of DuckDB's own buffers; more is spilled to disk."""

ARRAY_BITS = 22
"""Whole numbers whose range has at most so many bits are grouped in an array, without hashing. More
bits would be more memory: about 50 bytes for each place and thread, which cannot be spilled."""


@contextmanager
def open_session(
    files: Sequence[Path],
    *,
    work: Path | None = None,
    memory_limit: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that may read ``files`` and nothing else.

    Times are in UTC, and the order of rows is whatever the query asks for.

    Parameters
    ----------
    files : sequence of Path
        Give them to ``read_parquet`` as a parameter, made by ``paths_of``.
    work : Path, optional
        Directory for spilling, in a fresh directory that is deleted afterwards; the system's
        temporary directory by default.
    memory_limit : str
        As DuckDB writes it, such as "3GB".
    threads : int, optional
        All processors by default. Results do not depend on it.
    """
    with tempfile.TemporaryDirectory(prefix="probity-sql-", dir=work) as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "threads": threads or os.cpu_count() or 1,
                "temp_directory": spill,
                "preserve_insertion_order": False,
                "perfect_ht_threshold": ARRAY_BITS,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET parquet_metadata_cache = true")
            connection.execute("SET allowed_paths = $files", {"files": paths_of(files)})
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        finally:
            connection.close()


@contextmanager
def engine_errors(file: Path) -> Iterator[None]:
    """Turn what DuckDB raises on damage that only a query shows into ``InputError``."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InputError("the file cannot be read", file=file, got=reason) from None


def paths_of(files: Sequence[Path]) -> list[str]:
    """Files as the parameter of ``read_parquet``, spelt as the session allows them."""
    return [str(file.resolve()) for file in files]
