"""A rate, or the reason why there is none, as cells of a data table."""

from probity.core import Estimate, Rate, Undefined
from probity.publish.figures.figure import Cell, Column

RATE_COLUMNS = (
    Column("Value", number=True),
    Column("Lower bound", number=True),
    Column("Upper bound", number=True),
    Column("Counts or reason"),
)


def rate_cells(measured: Rate | Estimate | Undefined) -> tuple[Cell, Cell, Cell, Cell]:
    """The cells under ``RATE_COLUMNS``."""
    if isinstance(measured, Undefined):
        return ("undefined", "", "", measured.reason)
    counted = f"{measured.count.k:,} of {measured.count.n:,}" if isinstance(measured, Rate) else ""
    return (measured.value, measured.low, measured.high, counted)
