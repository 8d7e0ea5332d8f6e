"""What a report was made from: the software's version and a digest of every file of data."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version

from probity.core import Source
from probity.publish.figures.figure import Cell, Column, Table
from probity.records.bundled import Bundle, load


@cache
def software_version() -> str:
    """The version of Probity."""
    return version("probity")


@cache
def collected_on() -> str:
    """The ISO day on which the newest of the bundled sources was read."""
    return max(source.retrieved or "" for source in load().sources.values())


def provenance(bundle: Bundle, own: Sequence[Source]) -> Table:
    """Software, bundled data files and the user's own files, with their SHA-256 digests."""
    tables = sorted(
        (name, content) for name, content in bundle.content.items() if name.endswith(".csv")
    )
    rows: list[tuple[Cell, ...]] = [("Probity", software_version())]
    rows += [
        (f"bundled data: {name}", f"sha256 {hashlib.sha256(content).hexdigest()}")
        for name, content in tables
    ]
    rows += [(f"your record: {s.title}", f"sha256 {s.sha256}") for s in own]
    return Table(columns=(Column("Part"), Column("Version or digest")), rows=tuple(rows))
