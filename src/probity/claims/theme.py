"""The questions people ask, in the order the pages put them.

Claims of all sides on one question stand together, so that nobody's claims make a list alone.
"""

from enum import StrEnum


class Theme(StrEnum):
    """A question of the debate; ``question`` is how pages put it."""

    FALSE_ALERTS = "false-alerts"
    GROUPS = "groups"
    FINDING = "finding"
    PLACES = "places"
    WATCHLISTS = "watchlists"
    DATA = "data"
    STOPS = "stops"
    ARRESTS = "arrests"
    SCALE = "scale"
    OPENNESS = "openness"
    SUPPORT = "support"

    @property
    def question(self) -> str:
        """The question as a heading."""
        return _QUESTIONS[self]


_QUESTIONS = {
    Theme.FALSE_ALERTS: "How often is an alert false?",
    Theme.GROUPS: "Are some groups of people wronged more often?",
    Theme.FINDING: "Does it find the people it looks for?",
    Theme.PLACES: "Where is it used, and why there?",
    Theme.WATCHLISTS: "Who is on the lists?",
    Theme.DATA: "What happens to the data of people who pass?",
    Theme.STOPS: "What happens when an alert is false?",
    Theme.ARRESTS: "What does it lead to?",
    Theme.SCALE: "How many people are scanned?",
    Theme.OPENNESS: "Is every use known, and can people avoid it?",
    Theme.SUPPORT: "Do people support it?",
}
