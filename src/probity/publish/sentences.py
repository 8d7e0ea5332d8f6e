"""Small repairs to words that come from several places into one sentence."""

from collections.abc import Sequence


def capital(text: str) -> str:
    """The text with a capital first letter, without its full stop."""
    return (text[:1].upper() + text[1:]).removesuffix(".")


def listed(names: Sequence[str]) -> str:
    """Return "a, b and c"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
