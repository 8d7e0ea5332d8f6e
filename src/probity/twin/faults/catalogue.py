"""Every fault by its name."""

from collections.abc import Mapping, Sequence

from probity.core import InputError
from probity.twin.faults import (
    of_alerts,
    of_authority,
    of_deployments,
    of_lists,
    of_passers_by,
    of_searches,
)
from probity.twin.faults.damage import DAMAGES, Damage
from probity.twin.faults.fault import Fault

FAULTS: Mapping[str, Fault | Damage] = {
    fault.name: fault
    for fault in (
        *of_authority.FAULTS,
        *of_deployments.FAULTS,
        *of_lists.FAULTS,
        *of_passers_by.FAULTS,
        *of_alerts.FAULTS,
        *of_searches.FAULTS,
        *DAMAGES,
    )
}
"""Breaches of rules, then damage to the log."""

ALL = "all"


def chosen(names: Sequence[str], *, mode: str) -> tuple[Fault | Damage, ...]:
    """The faults of these names, or all of a mode, in the order of the catalogue.

    Raises
    ------
    InputError
        There is no such fault, or not in logs of this mode.
    """
    if ALL in names:
        return tuple(fault for fault in FAULTS.values() if mode in fault.modes)
    for name in names:
        if name not in FAULTS:
            raise InputError("no such fault", got=name, allowed="`probity twin faults` lists them")
        if mode not in FAULTS[name].modes:
            modes = ", ".join(sorted(FAULTS[name].modes))
            raise InputError("no fault of such a log", got=f"{name}, {mode}", allowed=modes)
    return tuple(fault for name, fault in FAULTS.items() if name in names)
