"""A bundle is written whole or not at all, and over nothing but another intact bundle."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from probity.core import InputError
from probity.publish.bundle.compose import compose
from probity.publish.bundle.verify import verify_bundle
from probity.publish.bundle.write import write_bundle
from small_bundle import small_bundle, small_inputs, write_small_bundle


def other_files() -> dict[str, bytes]:
    """The bundle with another day of publication, digests and all."""
    return dict(compose(replace(small_inputs(), published="2026-11-27")).files)


def test_it_is_replaced_when_that_is_asked_for_and_nothing_is_left(tmp_path: Path) -> None:
    out = write_small_bundle(tmp_path / "bundle")
    with pytest.raises(InputError, match="--replace to replace it"):
        write_bundle(small_bundle().files, out=out)
    write_bundle(other_files(), out=out, replace=True)
    assert json.loads((out / "manifest.json").read_text())["published"] == "2026-11-27"
    assert verify_bundle(out).failures == ()
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


@pytest.mark.parametrize("name", ["note.txt", "records/mine.csv"])
def test_a_bundle_with_something_of_somebody_else_is_not_replaced(
    tmp_path: Path, name: str
) -> None:
    out = write_small_bundle(tmp_path / "bundle")
    (out / name).write_text("mine")
    with pytest.raises(InputError, match="holds other files, or a bundle that was changed"):
        write_bundle(small_bundle().files, out=out, replace=True)
    assert (out / name).read_text() == "mine"


@pytest.mark.parametrize("replace", [False, True])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace: bool
) -> None:
    out = tmp_path / "bundle"
    if replace:
        write_small_bundle(out)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("probity.publish.bundle.write.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_bundle(small_bundle().files, out=out, replace=replace)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"] * replace
    assert not replace or verify_bundle(out).failures == ()


def test_a_replacement_that_cannot_be_put_in_place_puts_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write_small_bundle(tmp_path / "bundle")
    rename, seen = Path.rename, []

    def second_fails(self: Path, target: Path) -> Path:
        seen.append(target)
        if len(seen) == 2:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(OSError, match="Input/output"):
        write_bundle(small_bundle().files, out=out, replace=True)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    assert verify_bundle(out).failures == ()


@pytest.mark.parametrize("published", ["yesterday", "2026-02-30", "2026-11-26T00:00:00Z"])
def test_what_no_manifest_can_say_is_one_clear_error(published: str) -> None:
    with pytest.raises(InputError, match="column published: no bundle can be made of this"):
        compose(replace(small_inputs(), published=published))


def test_an_empty_directory_is_taken(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    assert verify_bundle(write_small_bundle(tmp_path / "bundle")).failures == ()


def test_everybody_may_read_it(tmp_path: Path) -> None:
    out = write_small_bundle(tmp_path / "bundle")
    assert {path.stat().st_mode & 0o777 for path in out.rglob("*") if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in (out, out / "records")} == {0o755}
