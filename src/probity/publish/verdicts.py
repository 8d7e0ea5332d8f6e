"""The four verdicts as readers meet them: word, mark, meaning."""

from collections.abc import Mapping
from dataclasses import dataclass

from probity.claims.finding import Verdict


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """How a verdict is shown; ``mark`` is an SVG path in a 24 by 24 box, drawn as a line."""

    word: str
    meaning: str
    mark: str


VERDICTS: Mapping[Verdict, VerdictWords] = {
    Verdict.SUPPORTED: VerdictWords(
        "Supported",
        "The published figures lie wholly on the claimed side of the claim’s limit.",
        "M6.5 12.5l3.6 3.6 7.4-8",
    ),
    Verdict.CONTRADICTED: VerdictWords(
        "Contradicted",
        "The published figures lie wholly on the other side of the claim’s limit.",
        "M8 8l8 8M16 8l-8 8",
    ),
    Verdict.UNDECIDED: VerdictWords(
        "Undecided",
        "The figures allow both, or published versions of them disagree.",
        "M9 9.2a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9M12 17.2v.1",
    ),
    Verdict.UNTESTABLE: VerdictWords(
        "Untestable",
        "The figure that would test the claim is not published, or only by the claimant.",
        "M7.5 12h9",
    ),
}
"""In the order in which they are listed."""
