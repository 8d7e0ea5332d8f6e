"""Telling rows of figures from headings, by the look of the cells alone."""

import re
from collections.abc import Sequence

_DATE = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{1,2}(?:-\d{1,2})?|\d{1,2} ?[a-z]{3,9},? ?\d{2,4}",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"[-+−]?[\d.,\s]*\d%?|n/?a|\d+ ?h(?:ou)?(?:rs?)?[ ,]*(?:\d+ ?(?:m(?:in(?:ute)?s?)?)?)?",
    re.IGNORECASE,
)
DATED_FIGURES = 2
"""Figures that a dated row needs to be one of the table."""
UNDATED_FIGURES = 4
"""Figures that a row without a readable date needs: its date may be damaged."""


def is_date(text: str) -> bool:
    """Whether the text has the look of a date; it may still be none, such as 31/02/25."""
    return _DATE.fullmatch(text.strip()) is not None


def is_figure(text: str) -> bool:
    """Whether the text looks like a count, share, duration or "N/A"."""
    return _FIGURE.fullmatch(text.strip()) is not None


def is_data(texts: Sequence[str]) -> bool:
    """Whether a row with these cells holds a deployment's figures."""
    dates = sum(map(is_date, texts))
    figures = sum(is_figure(text) and not is_date(text) for text in texts)
    return figures >= (DATED_FIGURES if dates else UNDATED_FIGURES)
