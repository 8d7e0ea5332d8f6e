"""Which software computed a bundle: version, digest of its code, and the libraries behind it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from probity.publish.bundle.manifest import Software

LIBRARIES = (
    "altair",
    "jinja2",
    "markupsafe",
    "numpy",
    "pdfplumber",
    "python-calamine",
    "scipy",
    "statsmodels",
    "vl-convert-python",
)
"""What the numbers, the drawings and the reading of records depend on."""


@cache
def software() -> Software:
    """This software, the same wherever the same wheel is installed."""
    return Software(
        name="probity",
        version=version("probity"),
        code=_code(),
        libraries={name: version(name) for name in LIBRARIES},
    )


def _code() -> str:
    """Digest over the name and the content of every file of the package, in order."""
    digest = hashlib.sha256()
    for path, file in sorted(_files(files("probity"), "")):
        content = file.read_bytes()
        digest.update(f"{len(path)} {path} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(directory: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in directory.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.is_file() and not entry.name.endswith(".pyc"):
            yield f"{prefix}{entry.name}", entry
