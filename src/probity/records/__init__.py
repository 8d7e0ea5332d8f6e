"""Published deployment records: reading, checking, bundled figures, sums.

What a user of the library calls is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probity.records.api import PublishedRecord, Summary, forces, read, series, summary

__all__ = ["PublishedRecord", "Summary", "forces", "read", "series", "summary"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from probity.records import api

    return getattr(api, name)
