"""Terms are named once, and GLOSSARY.md holds all of them."""

from pathlib import Path

from probity.publish.glossary import as_markdown, terms

ROOT = Path(__file__).parents[2]


def test_the_glossary_page_is_written_from_the_terms() -> None:
    assert (ROOT / "GLOSSARY.md").read_text(encoding="utf-8") == as_markdown(), (
        "run .venv/bin/python docs/write_glossary.py"
    )


def test_no_term_is_defined_twice_and_every_anchor_is_its_own() -> None:
    assert len({term.anchor for term in terms()}) == len(terms())


def test_the_four_verdicts_are_explained() -> None:
    names = {term.name for term in terms()}
    assert {"Supported", "Contradicted", "Undecided", "Untestable"} <= names
