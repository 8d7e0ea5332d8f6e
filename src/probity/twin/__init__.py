"""The described systems at work on synthetic people: random vectors, no image anywhere.

What a user of the library calls is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probity.twin.api import TwinRun, bundled_scenarios, run

__all__ = ["TwinRun", "bundled_scenarios", "run"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from probity.twin import api

    return getattr(api, name)
