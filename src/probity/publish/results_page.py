"""A page of results: facts at the top, cautions, then a section for each kind of result."""

from dataclasses import dataclass

from probity.publish.figures.render import drawn
from probity.publish.glossary import terms
from probity.publish.page import fill
from probity.publish.provenance import software_version
from probity.publish.results_section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    """What stands on the page.

    Parameters
    ----------
    facts : tuple of (name, value)
        What was tested or run; stands at the top.
    cautions : tuple of str
        To be read before using the figures; without full stops.
    about : str
        Heading of the facts.
    """

    title: str
    lede: str
    facts: tuple[tuple[str, str], ...]
    cautions: tuple[str, ...]
    sections: tuple[Section, ...]
    about: str = "What was tested"


def filled(page: ResultsPage) -> str:
    """The page as one HTML file. Same results, same bytes."""
    return fill(
        "performance.html",
        {
            "page": page,
            "drawings": {
                figure.figure_id: drawn(figure)
                for section in page.sections
                for figure in section.figures
            },
            "terms": terms(),
            "version": software_version(),
        },
    )
