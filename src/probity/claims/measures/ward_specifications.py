"""Every way the ward model is fitted: the reference, and what else a fair reader might choose."""

from dataclasses import dataclass
from enum import StrEnum

from probity.claims.measures.ward_units import Period, Placing, Selected, ward_counts
from probity.records.bundled import Bundle

POINTS_PER_EFFECT = 10
"""Effects of a share are per so many percentage points of residents."""
CALIPER = 0.25
"""Largest distance of matched wards, in standard deviations of log offences and log residents."""


class Part(StrEnum):
    """The two parts of the model."""

    ANY = "any deployment"
    NUMBER = "number given any"


class How(StrEnum):
    """How the interval, or the comparison, is made."""

    BOROUGHS_IN_TURN = "boroughs left out in turn"
    PROFILE = "profile likelihood, wards as independent"
    WITHIN_BOROUGHS = "within boroughs"
    MATCHED = "matched wards"
    POISSON = "Poisson law"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One way to fit the model.

    Attributes
    ----------
    label : str
        What differs from the reference, in words.
    kind : str
        What is varied: reference, offences, groups, places, period, method.
    effect_of : str
        The covariate whose effect is read off.
    given : tuple of str
        What else is in the model.
    """

    label: str
    kind: str
    effect_of: str = "black_share"
    given: tuple[str, ...] = ("log2_offences", "log2_residents")
    placing: Placing = Placing.AS_GIVEN
    period: Period = Period.ALL
    without_boroughs: frozenset[str] = frozenset()
    how: How = How.BOROUGHS_IN_TURN

    @property
    def per(self) -> float:
        """The step of the covariate that the effect is stated for."""
        return POINTS_PER_EFFECT / 100 if self.effect_of.endswith("_share") else 1.0

    def selected(self, bundle: Bundle) -> Selected:
        """The wards and counts it is fitted to."""
        return ward_counts(
            bundle,
            placing=self.placing,
            period=self.period,
            without_boroughs=self.without_boroughs,
        )


_VIOLENCE = ("log2_violence", "log2_residents")
REFERENCE = Specification(label="all recorded offences and residents", kind="reference")
GIVEN_VIOLENCE = Specification(
    label="recorded violence in place of all offences", kind="offences", given=_VIOLENCE
)
SPECIFICATIONS: tuple[Specification, ...] = (
    REFERENCE,
    GIVEN_VIOLENCE,
    Specification(
        label="violence and other offences, each",
        kind="offences",
        given=("log2_violence", "log2_other_offences", "log2_residents"),
    ),
    Specification(
        label="offences per resident", kind="offences", given=("log2_offences_per_resident",)
    ),
    Specification(
        label="offences as a curve",
        kind="offences",
        given=("log2_offences", "log2_offences_squared", "log2_residents"),
    ),
    Specification(
        label="offences not logged, without residents",
        kind="offences",
        given=("thousand_offences",),
    ),
    Specification(label="nothing else held", kind="offences", given=()),
    Specification(
        label="Asian, mixed and other shares held too",
        kind="groups",
        given=("log2_offences", "log2_residents", "asian_share", "mixed_share", "other_share"),
    ),
    Specification(label="Asian share instead", kind="groups", effect_of="asian_share"),
    Specification(label="share not White instead", kind="groups", effect_of="not_white_share"),
    Specification(
        label="share not White British instead",
        kind="groups",
        effect_of="not_white_british_share",
    ),
    Specification(
        label="without Westminster", kind="places", without_boroughs=frozenset({"Westminster"})
    ),
    Specification(label="without Croydon", kind="places", without_boroughs=frozenset({"Croydon"})),
    Specification(
        label="doubtful wards moved or left out", kind="places", placing=Placing.DOUBTS_REMOVED
    ),
    Specification(
        label="the same, Romford to its northern ward",
        kind="places",
        placing=Placing.ROMFORD_NORTH,
    ),
    Specification(label="deployments to 2023", kind="period", period=Period.TO_2023),
    Specification(label="deployments of 2024", kind="period", period=Period.IN_2024),
    Specification(
        label="deployments of January to March 2025", kind="period", period=Period.IN_2025
    ),
    Specification(label="wards as independent", kind="method", how=How.PROFILE),
    Specification(label="within boroughs", kind="method", how=How.WITHIN_BOROUGHS),
    Specification(
        label="within boroughs, violence",
        kind="method",
        how=How.WITHIN_BOROUGHS,
        given=_VIOLENCE,
    ),
    Specification(label="matched wards", kind="method", how=How.MATCHED),
    Specification(label="matched wards, violence", kind="method", how=How.MATCHED, given=_VIOLENCE),
    Specification(label="Poisson law for the number", kind="method", how=How.POISSON),
)
_ONE_PART_ONLY = {
    How.WITHIN_BOROUGHS: Part.ANY,
    How.MATCHED: Part.ANY,
    How.POISSON: Part.NUMBER,
}


def applies(specification: Specification, part: Part) -> bool:
    """Whether a specification is one of this part of the model."""
    return _ONE_PART_ONLY.get(specification.how, part) is part
