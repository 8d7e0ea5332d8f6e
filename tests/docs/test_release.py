"""What a release is made of: its notes, and files that name one another rightly."""

import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from scripts import loaded

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def release_notes() -> ModuleType:
    return loaded("docs/release_notes.py")


def test_the_newest_section_of_the_changelog_is_this_version(release_notes: ModuleType) -> None:
    notes = release_notes.notes()
    assert notes.startswith(f"# Probity {PROJECT['project']['version']}")
    assert notes == release_notes.notes(PROJECT["project"]["version"])
    assert "\n## " not in notes
    with pytest.raises(ValueError, match="no version 99"):
        release_notes.notes("99")


def test_every_file_that_the_container_copies_exists_and_is_let_through() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Containerfile").read_text(), re.M)
    let_through = re.findall(r"^!(\S+)$", (ROOT / ".containerignore").read_text(), re.M)
    for path in " ".join(copied).split():
        assert (ROOT / path).exists()
        assert path.split("/")[0] in let_through


def test_every_optional_part_is_named_where_it_is_missing() -> None:
    extras = set(PROJECT["project"]["optional-dependencies"])
    said = {
        name
        for file in (ROOT / "src/probity").rglob("*.py")
        for name in re.findall(r"probity\[(\w+)\]", file.read_text("utf-8"))
    }
    assert said == extras
