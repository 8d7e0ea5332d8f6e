"""Text for a spreadsheet that shows it and never runs it."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula.

    That is where it begins with ``= + - @``, a tab or an end of line, after any spaces, which
    some spreadsheets drop when they open a CSV file.
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
