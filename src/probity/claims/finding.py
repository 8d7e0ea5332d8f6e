"""What testing a claim finds: a verdict, the measures behind it, and what would settle it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from probity.core import Count, Measured, Source

if TYPE_CHECKING:
    from probity.claims.claim import Claim


class Verdict(StrEnum):
    """The four verdicts of the decision rule (see ``claims.verdict``)."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"
    UNTESTABLE = "untestable"


class Basis(StrEnum):
    """What a measure was taken from."""

    ROWS = "published rows"
    FIGURES = "published figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A named measure as taken: its value with counts and interval, and its sources.

    ``name`` carries the denominator: ``false_alerts_per_face_seen``. ``population`` says over
    what, in words: "faces seen by the Metropolitan Police, 11 Sep 2024 to 10 Sep 2025".
    ``series`` is the data a figure of this measure draws: rows of column name to value.
    ``title`` is the name in words. ``basis`` says whether the measure was summed from published
    rows or taken from published figures. ``count`` holds the counts behind a ``Total`` that is
    a share; every other result keeps its own. ``unit`` is what one of the value is.
    ``over_deployments`` is the same rate with an interval that lets deployments differ, where rows
    show whether they do; a verdict needs both intervals.
    """

    name: str
    population: str
    measured: Measured
    sources: tuple[Source, ...]
    note: str = ""
    series: tuple[Mapping[str, str | int | float | None], ...] = ()
    title: str = ""
    basis: Basis = Basis.ROWS
    count: Count | None = None
    unit: str = ""
    over_deployments: Measured | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The smallest further evidence that would settle the claim.

    Either ``n`` more of ``population`` at the observed rate, or a ``datum`` that is not
    published; ``statement`` says it in one sentence.
    """

    statement: str
    n: int | None = None
    population: str | None = None
    datum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TippingPoint:
    """The answer as a function of a number that nobody publishes.

    ``curve`` has rows (unknown, value, low, high): the measure for each value of the unknown.
    ``tips_at`` holds the values of the unknown where the verdict changes; ``readings`` says, in
    order, what holds in each stretch between them. ``measure`` says what the value is.
    """

    unknown: str
    curve: tuple[tuple[float, float, float, float], ...]
    tips_at: tuple[float, ...]
    readings: tuple[str, ...]
    statement: str
    measure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReading:
    """The same words read another way, with the verdict that reading gets by the same rule."""

    words: str
    verdict: Verdict
    rule: str
    measurement: Measurement


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A tested claim. The first measurement is the one the decision rule was applied to.

    ``measurements`` holds that one, then other published versions of the same quantity, then
    the companions that give context. ``versions`` says how many of them the verdict rests on.
    ``said_in`` are the documents in which the claim is made, ``background`` those behind figures
    in its caveats and reframings.
    """

    claim: "Claim"
    verdict: Verdict
    rule: str
    measurements: tuple[Measurement, ...]
    needed: Needed | None = None
    tipping: TippingPoint | None = None
    other_readings: tuple[OtherReading, ...] = ()
    versions: int = 1
    said_in: tuple[Source, ...] = ()
    background: tuple[Source, ...] = ()
