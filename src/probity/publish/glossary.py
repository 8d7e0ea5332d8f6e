"""The terms that pages link to, from one file that GLOSSARY.md is written from as well."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, and what it means in a sentence or two of plain English."""

    name: str
    means: str

    @property
    def anchor(self) -> str:
        """The fragment a page links to: ``term-faces-seen``."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@cache
def terms() -> tuple[Term, ...]:
    """Return every term, in alphabetical order."""
    text = files("probity.publish").joinpath("glossary.toml").read_text(encoding="utf-8")
    found = (Term(**entry) for entry in tomllib.loads(text)["term"])
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def as_markdown() -> str:
    """Return GLOSSARY.md."""
    head = (
        "# Glossary\n\n"
        "Standard terms follow ISO/IEC 2382-37 and 19795-1; police terms follow the forces' own\n"
        "pages. The definitions are ours. This page is written from\n"
        "`src/probity/publish/glossary.toml` by `docs/write_glossary.py`.\n\n"
        "Words we do not use for a measure: accuracy, hit, match rate, error. Each has been used\n"
        "for several different quantities.\n"
    )
    return head + "".join(f"\n**{term.name}.** {term.means}\n" for term in terms())
