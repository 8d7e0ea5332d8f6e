"""What a fault is: the rules it breaks, the events it changes, and how it is planted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from probity.twin.faults.scene import Mark, Scene

Plant = Callable[[Scene], Sequence[Mark]]
"""Changes the scene and returns which events are then in breach.

Raises ``UnfitError``, and changes nothing, where the deployment has nothing to plant it on.
"""

LIVE = frozenset({"live"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing done wrong, told as a change to the log of a system that does it right.

    Parameters
    ----------
    name : str
        As a user gives it: "template-late".
    sentence : str
        What was done wrong.
    breaks : mapping of str to tuple of str
        Kind of the event in breach, and the rules it breaches as "policy/rule": all of them.
    changes : tuple of str
        Kinds of event that are taken out, put in or changed.
    plant : Plant
    topics : frozenset of str
        Parts of a deployment it needs for itself: two faults with a common topic are never
        planted in one deployment. Faults of single things (an alert, a template, an image) have
        none; they claim the thing.
    topics_before : frozenset of str
        The same of the deployment before.
    modes : frozenset of str
        Modes of the scenarios in whose logs it can be planted.
    """

    name: str
    sentence: str
    breaks: Mapping[str, tuple[str, ...]]
    changes: tuple[str, ...]
    plant: Plant
    topics: frozenset[str] = field(default_factory=frozenset)
    topics_before: frozenset[str] = field(default_factory=frozenset)
    modes: frozenset[str] = LIVE

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule it breaches, as "policy/rule", sorted."""
        return tuple(sorted({rule for rules in self.breaks.values() for rule in rules}))
