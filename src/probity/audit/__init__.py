"""A written policy as rules, executed over the event log of a facial recognition system.

What a user of the library calls is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probity.audit.api import Audit, bundled_policies, run

__all__ = ["Audit", "bundled_policies", "run"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from probity.audit import api

    return getattr(api, name)
