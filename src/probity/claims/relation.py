"""The relations a claim can state between a measure and a limit."""

from enum import StrEnum

Limit = float | tuple[float, float]
"""One number, or the two ends of a range for "between" and "outside"."""


class Relation(StrEnum):
    """What a claim says of a measure. Each relation has its negation in ``NEGATION``."""

    AT_MOST = "at most"
    MORE_THAN = "more than"
    AT_LEAST = "at least"
    LESS_THAN = "less than"
    EQUAL_TO = "equal to"
    NOT_EQUAL_TO = "not equal to"
    BETWEEN = "between"
    OUTSIDE = "outside"


NEGATION = {
    Relation.AT_MOST: Relation.MORE_THAN,
    Relation.MORE_THAN: Relation.AT_MOST,
    Relation.AT_LEAST: Relation.LESS_THAN,
    Relation.LESS_THAN: Relation.AT_LEAST,
    Relation.EQUAL_TO: Relation.NOT_EQUAL_TO,
    Relation.NOT_EQUAL_TO: Relation.EQUAL_TO,
    Relation.BETWEEN: Relation.OUTSIDE,
    Relation.OUTSIDE: Relation.BETWEEN,
}
RANGES = frozenset({Relation.BETWEEN, Relation.OUTSIDE})
