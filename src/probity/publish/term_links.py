"""Links from words in running text to the glossary, the first time a term is used."""

import re
from functools import cache

from markupsafe import Markup, escape

from probity.publish.glossary import terms

# Everyday words that are terms as well: a link on each "template" or "probe" would only distract.
_ONLY_IN_FULL = {"Template", "Probe", "Comparison", "Candidate", "Supported", "Contradicted"}
_ONLY_IN_FULL |= {"Undecided", "Untestable", "Confirmed and unconfirmed alerts"}
_ONLY_IN_FULL |= {"Mated and non-mated", "Deployment", "Alert", "Gallery", "Denominator"}
_ONLY_IN_FULL |= {"Policy", "Scenario", "Seed", "Twin", "What if"}


class TermLinks:
    """Marks up text; a term is linked once per ``TermLinks``, so make one for each section.

    Parameters
    ----------
    glossary : str
        Address of the page that holds the definitions; empty where the same page does.
    """

    def __init__(self, *, glossary: str = "") -> None:
        self._glossary = glossary
        self._linked: set[str] = set()

    def __call__(self, text: str) -> Markup:
        """The text, escaped, with the first use of each term linked to its definition."""
        pattern, anchors = _pattern()
        parts, end = [], 0
        for match in pattern.finditer(text):
            anchor = anchors[match.group(1).lower()]
            if anchor in self._linked:
                continue
            self._linked.add(anchor)
            parts.append(escape(text[end : match.start()]))
            link = Markup('<a class="term" href="{}#{}">{}</a>')
            parts.append(link.format(self._glossary, anchor, match.group()))
            end = match.end()
        return Markup("").join([*parts, escape(text[end:])])


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """Every name that a term goes by, longest first, and the term's anchor."""
    anchors = {}
    for term in terms():
        if term.name in _ONLY_IN_FULL:
            continue
        full, _, short = term.name.partition(" (")
        for name in (full, short.rstrip(")")):
            if name:
                anchors[name.lower()] = term.anchor
    names = "|".join(re.escape(name) for name in sorted(anchors, key=len, reverse=True))
    return re.compile(rf"\b({names})s?\b", re.IGNORECASE), anchors
