"""Values that cross borders: counts, rates, sources, errors. No computation beyond their own."""

from probity.core.count import Count, CountError, Events
from probity.core.errors import InputError, MissingPartError, ProbityError, VerificationError
from probity.core.rate import Estimate, EventRate, Measured, Rate, Total, Undefined
from probity.core.source import Source

__all__ = [
    "Count",
    "CountError",
    "Estimate",
    "EventRate",
    "Events",
    "InputError",
    "Measured",
    "MissingPartError",
    "ProbityError",
    "Rate",
    "Source",
    "Total",
    "Undefined",
    "VerificationError",
]
