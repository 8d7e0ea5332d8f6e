"""Rules and policies as pure values. Reading them, and running them, happens elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from probity.audit.formula import Event, Formula

SourceStatus = Literal["FOUND", "FOUND-2", "UNVERIFIED", "DERIVED"]
"""FOUND: read in the source itself. FOUND-2: read in a secondary source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalRule:
    """For every event that matches ``for_each`` and meets ``when``: ``require`` holds.

    Parameters
    ----------
    for_each : Event
        Each event of the log that it matches is one instance, told by the event's number.
    when : Formula or None
        A further condition, on the variables of ``for_each``; where it is not true, the event
        is no instance. Where it is unknown, the instance is unknown.
    require : Formula
        Judged at the instant of the event, under the variables that ``for_each`` binds.
    """

    for_each: Event
    require: Formula
    when: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule:
    """Of the events that match ``of``, the share that meet ``cases`` stays on a side of a limit.

    Satisfied when the whole confidence interval lies on the allowed side, breached when all of
    it lies on the other, undecided between. ``of`` matches instances as ``for_each`` does.
    """

    of: Event
    cases: Formula
    relation: Literal["at most", "at least"]
    limit: float
    population: str
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One paragraph of a policy.

    Parameters
    ----------
    rule_id : str
        Unique in its policy; that of the list of rules it comes from, such as "R05".
    paragraph : str
        Where in the document it stands; "not stated" where the source does not say.
    paraphrase : str
        The paragraph in our words.
    source_url : str
    status : SourceStatus
        How well it is sourced. A limit that is UNVERIFIED is reported as such.
    check : TemporalRule or RateRule or None
        None: no log can decide it. ``needs`` then says what would.
    needs : str or None
        The document or observation that decides a rule which no log can.
    parameters : mapping of str to str
        Limits as written, such as {"within": "24 h"}.
    breach : str
        Sentence for a breach, with the variables of ``for_each`` in braces: "Alert {alert} …".
    """

    rule_id: str
    title: str
    paragraph: str
    paraphrase: str
    source_url: str
    status: SourceStatus
    check: TemporalRule | RateRule | None
    needs: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    breach: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One document of one operator, in one version."""

    name: str
    title: str
    operator: str
    document: str
    version: str
    mode: tuple[str, ...]
    rules: tuple[Rule, ...]
