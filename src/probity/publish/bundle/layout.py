"""Where everything stands in a bundle, and the limits of what is read from one.

Names are lower case and plain, so that no file system takes two of them for one, none leads out
of the directory, and each is its own URL.
"""

import re

MANIFEST = "manifest.json"
"""The digest of every other file, and how they were made. Its own digest is the bundle's."""
SUMS = "SHA256SUMS"
"""The same digests for ``sha256sum --check``, so that checking needs nothing of ours."""
README = "README.md"
PACKAGE = "datapackage.json"
CRATE = "ro-crate-metadata.json"
VERDICTS = "verdicts.json"
REPORT = "report.html"

TABLES = "records"
OWN = "own-records"
CLAIMS = "claims"
POLICIES = "policies"
AUDITS = "audits"
LOG_MANIFESTS = "log-manifests"

DERIVED = (CRATE, PACKAGE, README, REPORT, VERDICTS)
"""What is computed from the inputs; the inputs are the files in folders."""
FOLDERS = (AUDITS, CLAIMS, LOG_MANIFESTS, OWN, POLICIES, TABLES)

MEBIBYTE = 1 << 20
MAX_MANIFEST_BYTES = 4 * MEBIBYTE
MAX_FILE_BYTES = 64 * MEBIBYTE
MAX_BYTES = 512 * MEBIBYTE
"""Of all files together."""
MAX_FILES = 2_000

PATH = re.compile(
    rf"(?:{'|'.join(map(re.escape, DERIVED))}|"
    rf"(?:{'|'.join(FOLDERS)})/[a-z0-9][a-z0-9._-]{{0,119}})"
)


def plain_name(name: str) -> str:
    """A file's name as a bundle writes it: lower case, nothing but letters, digits, ``._-``."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.casefold()).strip("-._")
    return plain[-100:].lstrip("-._") or "file"


def is_canonical_json(path: str) -> bool:
    """Whether a file has to be canonical JSON; what others published stays as they wrote it."""
    return path.endswith(".json") and not path.startswith((f"{TABLES}/", f"{OWN}/"))
