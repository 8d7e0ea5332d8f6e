"""Evidence that a facial recognition system does what its operator says.

The library is what the command line is made of:

    import probity as pb

    pb.records.read("grid.pdf").summary()
    pb.check("C1-at-worst-1-in-6000").table().to_pandas()

Nothing is imported before it is asked for.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probity import audit, records, twin
    from probity.api import measure
    from probity.api.bundle import publish_bundle, verify
    from probity.api.claims import check
    from probity.core.table import Table

__all__ = [
    "Table",
    "audit",
    "check",
    "measure",
    "publish_bundle",
    "records",
    "twin",
    "verify",
]

_MODULES = {
    "audit": "probity.audit",
    "measure": "probity.api.measure",
    "records": "probity.records",
    "twin": "probity.twin",
}
_FUNCTIONS = {
    "Table": "probity.core.table",
    "check": "probity.api.claims",
    "publish_bundle": "probity.api.bundle",
    "verify": "probity.api.bundle",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
