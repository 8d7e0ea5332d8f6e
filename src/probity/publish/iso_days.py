"""ISO days in running text, as a reader writes them."""

import re

from probity.claims import words
from probity.records.dates import counted_span
from probity.records.schema import Deployment

_ISO_DAY = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-\d{2}\b")


def first_day(deployment: Deployment) -> str:
    """The ISO day a deployment is counted under; empty where no date is known."""
    span = counted_span(deployment)
    return span.first.isoformat() if span else ""


def with_days_in_words(text: str) -> str:
    """The text with its ISO dates as a reader writes them."""
    return _ISO_DAY.sub(lambda match: words.day(match.group()), text)
