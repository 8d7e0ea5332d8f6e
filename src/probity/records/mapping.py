"""A mapping file: how to read one publisher's table that is not recognised by itself.

TOML; every part is optional, and what it does not name is recognised as usual::

    force = "Anytown Police"
    sheet = "2025"                      # of a workbook
    dates = "month/day/year"            # day/month/year, month/day/year, year/month/day
    decimal = ","
    thousands = "."
    duration_unit = "minutes"           # of durations printed as bare numbers

    [columns]                           # heading as printed = field
    "Where" = "place"
    "Cameras used" = "ignored"

    [fixed]                             # the same in every row
    use_case = "Crime Hotspot"

Fields are the columns of ``deployments.csv``, and ``date`` for one printed date or range.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from probity.core.refused import refused
from probity.core.toml_text import read_toml
from probity.records import limits
from probity.records.cells import Conventions, DateOrder
from probity.records.headings import FIELDS, IGNORED, plain
from probity.records.parsers import parser

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
MAPPABLE = tuple(sorted(FIELDS))
FIXABLE = ("place", "borough", "use_case", "threshold", "watchlist_size", "note")
"""What a mapping may state for every row: circumstances, never a count of what happened."""


class ColumnMapping(BaseModel):
    """A validated mapping file (see the module)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    force: Text | None = None
    sheet: Text | None = None
    dates: DateOrder = "day/month/year"
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'", "’", ""] = ","
    duration_unit: Literal["minutes", "hours"] | None = None
    columns: dict[Text, str] = Field(default_factory=dict, max_length=limits.MAX_COLUMNS)
    fixed: dict[str, Text] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _fields_exist(cls, columns: dict[str, str]) -> dict[str, str]:
        for heading, name in columns.items():
            if name not in FIELDS:
                raise ValueError(f"{name!r} is no field; allowed: {', '.join(MAPPABLE)}")
            if not plain(heading):
                raise ValueError(f"the heading {heading!r} has no words in it")
        named = [name for name in columns.values() if name != IGNORED]
        if twice := {name for name in named if named.count(name) > 1}:
            raise ValueError(f"two headings are mapped to {sorted(twice)[0]!r}")
        return columns

    @field_validator("fixed")
    @classmethod
    def _fixable(cls, fixed: dict[str, str]) -> dict[str, str]:
        for name in fixed:
            if name not in FIXABLE:
                raise ValueError(f"{name!r} cannot be fixed; allowed: {', '.join(FIXABLE)}")
        return fixed

    @model_validator(mode="after")
    def _signs_differ(self) -> "ColumnMapping":
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must be different signs")
        if twice := set(self.fixed) & set(self.columns.values()):
            raise ValueError(f"{sorted(twice)[0]!r} is both a column and fixed")
        for name, value in self.fixed.items():
            read = parser(name)(value, self.conventions)
            if read.value is None:
                raise ValueError(f"the fixed {name} {value!r} cannot be read: {read.message}")
        return self

    @property
    def wordings(self) -> dict[str, str]:
        """Plain heading to field, for ``headings.Vocabulary``."""
        return {plain(heading): name for heading, name in self.columns.items()}

    @property
    def conventions(self) -> Conventions:
        """How figures are written."""
        return Conventions(self.decimal, self.thousands, self.dates, self.duration_unit)


def load(path: Path) -> ColumnMapping:
    """Read and validate a mapping file.

    Raises
    ------
    InputError
        Not readable, not TOML, or not a valid mapping; names the key, what was got and what is
        allowed.
    """
    content = limits.read_bytes(path, limit=limits.MAX_MAPPING_BYTES)
    values = read_toml(content, file=path)
    try:
        return ColumnMapping.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise refused(
            first,
            column=".".join(str(part) for part in first["loc"]) or None,
            file=path,
            what="not a valid mapping: ",
            fields=ColumnMapping.model_fields,
        ) from None
