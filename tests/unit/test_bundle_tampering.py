"""Whatever is done to a bundle on disk is detected, and the file is named."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from probity.core import VerificationError
from probity.publish.bundle.layout import MANIFEST, SUMS
from probity.publish.bundle.verify import verify_bundle
from small_bundle import small_bundle, write_small_bundle

FILES = sorted(small_bundle().files)
SAMPLE = 25
"""Positions of each file that the fast test changes: both ends and some between."""


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_bundle(tmp_path_factory.mktemp("intact") / "bundle")


@pytest.fixture
def bundle(intact: Path, tmp_path: Path) -> Path:
    shutil.copytree(intact, tmp_path / "bundle")
    return tmp_path / "bundle"


def failures(directory: Path) -> tuple[VerificationError, ...]:
    return verify_bundle(directory).failures


def names(found: tuple[VerificationError, ...], path: str) -> bool:
    """Whether a failure names the file; the manifest and its digest can only accuse each other."""
    pair = {MANIFEST, SUMS}
    return any(e.file == path or ({e.file, path} == pair and path in str(e)) for e in found)


def undetected_flips(directory: Path, path: str, positions: Iterator[int] | range) -> list[int]:
    """Positions of a file where a changed bit passes, or another file is named."""
    handle = os.open(directory / path, os.O_RDWR)
    missed = []
    try:
        for at in positions:
            byte = os.pread(handle, 1, at)
            os.pwrite(handle, bytes([byte[0] ^ (1 << at % 8)]), at)
            if not names(failures(directory), path):
                missed.append(at)
            os.pwrite(handle, byte, at)
    finally:
        os.close(handle)
    return missed


def test_an_intact_bundle_passes(intact: Path) -> None:
    found = verify_bundle(intact, expected_digest=small_bundle().digest)
    assert found.failures == ()
    assert found.digest == small_bundle().digest
    assert dict(found.contents) == {
        path: content
        for path, content in small_bundle().files.items()
        if path not in {MANIFEST, SUMS}
    }


@pytest.mark.parametrize("path", FILES)
def test_a_changed_byte_is_found_in_the_file_it_is_in(bundle: Path, path: str) -> None:
    size = len(small_bundle().files[path])
    chosen = random.Random(path).sample(  # noqa: S311
        range(size), min(SAMPLE, size)
    )
    assert undetected_flips(bundle, path, iter({0, size - 1, *chosen})) == []
    assert failures(bundle) == ()


@pytest.mark.verify
@pytest.mark.parametrize("path", FILES)
def test_a_changed_byte_is_found_at_every_position(bundle: Path, path: str) -> None:
    assert undetected_flips(bundle, path, range(len(small_bundle().files[path]))) == []
    assert failures(bundle) == ()


def edited(content: bytes, rng: random.Random) -> bytes:
    """The content after one edit: bytes put in, taken out, overwritten, doubled or swapped."""
    start, length = rng.randrange(len(content)), rng.randint(1, 40)
    piece = content[start : start + length]
    new = {
        "put in": piece[:0] + rng.randbytes(length) + piece,
        "taken out": b"",
        "overwritten": rng.randbytes(len(piece)),
        "doubled": piece + piece,
        "reversed": piece[::-1],
        "cut off": None,
    }[rng.choice(("put in", "taken out", "overwritten", "doubled", "reversed", "cut off"))]
    if new is None:
        return content[:start]
    return content[:start] + new + content[start + length :]


def undetected_edits(directory: Path, *, edits: int, seed: int) -> list[str]:
    rng = random.Random(seed)  # noqa: S311
    missed = []
    for _ in range(edits):
        path = rng.choice(FILES)
        content = small_bundle().files[path]
        changed = edited(content, rng)
        (directory / path).write_bytes(changed)
        if changed != content and not names(failures(directory), path):
            missed.append(path)
        (directory / path).write_bytes(content)
    return missed


def test_random_edits_are_found(bundle: Path) -> None:
    assert undetected_edits(bundle, edits=300, seed=1) == []


@pytest.mark.verify
def test_ten_thousand_random_edits_are_found(bundle: Path) -> None:
    assert undetected_edits(bundle, edits=10_000, seed=2) == []


@pytest.mark.control
def test_a_control_without_a_change_is_not_called_one(bundle: Path) -> None:
    for path in FILES:
        (bundle / path).write_bytes(small_bundle().files[path])
    assert failures(bundle) == ()


@pytest.mark.parametrize("path", FILES)
def test_a_removed_file_is_named(bundle: Path, path: str) -> None:
    (bundle / path).unlink()
    assert names(failures(bundle), path)


@pytest.mark.parametrize("path", FILES)
def test_a_renamed_file_is_named_with_its_new_name(bundle: Path, path: str) -> None:
    (bundle / path).rename(bundle / f"{path}.old")
    found = failures(bundle)
    assert names(found, path)
    if path not in {MANIFEST, SUMS}:
        told = next(str(error) for error in found if error.file == f"{path}.old")
        assert f"a file with the content of {path}" in told


@pytest.mark.parametrize("path", FILES)
def test_a_second_copy_of_a_file_is_named(bundle: Path, path: str) -> None:
    shutil.copy(bundle / path, bundle / f"{path}.copy")
    assert [error.file for error in failures(bundle)] == [f"{path}.copy"]


@pytest.mark.parametrize("path", FILES)
def test_a_truncated_or_emptied_file_is_named(bundle: Path, path: str) -> None:
    content = (bundle / path).read_bytes()
    for size in (0, 1, len(content) // 2, len(content) - 1):
        (bundle / path).write_bytes(content[:size])
        assert names(failures(bundle), path), size


@pytest.mark.parametrize("path", FILES)
def test_a_lengthened_file_is_named(bundle: Path, path: str) -> None:
    with (bundle / path).open("ab") as file:
        file.write(b"\n")
    assert names(failures(bundle), path)


def test_two_files_that_changed_places_are_both_named(bundle: Path) -> None:
    one, other = bundle / "records/places.csv", bundle / "records/sources.csv"
    one.rename(bundle / "aside")
    other.rename(one)
    (bundle / "aside").rename(other)
    assert {e.file for e in failures(bundle)} == {"records/places.csv", "records/sources.csv"}


@pytest.mark.parametrize(
    "name",
    ["extra.txt", "REPORT.html", "Report.html", "records/Deployments.csv", ".hidden", "records/a"],
)
def test_an_extra_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).write_text("extra")
    found = failures(bundle)
    assert [error.file for error in found] == [name]
    assert "the manifest does not list it" in str(found[0])


@pytest.mark.parametrize("name", ["audits", "extra", "records/deeper", "own-records/.x"])
def test_an_extra_folder_is_named(bundle: Path, name: str) -> None:
    (bundle / name).mkdir()
    assert [error.file for error in failures(bundle)] == [name]


@pytest.mark.parametrize("path", FILES)
def test_a_link_is_refused_even_to_the_same_content(bundle: Path, path: str) -> None:
    target = bundle.parent / "elsewhere"
    (bundle / path).rename(target)
    (bundle / path).symlink_to(target)
    assert names(failures(bundle), path)


def test_a_linked_folder_is_refused(bundle: Path) -> None:
    (bundle / "records").rename(bundle.parent / "elsewhere")
    (bundle / "records").symlink_to(bundle.parent / "elsewhere")
    found = verify_bundle(bundle)
    assert "records" in {error.file for error in found.failures}
    assert not any(path.startswith("records/") for path in found.contents)


@pytest.mark.parametrize("path", ["report.html", MANIFEST, SUMS])
def test_a_pipe_or_a_folder_in_the_place_of_a_file_is_refused_at_once(
    bundle: Path, path: str
) -> None:
    (bundle / path).unlink()
    os.mkfifo(bundle / path)
    assert names(failures(bundle), path)
    (bundle / path).unlink()
    (bundle / path).mkdir()
    assert names(failures(bundle), path)


@pytest.mark.parametrize("path", ["report.html", MANIFEST, SUMS, "extra"])
def test_a_file_of_a_tebibyte_is_refused_without_being_read(bundle: Path, path: str) -> None:
    with (bundle / path).open("ab") as file:
        file.truncate(1 << 40)
    assert names(failures(bundle), path)


def test_a_file_that_cannot_be_listed_is_no_traceback(tmp_path: Path) -> None:
    assert names(failures(tmp_path / "none"), MANIFEST)


def test_a_changed_cell_of_a_known_table_is_named_by_row_and_column(tmp_path: Path) -> None:
    from probity.publish.bundle.difference import place_of_change
    from probity.records.bundled import load

    content = load().content["deployments.csv"]
    place = place_of_change(
        "records/deployments.csv", found=content.replace(b",4600,", b",4700,", 1), expected=content
    )
    row = content[: content.index(b",4600,")].count(b"\n")
    assert place.startswith(f"row {row}, column faces_seen (byte ")
