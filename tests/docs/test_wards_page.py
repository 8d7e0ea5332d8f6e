"""The page on wards holds what the measures give."""

from pathlib import Path

from scripts import loaded

ROOT = Path(__file__).parents[2]


def test_the_tables_are_those_of_the_measures() -> None:
    module = loaded("docs/write_wards.py")
    text = module.TARGET.read_text(encoding="utf-8")
    assert module.page(text) == text, "run .venv/bin/python docs/write_wards.py"


def test_the_figures_in_its_words_are_those_of_its_tables() -> None:
    text = " ".join((ROOT / "docs/background/wards.md").read_text(encoding="utf-8").split())
    words, tables = text.split("## Data", 1)
    for in_words, row in (
        ("1.26 times as high, and the interval runs from 0.89 to 1.80", "1.26 | 0.89 to 1.80"),
        ("it is 1.00 (0.70 to 1.43)", "1.00 | 0.70 to 1.43"),
        ("Of 178 deployments of 2024 with a known ward, 91", "91 of 178"),
        ("are 41% of London's, recorded violence 46%, residents 40%", "39.5% | 41.3% | 45.7%"),
        ("5.8 times the odds", "5.82 | 3.56 to 9.51"),
    ):
        assert in_words in words
        assert row in tables
