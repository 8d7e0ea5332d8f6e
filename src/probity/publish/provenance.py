"""What a report was made from: the software's version and a digest of every file of data."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from probity.core import Source
from probity.publish.figures.figure import Cell, Column, Table
from probity.records.bundled import load


@cache
def software_version() -> str:
    """The version of Probity."""
    return version("probity")


@cache
def collected_on() -> str:
    """The ISO day on which the newest of the bundled sources was read."""
    return max(source.retrieved or "" for source in load().sources.values())


def provenance(own: Sequence[Source]) -> Table:
    """Software, bundled data files and the user's own files, with their SHA-256 digests."""
    data = files("probity.records") / "data"
    bundled = sorted((f for f in data.iterdir() if f.name.endswith(".csv")), key=lambda f: f.name)
    rows: list[tuple[Cell, ...]] = [("Probity", software_version())]
    rows += [
        (f"bundled data: {f.name}", f"sha256 {hashlib.sha256(f.read_bytes()).hexdigest()}")
        for f in bundled
    ]
    rows += [(f"your record: {s.title}", f"sha256 {s.sha256}") for s in own]
    return Table(columns=(Column("Part"), Column("Version or digest")), rows=tuple(rows))
