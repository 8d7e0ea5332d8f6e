"""Event logs as Arrow tables: the type of each column, and what a log says about itself."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from probity.core.event import EVENT_SCHEMA, EVERY_EVENT, FIELDS, FieldType

_METADATA_KEY = b"probity:events"

ARROW_TYPES: dict[FieldType, pa.DataType] = {
    "id": pa.int64(),
    "text": pa.dictionary(pa.int32(), pa.string()),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, slots=True)
class LogHeader:
    """What the system that wrote a log says about it.

    Parameters
    ----------
    system : str
        Name and version of what wrote it.
    kinds : tuple of str
        Kinds of event that the system records, whether or not one happened. A rule that needs
        another kind cannot be observed in this log.
    from_us, to_us : int
        The span that the log is complete for, microseconds since 1970-01-01 UTC. A deadline
        beyond ``to_us`` is undecided.
    """

    system: str
    kinds: tuple[str, ...]
    from_us: int
    to_us: int


def arrow_schema(further: Iterable[str], header: LogHeader | None = None) -> pa.Schema:
    """Columns of every event, then ``further`` fields in the order of ``FIELDS``."""
    wanted = set(further)
    names = [field.name for field in EVERY_EVENT]
    names += [name for name in FIELDS if name in wanted and name not in names]
    schema = pa.schema([pa.field(name, ARROW_TYPES[FIELDS[name].type]) for name in names])
    if header is None:
        return schema
    text = json.dumps(
        {
            "schema": EVENT_SCHEMA,
            "system": header.system,
            "kinds": list(header.kinds),
            "from_us": header.from_us,
            "to_us": header.to_us,
        },
        sort_keys=True,
    )
    return schema.with_metadata({_METADATA_KEY: text.encode()})


def header_text(schema: pa.Schema) -> str | None:
    """What the log says about itself, as JSON that came from a stranger; None where it is silent.

    The reader of logs checks it.
    """
    text = (schema.metadata or {}).get(_METADATA_KEY)
    return None if text is None else text.decode("utf-8", errors="replace")
