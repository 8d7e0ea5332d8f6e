"""A mapping file: how to read an operator's log by the operator's own names.

TOML; every part is optional, and what it does not name is read as it stands::

    time_zone = "Europe/London"          # of times that state no offset
    ambiguous = "earliest"               # when clocks go back; "latest"; refused by default
    time_format = "%d/%m/%Y %H:%M:%S"    # of times that are not ISO 8601
    time_unit = "ms"                     # of times that are numbers since 1970: s, ms, us, ns
    ids = "text"                         # ids that are no numbers become numbers (see below)
    event_numbers = "rows"               # the log numbers no events: row 1 is event 1
    missing = ["", "N/A"]                # texts that mean that there is no value

    [columns]                            # name in the log = field
    "EventType" = "kind"
    "Remarks" = "ignored"

    [kinds]                              # name in the log = kind
    "WL_DELETE" = "watchlist.deleted"

    [values.decision]                    # of a text or a flag: value in the log = value
    "Y" = "accept"

    [constant]                           # the same in every row
    force = "Anytown Police"

    [log]                                # what the system records, and from when to when
    system = "vendor 3.1"
    kinds = ["watchlist.imported", "watchlist.deleted"]
    from = 2026-01-01T00:00:00Z
    to = 2026-02-01T00:00:00Z

With ``ids = "text"`` an id is the first 63 bits of the BLAKE2b digest of its text: the same text
gives the same number in every column and every log. Among a hundred million different ids two
share a number with a probability of about one in 1,800.
"""

import zoneinfo
from datetime import datetime
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

from probity.audit.log import limits
from probity.audit.log.header import Statement
from probity.core.event import FIELDS, KINDS
from probity.core.files import read_regular_file
from probity.core.refused import refused
from probity.core.toml_text import read_toml

IGNORED = "ignored"

Text = Annotated[str, StringConstraints(max_length=limits.MAX_TEXT_CHARACTERS)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=limits.MAX_NAME_CHARACTERS)]
_MOST_ENTRIES = 1_000


class StatedLog(BaseModel):
    """The ``[log]`` table: what a log without a header says about itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    system: Name | None = None
    kinds: list[Name] | None = Field(default=None, max_length=_MOST_ENTRIES)
    start: datetime | None = Field(default=None, alias="from")
    end: datetime | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _span(self) -> "StatedLog":
        if (self.start is None) != (self.end is None):
            raise ValueError("from and to are stated together")
        for moment in (self.start, self.end):
            if moment is None:
                continue
            if moment.tzinfo is None:
                raise ValueError("from and to need an offset, such as Z")
            if not limits.FIRST_TIME_US <= _micros(moment) < limits.END_TIME_US:
                raise ValueError(f"from and to: {limits.SPAN}")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("the log ends before it begins")
        if unknown := [kind for kind in self.kinds or () if kind not in KINDS]:
            raise ValueError(f"no such kind: {unknown[0]!r}")
        return self


class LogMapping(BaseModel):
    """A validated mapping file (see the module)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    time_zone: Name | None = None
    ambiguous: Literal["earliest", "latest", "refused"] = "refused"
    time_format: Name | None = None
    time_unit: Literal["s", "ms", "us", "ns"] | None = None
    ids: Literal["number", "text"] = "number"
    event_numbers: Literal["column", "rows"] = "column"
    missing: list[Text] = Field(default_factory=list, max_length=_MOST_ENTRIES)
    columns: dict[Name, str] = Field(default_factory=dict, max_length=_MOST_ENTRIES)
    kinds: dict[Name, str] = Field(default_factory=dict, max_length=_MOST_ENTRIES)
    values: dict[str, dict[Text, Text]] = Field(default_factory=dict, max_length=_MOST_ENTRIES)
    constant: dict[str, Name] = Field(default_factory=dict, max_length=_MOST_ENTRIES)
    log: StatedLog = Field(default_factory=StatedLog)

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, zone: str | None) -> str | None:
        try:
            if zone is not None:
                zoneinfo.ZoneInfo(zone)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            raise ValueError("no such time zone; allowed: names such as Europe/London") from None
        return zone

    @field_validator("columns")
    @classmethod
    def _fields_exist(cls, columns: dict[str, str]) -> dict[str, str]:
        for heading, name in columns.items():
            if name not in FIELDS and name != IGNORED:
                raise ValueError(f"{heading!r} is mapped to {name!r}, which is no field")
        named = [name for name in columns.values() if name != IGNORED]
        if twice := {name for name in named if named.count(name) > 1}:
            raise ValueError(f"two columns are mapped to {sorted(twice)[0]!r}")
        return columns

    @field_validator("kinds")
    @classmethod
    def _kinds_exist(cls, kinds: dict[str, str]) -> dict[str, str]:
        for name, kind in kinds.items():
            if kind not in KINDS:
                raise ValueError(f"{name!r} is mapped to {kind!r}, which is no kind of event")
        return kinds

    @model_validator(mode="after")
    def _values_fit(self) -> "LogMapping":
        for name in self.values:
            if name not in FIELDS or FIELDS[name].type not in ("text", "flag"):
                raise ValueError(f"values.{name}: no field of text or flags")
        for name in self.constant:
            if name not in FIELDS or FIELDS[name].type != "text" or name == "kind":
                raise ValueError(f"constant.{name}: no field of text that may be constant")
            if name in self.columns.values():
                raise ValueError(f"{name!r} is both a column and constant")
        if self.event_numbers == "rows" and "event" in self.columns.values():
            raise ValueError("event numbers are those of the rows, or a column's, not both")
        return self

    @property
    def statement(self) -> Statement:
        """What the ``[log]`` table states."""
        return Statement(
            self.log.system,
            None if self.log.kinds is None else tuple(self.log.kinds),
            None if self.log.start is None else _micros(self.log.start),
            None if self.log.end is None else _micros(self.log.end),
        )


def load_mapping(path: Path) -> LogMapping:
    """Read and validate a mapping file.

    Raises
    ------
    InputError
        Not readable, not TOML, or not a valid mapping; names the key, what was got and what is
        allowed.
    """
    values = read_toml(read_regular_file(path, limit=limits.MAX_MAPPING_BYTES), file=path)
    try:
        return LogMapping.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise refused(
            first,
            column=".".join(str(part) for part in first["loc"]) or None,
            file=path,
            what="not a valid mapping: ",
            fields=LogMapping.model_fields,
        ) from None


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
