"""Who is on the list of which deployment: a random part of the pool, without storing any list.

The list of a deployment is the set of entries j with (multiplier j + offset) mod pool below its
size, where the multiplier has no factor in common with the pool. Entries are numbered at random,
so the composition of every list is that of a random sample; two lists overlap as two random
samples do on average.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np

from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Calendar, Flags, Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watchlists:
    """Lists of the deployments of one replicate, each array (n_deployments,).

    Parameters
    ----------
    size : int64
        Listed people, without test subjects.
    multiplier, inverse, offset : int64
        See the module; multiplier times inverse is 1 modulo the pool.
    with_subjects : bool
        The operator's test subjects are on the list too.
    """

    pool_size: int
    size: Ints
    multiplier: Ints
    inverse: Ints
    offset: Ints
    with_subjects: Flags

    def contain(self, *, deployment: Ints, entry: Ints) -> Flags:
        """Whether the list of each deployment holds each entry, broadcast."""
        rank = (self.multiplier[deployment] * entry + self.offset[deployment]) % self.pool_size
        listed = np.where(
            entry < self.pool_size, rank < self.size[deployment], self.with_subjects[deployment]
        )
        return np.asarray(listed, np.bool_)

    def entry_at(self, *, deployment: Ints, rank: Ints) -> Ints:
        """The entry of each rank from 0 to size - 1 of a deployment's list."""
        entry: Ints = self.inverse[deployment] * (rank - self.offset[deployment]) % self.pool_size
        return entry


def make_watchlists(scenario: LiveScenario, *, calendar: Calendar, seeds: Seeds) -> Watchlists:
    """Draw the list of every deployment."""
    rng = seeds.stream("watchlists")
    pool, n = scenario.watchlist.pool_size, len(calendar.start_us)
    multiplier = np.empty(n, np.int64)
    for deployment in range(n):
        drawn = int(rng.integers(1, max(pool, 2)))
        while gcd(drawn, pool) != 1:
            drawn = int(rng.integers(1, max(pool, 2)))
        multiplier[deployment] = drawn
    return Watchlists(
        pool_size=pool,
        size=np.minimum(calendar.watchlist_size, pool),
        multiplier=multiplier,
        inverse=np.array([pow(int(one), -1, pool) for one in multiplier], np.int64),
        offset=rng.integers(0, pool, n),
        with_subjects=(rng.random(n) < scenario.blue_list.deployments_share)
        & (scenario.blue_list.subjects > 0),
    )
