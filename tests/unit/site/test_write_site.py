"""Writing a directory of files: whole or not at all, and never over what is not ours."""

from pathlib import Path

import pytest

from probity.core import InputError
from probity.core.files import replacing_directory


def test_an_older_one_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "site"
    for content in ("old", "new"):
        with replacing_directory(out, marker="site.json") as directory:
            (directory / "site.json").write_text(content)
            (directory / f"{content}.html").write_text(content)
    assert sorted(path.name for path in out.iterdir()) == ["new.html", "site.json"]
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "site.json").write_text("old")
    writing = replacing_directory(out, marker="site.json")
    (writing.__enter__() / "site.json").write_text("new")
    writing.__exit__(OSError, OSError("disk full"), None)
    assert (out / "site.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("kind", ["file", "link", "other files"])
def test_what_is_not_ours_is_left_alone(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "link":
        out.symlink_to(tmp_path)
    else:
        out.mkdir()
        (out / "thesis.odt").write_text("mine")
    with pytest.raises(InputError, match="out"), replacing_directory(out, marker="site.json"):
        pytest.fail("the block must not run")
    assert out.exists()
    assert len(list(tmp_path.iterdir())) == 1
