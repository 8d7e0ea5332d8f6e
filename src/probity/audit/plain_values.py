"""Values of a log as a person reads them; text of a stranger cannot steer the terminal."""

from probity.audit.formula import Value
from probity.audit.plain_times import plain_moment
from probity.core.errors import printable
from probity.core.event import FIELDS


def shown(value: Value, *, field: str | None = None) -> str:
    """A value of a field: times as moments, ids without thousands, nothing as "not stated"."""
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return printable(value)
    if field is not None and FIELDS[field].type == "time":
        return plain_moment(int(value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)
