"""The verdicts of an audit as readers meet them: word, mark, meaning."""

from collections.abc import Mapping

from probity.audit.audit import NEEDS_A_DOCUMENT
from probity.audit.outcome import Verdict
from probity.publish.verdicts import VerdictWords

RULE_VERDICTS: Mapping[str, VerdictWords] = {
    Verdict.BREACHED.value: VerdictWords(
        "Breached",
        "The log shows at least once that the rule was not kept.",
        "M8 8l8 8M16 8l-8 8",
    ),
    Verdict.NOT_OBSERVABLE.value: VerdictWords(
        "Not observable",
        "The log lacks what the rule needs. That is named.",
        "M7.5 12h9",
    ),
    Verdict.UNDECIDED.value: VerdictWords(
        "Undecided",
        "A deadline lies beyond the end of the log, or an interval on both sides of a limit.",
        "M9 9.2a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9M12 17.2v.1",
    ),
    Verdict.SATISFIED.value: VerdictWords(
        "Satisfied",
        "Nothing that was checked is in breach. It says so of the log, not of what is not in it.",
        "M6.5 12.5l3.6 3.6 7.4-8",
    ),
    NEEDS_A_DOCUMENT: VerdictWords(
        "Needs a document",
        "No log can decide the rule. What would is named.",
        "M8.5 6.5h7v11h-7zM10.5 10h3M10.5 13.5h3",
    ),
}
"""In the order in which they are listed."""
