"""Random ids for the things that events speak of.

A counter goes through a keyed bijection of the numbers below 2^63. So ids never collide, need
no memory, are the same in every run of a seed, and say nothing about order or kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from probity.twin.stages import Ints

_MASK = np.uint64((1 << 63) - 1)
_HALF = np.uint64(32)
# Odd, so that multiplying is a bijection modulo 2^63; the finaliser of SplitMix64 uses them.
_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

_OWNER_BITS = 22
_INDEX_BITS = 36


class Thing(IntEnum):
    """What an id stands for. Ids of different things differ."""

    AUTHORITY = 1
    DEPLOYMENT = 2
    WATCHLIST = 3
    ITEM = 4
    MEDIUM = 5
    CAMERA = 6
    TEMPLATE = 7
    ALERT = 8
    ENGAGEMENT = 9
    FOOTAGE = 10
    RECORD = 11
    ACTOR = 12
    SEARCH = 13
    DEVICE = 14
    RATIONALE = 15


@dataclass(frozen=True, slots=True)
class RandomIds:
    """The bijection of one replicate.

    Parameters
    ----------
    keys : tuple of 4 int
        Of 64 random bits each. Whoever knows them can undo the bijection: the ids hide nothing
        but made-up people.
    """

    keys: tuple[int, int, int, int]

    def of(self, thing: Thing, owner: int | Ints, index: int | Ints) -> Ints:
        """Ids of things, from 0 to 2^63 - 1.

        Parameters
        ----------
        owner : int or int64, (n,)
            What the thing belongs to, such as the number of a deployment; below 2^22.
        index : int or int64, (n,)
            Number within the owner, below 2^36.

        Raises
        ------
        ValueError
            A number is out of range.
        """
        for name, number, bits in (("owner", owner, _OWNER_BITS), ("index", index, _INDEX_BITS)):
            values = np.asarray(number)
            if values.size and not 0 <= values.min() <= values.max() < 1 << bits:
                raise ValueError(f"{name} of {thing.name.lower()} must be from 0 to 2^{bits} - 1")
        counter = (
            np.uint64(thing.value << (_OWNER_BITS + _INDEX_BITS))
            | np.asarray(owner).astype(np.uint64) << np.uint64(_INDEX_BITS)
            | np.asarray(index).astype(np.uint64)
        )
        return np.atleast_1d(self._mix(np.atleast_1d(counter))).view(np.int64)

    def one(self, thing: Thing, owner: int, index: int = 0) -> int:
        """Id of a single thing."""
        return int(self.of(thing, owner, index)[0])

    def _mix(self, counter: NDArray[np.uint64]) -> NDArray[np.uint64]:
        mixed = counter
        for key, multiplier in self._rounds():
            mixed = (mixed ^ key) & _MASK
            mixed = ((mixed ^ (mixed >> _HALF)) * multiplier) & _MASK
        return mixed ^ (mixed >> _HALF)

    def _rounds(self) -> Iterator[tuple[np.uint64, np.uint64]]:
        for i, key in enumerate(self.keys):
            yield np.uint64(key), _MULTIPLIERS[i % len(_MULTIPLIERS)]


def make_ids(rng: np.random.Generator) -> RandomIds:
    """A bijection with random keys."""
    first, second, third, fourth = rng.integers(0, 1 << 64, 4, np.uint64).tolist()
    return RandomIds((first, second, third, fourth))
