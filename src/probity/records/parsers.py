"""Which column's cells are read in which way."""

from collections.abc import Callable, Mapping
from typing import Any

from probity.records import cells
from probity.records.cells import Conventions, Read
from probity.records.headings import DATE
from probity.records.schema import COUNT_COLUMNS

Parser = Callable[[str, Conventions], Read[Any]]

PARSERS: Mapping[str, Parser] = {
    **dict.fromkeys(COUNT_COLUMNS, cells.count),
    **dict.fromkeys((DATE, "date_start", "date_end"), cells.date),
    "duration_minutes": cells.duration_minutes,
    "threshold": cells.threshold,
    "printed_false_alert_rate": cells.share_percent,
    "use_case": cells.references,
}


def parser(field: str) -> Parser:
    """How cells of a field are read; those of no field listed above are words."""
    return PARSERS.get(field, cells.plain_text)
