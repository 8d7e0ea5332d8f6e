"""Everything that is installed with Probity may be used, changed and passed on by anybody."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "requirements" / "run.txt"
PINNED = sorted(set(re.findall(r"^([a-z0-9-]+)==", RUN.read_text(), flags=re.MULTILINE)))
ELSEWHERE = {"colorama": "Windows only"}

PERMISSIVE = re.compile(
    r"MIT(-0|-CMU)?|BSD(-[23]-Clause)?|0BSD|Apache-2\.0( WITH LLVM-exception)?|ISC|PSF-2\.0|Zlib|"
    r"CC0-1\.0|Unlicense|dependency licenses"
)
"""``dependency licenses``: pypdfium2 says so of the libraries inside it; it brings their texts."""
CLASSIFIERS = {
    "License :: OSI Approved :: BSD License": "BSD",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
}


def licence_of(package: str) -> str:
    """SPDX expression where the package has one, or what its classifiers say."""
    about = metadata(package)
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
    return about.get("License-Expression") or " AND ".join(
        CLASSIFIERS.get(c, c) for c in classifiers
    ) or about.get("License") or ""  # fmt: skip


def refused(licence: str) -> list[str]:
    """Parts of an expression that are not on the list."""
    parts = re.split(r" AND | OR |, ", licence)
    return [part for part in parts if not PERMISSIVE.fullmatch(part.strip("() "))]


@pytest.mark.parametrize("package", PINNED)
def test_a_pinned_requirement_has_a_permissive_licence(package: str) -> None:
    try:
        licence = licence_of(package)
    except PackageNotFoundError:
        assert package in ELSEWHERE
        return
    assert refused(licence) == [], licence


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "", "MIT AND AGPL-3.0-or-later", "Proprietary", "BSD-4-Clause"]
)
def test_another_licence_would_be_caught(licence: str) -> None:
    assert refused(licence)
