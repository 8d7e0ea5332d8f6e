"""By what deployments can be grouped."""

from enum import StrEnum


class By(StrEnum):
    """A column to group by; places and use cases as printed."""

    FORCE = "force"
    YEAR = "year"
    MONTH = "month"
    PLACE = "place"
    BOROUGH = "borough"
    THRESHOLD = "threshold"
    USE_CASE = "use-case"
