"""Groups that are intersections, such as ``Black|female``, and the parts they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """One way of dividing people: ``code`` gives the class of each group, (groups,)."""

    classes: tuple[str, ...]
    code: NDArray[np.int64]

    def member(self, groups: NDArray[np.integer], number: int) -> NDArray[np.bool_]:
        """Of samples with these groups: which are of class ``number``."""
        chosen: NDArray[np.bool_] = self.code[groups] == number
        return chosen


def groupings(groups: Sequence[str], *, separator: str | None = None) -> tuple[Grouping, ...]:
    """The groups as given; then, with a separator, one grouping for each part of their names.

    ``Black|female`` and ``White|female`` give two groups, then {Black, White}, then {female}.

    Raises
    ------
    InputError
        Names with different numbers of parts, or an empty part.
    """
    whole = Grouping(tuple(groups), np.arange(len(groups), dtype=np.int64))
    if separator is None:
        return (whole,)
    parts = [[part.strip() for part in group.split(separator)] for group in groups]
    for group, names in zip(groups, parts, strict=True):
        if len(names) != len(parts[0]) or not all(names):
            raise InputError(
                "a group does not divide into the same parts as the others",
                column="group",
                got=group,
                allowed=f"{len(parts[0])} names separated by {separator!r}, as in {groups[0]}",
            )
    if len(parts[0]) == 1:
        return (whole,)
    found = [whole]
    for place in range(len(parts[0])):
        names = [part[place] for part in parts]
        classes = sorted(set(names))
        found.append(
            Grouping(tuple(classes), np.array([classes.index(name) for name in names], np.int64))
        )
    return tuple(found)
