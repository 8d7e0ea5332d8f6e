"""One person's way through a system: what exists about them from when to when, and what happens."""

from dataclasses import dataclass
from typing import Literal

from probity.audit.rule import Rule

Sort = Literal["data", "contact"]
"""Something that exists about a person, or officers speaking with them."""

Basis = Literal["published", "partly assumed", "assumed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A rule of a policy that says when a thing must be gone.

    Parameters
    ----------
    rule : Rule
        As ``audit/policies`` quotes it, with its source and how well that was checked.
    policy : str
        Title of the policy.
    by_us : int or None
        Latest moment, by the clock of the life; None where the rule gives no time.
    own_number : bool
        The document states no number: the one drawn is ours.
    """

    rule: Rule
    policy: str
    by_us: int | None
    own_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that exists about the person for a time.

    Parameters
    ----------
    key : str
        Unique in the life.
    name, what : str
        A few words, and a sentence in plain English.
    from_us, to_us : int or None
        By the clock of the life; None: from before it, or without an end that is known.
    seen_by : str
        Who can see it: a few words.
    basis : {"published", "partly assumed", "assumed"}
        Whether how long it is kept here rests on a published figure.
    because : str
        The published figure, or why the value was assumed; empty where nothing is said.
    """

    key: str
    name: str
    what: str
    from_us: int | None
    to_us: int | None
    seen_by: str
    basis: Basis
    because: str = ""
    limit: Limit | None = None
    sort: Sort = "data"

    def at(self, time_us: int) -> Literal["not yet", "exists", "gone"]:
        """Whether it exists at a moment: from its first to its last, both included."""
        if self.from_us is not None and time_us < self.from_us:
            return "not yet"
        return "gone" if self.to_us is not None and time_us >= self.to_us else "exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happens; ``words`` are a sentence or two in plain English."""

    at_us: int
    heading: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A way through a system.

    Parameters
    ----------
    key : str
        Unique on the site; starts ids.
    heading, lede : str
        What happens to whom.
    clock : str
        What the times count from, such as "the face is seen".
    scale : {"log", "linear"}
        How time is drawn: each step ten times longer, or even.
    things, moments
        In the order in which they begin and happen.
    """

    key: str
    heading: str
    lede: str
    clock: str
    scale: Literal["log", "linear"]
    things: tuple[Thing, ...]
    moments: tuple[Moment, ...]
