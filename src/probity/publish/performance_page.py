"""One page with the results of a laboratory's test: `probity measure ... --report`."""

from pathlib import Path

from probity.core.files import write_atomically
from probity.performance.identification.measure import Identification
from probity.performance.verification import Verification
from probity.performance.verification_json import Generalised
from probity.publish.identification_sections import identification_sections
from probity.publish.results_page import ResultsPage, filled
from probity.publish.verification_sections import verification_sections


def write_page(page: str, *, out: Path) -> None:
    """Write the page to ``out``, whole or not at all. Raises OSError; ``out`` is then as it was."""
    write_atomically(out, page.encode("utf-8"))


def verification_page(found: Verification, *, generalised: Generalised | None = None) -> str:
    """The results of a verification test as one HTML file. Same results, same bytes.

    Parameters
    ----------
    found : Verification
        As ``performance.verification`` measured it.
    generalised : list, optional
        Whole-system rates, where failures to enrol or to acquire were recorded.
    """
    return filled(
        ResultsPage(
            title="Verification test: comparisons of two faces",
            lede=(
                "How often a comparison of two different people matches, and how often one of "
                "the same person does not, at every threshold of the system tested."
            ),
            facts=(
                ("Comparisons", f"{found.comparisons:,}"),
                ("Non-mated: two people", f"{found.nonmated:,}"),
                ("Mated: one person", f"{found.mated:,}"),
                ("Level of the intervals", f"{100 * found.level:g}%"),
            ),
            cautions=(
                *found.about_intervals,
                "The rates are those of the people and images tested. They carry over to other "
                "places, cameras and people as far as those are alike",
            ),
            sections=verification_sections(found, generalised),
        )
    )


def identification_page(found: Identification) -> str:
    """The results of an identification test as one HTML file. Same results, same bytes.

    Parameters
    ----------
    found : Identification
        As ``performance.identification`` measured it.
    """
    mode = found.mode
    return filled(
        ResultsPage(
            title="Identification test: searches of a gallery",
            lede=(
                "How often a search for somebody who is not in the gallery returns a candidate, "
                "and how often a search for somebody who is returns the right person."
            ),
            facts=(
                ("Searches", f"{found.probes:,}"),
                ("Samples in the gallery", f"{found.gallery_samples:,}"),
                ("Comparisons", f"{found.comparisons:,}"),
                (
                    "Mode of use",
                    f"{mode.name}: list of {mode.list_length}, right person at rank {mode.rank} "
                    "or better",
                ),
                ("Level of the intervals", f"{100 * found.level:g}%"),
                ("Seed of everything random", str(found.seed)),
            ),
            cautions=(
                *found.warnings,
                "The rates are those of the people and images tested. They carry over to other "
                "places, cameras and people as far as those are alike",
            ),
            sections=identification_sections(found),
        )
    )
