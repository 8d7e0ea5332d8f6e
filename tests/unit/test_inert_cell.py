"""What a spreadsheet shows and never runs, and that one list decides it."""

from pathlib import Path

import pytest

import probity
from probity.core.inert_cell import inert


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =HYPERLINK(1)", "   -2"],
)
def test_text_that_would_run_has_an_apostrophe_before_it(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "Croydon", "1 in 6,000", "a=b", "'=1+1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_the_list_stands_in_one_place() -> None:
    """A second copy would be the one that somebody forgets to mend."""
    sources = Path(probity.__file__).parent.rglob("*.py")
    holding = [one.name for one in sources if '"=", "+", "-", "@"' in one.read_text("utf-8")]
    assert holding == ["inert_cell.py"]
