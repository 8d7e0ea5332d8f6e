"""Random sub-galleries, each within the next larger one.

A gallery of N holds N people with all their samples. People are put in one random order and the
sub-gallery of size N is the first N of them, so that every size is measured on the same scores,
and a larger gallery never loses a person that a smaller one had.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.stats.stream import stream


@dataclass(frozen=True, slots=True, eq=False)
class NestedGalleries:
    """An order of people and the sizes at which it is cut.

    Parameters
    ----------
    sizes : tuple of int
        People in each sub-gallery, ascending, at least one.
    place : int64, (people,)
        Of each person, by code: the place in the order, counting from 0; -1 for those who are
        not in the gallery at all.
    """

    sizes: tuple[int, ...]
    place: NDArray[np.int64]

    @property
    def people(self) -> int:
        """People in the whole gallery."""
        return int(self.place.max()) + 1

    def segment(self) -> NDArray[np.int64]:
        """Of each person: the number of the smallest sub-gallery that holds them.

        ``len(sizes)`` for people in none of them.
        """
        found = np.searchsorted(np.array(self.sizes), self.place, side="right").astype(np.int64)
        return np.where(self.place < 0, len(self.sizes), found)


def nested_galleries(
    gallery_subjects: NDArray[np.integer], *, people: int, sizes: Sequence[int], seed: int
) -> NestedGalleries:
    """Draw the order.

    Parameters
    ----------
    gallery_subjects : (gallery samples,)
        Code of the person of each gallery sample.
    people : int
        Number of codes in use, on both sides.
    sizes : sequence of int
        People wanted; none means the whole gallery.
    seed : int
        Of the order.

    Raises
    ------
    InputError
        An empty gallery, or a size that it cannot give.
    """
    members = np.unique(gallery_subjects)
    if not members.size:
        raise InputError("there is no gallery sample", allowed="at least one")
    wanted = sorted(set(sizes)) or [len(members)]
    for size in wanted:
        if not 1 <= size <= len(members):
            raise InputError(
                "a gallery of that size cannot be drawn",
                got=size,
                allowed=f"1 to {len(members)}, the number of people in the gallery",
            )
    place = np.full(people, -1, np.int64)
    place[members] = stream(seed, "sub-galleries").permutation(len(members))
    return NestedGalleries(tuple(int(size) for size in wanted), place)
