"""The page on Python is the library's own words, and every Python example is run."""

import re
from pathlib import Path

import pytest

import probity as pb
from guide_files import MAKERS
from scripts import loaded

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"))
    if "_build" not in page.parts and _BLOCK.search(page.read_text(encoding="utf-8"))
)


def test_the_page_is_written_from_the_code() -> None:
    module = loaded("docs/write_python.py")
    assert module.TARGET.read_text("utf-8") == module.page(), (
        "run .venv/bin/python docs/write_python.py"
    )


def test_everything_that_is_offered_is_on_the_page() -> None:
    page = (ROOT / "docs/reference/python.md").read_text("utf-8")
    for part in ("records", "audit", "twin", "measure"):
        for name in getattr(pb, part).__all__:
            assert f"## probity.{part}.{name}\n" in page
    for name in pb.__all__:
        assert f"probity.{name}" in page


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run_in_order(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in _BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        for file in re.findall(r'"([^"\n]+\.\w+)"', block):
            if file in MAKERS and not Path(file).exists():
                MAKERS[file](Path(file))
        exec(compile(block, page, "exec"), names)  # noqa: S102 - the project's own documents
