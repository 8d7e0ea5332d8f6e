"""A public claim as data: who said what, how we read it, and the test it is put to."""

import re
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from probity.claims.relation import RANGES, Limit, Relation
from probity.claims.theme import Theme

SCHEMA = "probity/claims/1"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{1,79}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
PartialDate = Annotated[
    str, StringConstraints(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
]
Number = Annotated[float, Field(allow_inf_nan=False)]
_FRACTION = re.compile(r"(-?[0-9]{1,12})/([1-9][0-9]{0,11})")
Param = str | bool | int | Number | tuple[str, ...]


def _number(value: object) -> object:
    """Return a number, or what a text such as "1/6000" means; anything else stays."""
    if not isinstance(value, str):
        return value
    fraction = _FRACTION.fullmatch(value)
    if fraction is None:
        raise ValueError(f"{value!r} is no number and no fraction such as '1/6000'")
    return float(Fraction(int(fraction[1]), int(fraction[2])))


def _numbers(value: object) -> object:
    return tuple(map(_number, value)) if isinstance(value, list | tuple) else _number(value)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Role(StrEnum):
    """What part the claimant plays. The rule is the same for all."""

    OPERATOR = "operator"
    GOVERNMENT = "government"
    CRITIC = "critic"
    RESEARCHER = "researcher"
    PRESS = "press"


class Claimant(_Model):
    """The organisation that makes the claim; never a person."""

    name: Line
    role: Role


class InlineSource(_Model):
    """A document that is not among the bundled sources."""

    id: Identifier
    publisher: Line
    title: Line
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"'\\]+$", max_length=500)]
    read: Literal["read", "read in a secondary source", "not read"] = Field(
        description="whether we have read the document itself"
    )


class MeasureUse(_Model):
    """A measure with its parameters."""

    measure: Name = Field(description="a measure of docs/reference/claims.md")
    params: dict[Name, Param] = Field(default_factory=dict, max_length=20)


class Test(MeasureUse):
    """Relation between a measure over a population and a limit, at a confidence level.

    ``statement`` says what is tested: "record" what the published record says happened in its
    period, where nothing is sampled; "rate" what the system's rate is, which the record samples.
    """

    __test__ = False  # not a pytest class

    statement: Literal["record", "rate"]
    population: Line
    relation: Relation
    limit: Annotated[
        Number | tuple[Number, Number],
        BeforeValidator(_numbers, json_schema_input_type=float | str | list[float | str]),
    ]
    limit_in_words: Line | None = Field(
        default=None, description="what the limit stands for, where the number alone is obscure"
    )
    level: float = Field(default=0.95, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _limit_fits_relation(self) -> "Test":
        limit: Limit = self.limit
        if (self.relation in RANGES) != isinstance(limit, tuple):
            expected = "two numbers" if self.relation in RANGES else "one number"
            raise ValueError(f"{self.relation.value!r} takes {expected} as its limit")
        if isinstance(limit, tuple) and not limit[0] < limit[1]:
            raise ValueError("the limits of a range must be in order, the lower first")
        return self


class Reading(_Model):
    """The same words read another way, and the test of that reading."""

    words: Text
    test: Test


class Reframing(_Model):
    """What people hear in the claim that it does not say.

    ``direction`` is "in favour" of the technology or "against" it.
    """

    direction: Literal["in favour", "against"]
    heard: Text
    but: Text


class KnownShare(_Model):
    """A published share set beside an unknown one, for orientation only."""

    share: float = Field(gt=0, lt=1)
    words: Line
    source: Identifier


class GroupShareTipping(_Model):
    """k of n cases are of one group; its share of the population is not published."""

    kind: Literal["group share"]
    unknown: Line
    group: Line
    cases: MeasureUse = Field(description="a measure that gives k of n")
    beside: tuple[KnownShare, ...] = Field(default=(), max_length=10)


class SampleSizeTipping(_Model):
    """A share is published without the number it is a share of."""

    kind: Literal["sample size"]
    unknown: Line
    share: float = Field(ge=0, le=1)
    relation: Literal["more than", "at least"]
    limit: float = Field(ge=0, lt=1)
    up_to: int = Field(ge=10, le=100_000)
    source: Identifier = Field(description="where the share is published")


Tipping = Annotated[GroupShareTipping | SampleSizeTipping, Field(discriminator="kind")]


class Claim(_Model):
    """One claim: its words in paraphrase, how we read them, and the test of that reading.

    Attributes
    ----------
    claim_id : str
        ``id`` in the file. C1 to C20 are this project's own numbers for themes of the debate.
    theme : Theme
        The question of the debate it belongs to; claims of all sides on it are shown together.
    status : str
        How far the claim's words were checked: FOUND read in the source itself, FOUND-2 in a
        secondary source, UNVERIFIED not checked against the primary.
    said_on : str or None
        ISO date as far as known; None where the source does not date it.
    where_said : tuple of str
        Source ids of every copy or report of the document in which the claim is made.
    background : tuple of str
        Source ids behind figures in the reading, caveats and reframings that no measure gives.
    test : Test
        The test of the reading most favourable to the claimant that the words allow.
    versions : tuple of MeasureUse
        Other published versions of the very quantity tested; each is decided alone.
    readings : tuple of Reading
        Other readings of the words; decided and shown, without a say in the verdict.
    companions : tuple of MeasureUse
        Measures for context. For a rate: both common denominators.
    missing : str or None
        What would have to be published to test the claim.
    """

    claim_id: Identifier = Field(alias="id")
    theme: Theme
    title: Line
    words: Text
    claimant: SkipJsonSchema[Claimant]
    also_said_by: tuple[Line, ...] = Field(default=(), max_length=10)
    status: Literal["FOUND", "FOUND-2", "UNVERIFIED"]
    said_on: PartialDate | None = None
    where_said: tuple[Identifier, ...] = Field(min_length=1, max_length=20)
    background: tuple[Identifier, ...] = Field(default=(), max_length=20)
    reading: Text
    test: Test
    versions: tuple[MeasureUse, ...] = Field(default=(), max_length=5)
    readings: tuple[Reading, ...] = Field(default=(), max_length=5)
    companions: tuple[MeasureUse, ...] = Field(default=(), max_length=10)
    caveats: tuple[Text, ...] = Field(default=(), max_length=20)
    reframings: tuple[Reframing, ...] = Field(default=(), max_length=10)
    missing: Text | None = None
    tipping: Tipping | None = None

    def uses(self) -> tuple[MeasureUse, ...]:
        """Every measure the claim refers to, the deciding one first."""
        tipping = self.tipping
        cases = (tipping.cases,) if isinstance(tipping, GroupShareTipping) else ()
        other = tuple(reading.test for reading in self.readings)
        return (self.test, *self.versions, *other, *self.companions, *cases)


def _distinct(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    seen: set[str] = set()
    for claim in claims:
        if claim.claim_id in seen:
            raise ValueError(f"claim id {claim.claim_id!r} is used twice")
        seen.add(claim.claim_id)
    return claims


class OperatorClaims(_Model):
    """One claims file: the claims of one organisation."""

    schema_id: Literal["probity/claims/1"] = Field(alias="schema")
    claimant: Claimant
    sources: tuple[InlineSource, ...] = Field(default=(), max_length=100)
    claims: Annotated[tuple[Claim, ...], AfterValidator(_distinct)] = Field(
        min_length=1, max_length=200
    )


def with_claimant(data: dict[str, Any]) -> dict[str, Any]:
    """Hand the claimant that a file states once to each of its claims.

    Raises
    ------
    ValueError
        A claim brings a claimant of its own.
    """
    claims = data.get("claims")
    if not isinstance(claims, list):
        return data
    if any(isinstance(claim, dict) and "claimant" in claim for claim in claims):
        raise ValueError("the claimant is stated once, at the top of the file")
    claimant = data.get("claimant")
    handed = [{**c, "claimant": claimant} if isinstance(c, dict) else c for c in claims]
    return {**data, "claims": handed}
