"""A policy file as its author writes it: keys, types and limits, before any formula is read."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from probity.audit.rule import SourceStatus

SCHEMA = "probity/policy/1"
MAX_RULES = 500

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Formula = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9.-]{0,39}$")]
Parameter = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]{1,1000}$")]
Mode = Literal["live", "operator-initiated", "retrospective"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Written(_Model):
    """A check written out in the rule language."""

    for_each: Formula
    require: Formula
    when: Formula | None = None


class Deadline(_Model):
    """``probity.audit.templates.deadline``."""

    template: Literal["deadline"]
    event: Formula = Field(alias="from")
    to: Formula
    within: Line
    unless: Formula | None = None
    when: Formula | None = None


class Precedence(_Model):
    """``probity.audit.templates.precedence``."""

    template: Literal["precedence"]
    event: Formula
    before: Formula
    within: Line | None = None
    when: Formula | None = None


class Absence(_Model):
    """``probity.audit.templates.absence``."""

    template: Literal["absence"]
    event: Formula
    when: Formula | None = None


class Validity(_Model):
    """``probity.audit.templates.validity``."""

    template: Literal["validity"]
    event: Formula
    opened: Formula
    closed: Formula
    within: Line | None = None
    when: Formula | None = None


class Limit(_Model):
    """``probity.audit.templates.limit``."""

    template: Literal["limit"]
    event: Formula
    require: Formula
    when: Formula | None = None


class Pairing(_Model):
    """``probity.audit.templates.pairing``."""

    template: Literal["pairing"]
    event: Formula
    partner: Formula = Field(alias="with")
    within: Line
    when: Formula | None = None


class SeparationOfDuties(_Model):
    """``probity.audit.templates.separation_of_duties``."""

    template: Literal["separation of duties"]
    event: Formula
    other: Formula
    differs: tuple[Line, Line]
    within: Line | None = None
    when: Formula | None = None


class Rate(_Model):
    """A share of events against a limit, with its confidence interval."""

    template: Literal["rate"]
    of: Formula
    cases: Formula
    relation: Literal["at most", "at least"]
    limit: Line
    population: Line
    level: Annotated[float, Field(ge=0.5, lt=1.0)] = 0.95


FromTemplate = Annotated[
    Deadline | Precedence | Absence | Validity | Limit | Pairing | SeparationOfDuties | Rate,
    Field(discriminator="template"),
]
FROM_TEMPLATE: TypeAdapter[FromTemplate] = TypeAdapter(FromTemplate)


class RuleText(_Model):
    """One ``[[rules]]`` table. ``check`` is read by itself: its keys depend on ``template``."""

    id: RuleId
    title: Line
    paragraph: Line
    paraphrase: Text
    source: Url
    status: SourceStatus
    breach: Line | None = None
    needs: Text | None = None
    parameters: dict[Parameter, Line] = Field(default_factory=dict, max_length=20)
    check: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _decided_somehow(self) -> "RuleText":
        if (self.check is None) == (self.needs is None):
            raise ValueError("a rule has a check, or it needs a document: one of the two")
        if (self.check is None) != (self.breach is None):
            raise ValueError("a rule with a check says what a breach is, and no other does")
        return self


class PolicyText(_Model):
    """The whole file."""

    schema_: Literal["probity/policy/1"] = Field(alias="schema")
    name: Name
    title: Line
    operator: Line
    document: Line
    version: Line
    mode: Annotated[tuple[Mode, ...], Field(min_length=1, max_length=3)]
    rules: Annotated[tuple[RuleText, ...], Field(min_length=1, max_length=MAX_RULES)]
