"""Recognising a column by the wording of its heading.

A heading is reduced to plain words (``plain``): lower case, no punctuation, nothing in
brackets, no footnote digits. The wordings below are those of the records that UK forces have
published, with near variants; a column none of them fits is kept as text and reported. A
mapping file adds wordings for one file (see ``mapping``).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from probity.records.schema import COLUMNS

DATE = "date"
"""Stands for both ``date_start`` and ``date_end``: one printed date."""

HEADING_ROWS = 4
"""Headings stand in at most this many rows, one above the other."""

IGNORED = "ignored"
"""A column that is known and not used: its text is kept as printed, without a report."""

KIND = "kind"
"""What a row is: rows that are totals or trials say so in a column of this name."""

_TRUE = r"(?:true|positive|correct)"
_FALSE = r"(?:false|incorrect)"
_OUTCOME = r"(?:(?:engagement )?outcomes? )?"

WORDINGS: Mapping[str, str] = {
    "place": r"deployment|location|place|venue|site|event|(?:deployment|event) (?:location|site)"
    r"|location of deployment|deployment name",
    DATE: r"(?:deployment )?date|dates|date of (?:the )?deployment",
    "duration_minutes": r"(?:deployment )?duration(?: of (?:the )?deployment)?(?: minutes| mins)?"
    r"|length of (?:the )?deployment|hours deployed",
    "use_case": r"(?:(?:lfr )?(?:use case|purpose)(?: reference)? ?){1,2}|type(?: of deployment)?"
    r"|deployment type|purpose of deployment",
    "watchlist_size": r"(?:size of )?(?:the )?watch ?list(?: size| number| total)?"
    r"|number (?:of (?:people|images|subjects) )?on (?:the )?watch ?list",
    "threshold": r"(?:min |minimum )?(?:similarity )?threshold(?: setting| value| score)?",
    "faces_seen": r"(?:number of |estimated |total )?faces (?:seen|scanned|processed|detected)",
    "alerts": r"(?:total |number of |no of |all )?alerts(?: generated| total)?",
    "true_confirmed": rf"{_TRUE} alerts? confirmed|confirmed {_TRUE} alerts?",
    "true_unconfirmed": rf"{_TRUE} alerts? unconfirmed|unconfirmed {_TRUE} alerts?",
    "false_confirmed": rf"{_FALSE} alerts? confirmed|confirmed {_FALSE} alerts?",
    "false_unconfirmed": rf"{_FALSE} alerts? unconfirmed|unconfirmed {_FALSE} alerts?",
    "true_alerts": rf"(?:number of |total )?{_TRUE} alerts?",
    "false_alerts": rf"(?:number of |total )?{_FALSE} alerts?|false alert confirmed false alerts?",
    "true_engagements": rf"{_TRUE} (?:alert )?(?:engagements?|interventions?)",
    "false_engagements": rf"{_FALSE} (?:alert )?(?:engagements?|interventions?)"
    r"|false alert confirmed false alert engagements?",
    "engagements": r"(?:number of |total )?(?:engagements|interventions|people engaged)",
    "arrests": rf"{_OUTCOME}arrests?(?: made)?|(?:number of |total )?arrests"
    r"|arrests? (?:or )?disposals?",
    "other_disposals": rf"{_OUTCOME}other(?: disposals?)?",
    "no_action": rf"{_OUTCOME}no (?:further )?action",
    "printed_false_alert_rate": rf"{_FALSE} alert rate",
    IGNORED: r"number of cameras|true recognition rate|true positive identification rate"
    r"|conflicts with|same event as|row|page",
    KIND: "kind",
    **{name: name.replace("_", " ") for name in ("date_start", "date_end", "record_id")},
    **{name: name.replace("_", " ") for name in ("force", "borough", "source_id")},
    **{name: name.replace("_", " ") for name in ("confidence", "note")},
}
"""Field to the plain wordings of its heading, as a pattern that must fit the whole heading."""

_PATTERNS = {name: re.compile(pattern) for name, pattern in WORDINGS.items()}

FIELDS: frozenset[str] = frozenset({*COLUMNS, DATE, KIND, IGNORED})
"""What a heading can be mapped to."""

_COUNTED = frozenset(
    {"faces_seen", "alerts", "true_alerts", "false_alerts", "true_confirmed", "watchlist_size"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as headed: the printed words, and the field they mean (None: not recognised)."""

    heading: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The wordings that are understood; ``extra`` maps plain headings of one file to fields."""

    extra: Mapping[str, str] = field(default_factory=dict)

    def field(self, heading: str) -> str | None:
        """The field a heading means, None where no wording fits."""
        words = plain(heading)
        if words in self.extra:
            return self.extra[words]
        exact = words.replace(" ", "_")
        if exact in FIELDS and exact not in (DATE, KIND, IGNORED):
            return exact
        return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(words)), None)

    def column(self, groups: Sequence[str], own: str) -> Column:
        """The column under ``groups`` (headings over several columns) with its ``own`` words.

        "Confirmed" means nothing without "True Alerts" above it, while "Arrest" needs no
        "Engagement Outcomes": the whole is tried first, then the own words alone.
        """
        for heading in (" ".join([*groups, own]), own) if plain(own) else (" ".join(groups),):
            if (meant := self.field(heading)) is not None:
                return Column(" ".join(heading.split()), meant)
        return Column(" ".join(own.split()), None)


def plain(heading: str) -> str:
    """Heading reduced to its words: "True\\nAlerts1" and "TRUE ALERTS" are both "true alerts"."""
    text = unicodedata.normalize("NFKC", heading).replace("_", " ").casefold()
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text)
    return " ".join(re.sub(r"[^\w]|\d", " ", text).split())


def are_headings(columns: Iterable[Column]) -> bool:
    """Whether these columns head deployments: a date, a count, three known fields at least."""
    fields = {c.field for c in columns} - {None, IGNORED}
    return len(fields) >= 3 and bool(fields & {DATE, "date_start"}) and bool(fields & _COUNTED)  # noqa: PLR2004


def known(columns: Iterable[Column]) -> int:
    """How many different fields are recognised."""
    return len({c.field for c in columns} - {None})


def find(
    rows: int, columns: Callable[[int, int], Sequence[Column]]
) -> tuple[int, int, tuple[Column, ...]] | None:
    """Headings within the first ``rows`` rows of what may be a heading.

    Parameters
    ----------
    rows : int
        How many rows come before the first row of figures; only the first few are tried.
    columns : function of (first, last) to Columns
        The columns as headed by the words in these rows, ``last`` included.

    Returns
    -------
    tuple or None
        First row, last row, columns: the fewest rows under which most fields are recognised,
        so that neither a title above nor a row below is taken in. None: no headings there.
    """
    best: tuple[int, int, tuple[Column, ...]] | None = None
    rows = min(rows, 2 * HEADING_ROWS)
    for length in range(1, HEADING_ROWS + 1):
        for first in range(rows - length + 1):
            tried = tuple(columns(first, first + length - 1))
            if are_headings(tried) and (best is None or known(tried) > known(best[2])):
                best = (first, first + length - 1, tried)
    return best


def duplicated(columns: Sequence[Column]) -> tuple[str, list[str]] | None:
    """The first field that two columns claim, with their headings; None where there is none."""
    for name in dict.fromkeys(c.field for c in columns):
        headings = [c.heading for c in columns if c.field == name]
        if name not in (None, IGNORED) and len(headings) > 1:
            return str(name), headings
    return None


def with_plain_false_alerts(columns: Sequence[Column]) -> tuple[Column, ...]:
    """South Wales wording: beside "confirmed false alerts", "false alerts" are the others.

    Its terms: a false alert is rejected by the operator without an engagement; a confirmed
    false alert is one where the person engaged is not the person on the watchlist.
    """
    fields = {c.field for c in columns}
    apart = {"false_confirmed", "false_alerts"} <= fields and "false_unconfirmed" not in fields
    return tuple(
        Column(c.heading, "false_unconfirmed") if apart and c.field == "false_alerts" else c
        for c in columns
    )
