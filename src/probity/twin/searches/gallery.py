"""A gallery of up to 20 million people that is never held whole.

It is made block by block from the scenario's streams, and made again whenever a block is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from probity.twin.draws import draw_span
from probity.twin.scenario import SearchScenario, by_group
from probity.twin.seeds import Seeds
from probity.twin.stages import Floats, Ints
from probity.twin.world import World, listed_vectors, normalised

PEOPLE_IN_BLOCK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The people of a search scenario's gallery, the same in every replicate."""

    scenario: SearchScenario
    seeds: Seeds

    @property
    def size(self) -> int:
        """People, one image each."""
        return self.scenario.search.gallery_size

    @property
    def centre(self) -> Floats:
        """a_g of each group, (n_groups,)."""
        scale = self.scenario.recogniser.group_separation
        return scale * np.array([group.lookalike for group in self.scenario.groups])

    def blocks(self) -> Iterator[tuple[int, "World"]]:
        """Number of the first person, and the block, one after the other."""
        for start in range(0, self.size, PEOPLE_IN_BLOCK):
            yield start, self.block(start)

    def people(self, start: int) -> tuple[Ints, Floats]:
        """Group of each person of a block, and the shift of their mated scores; each (n,)."""
        rng = self._stream("gallery people", start)
        n = min(PEOPLE_IN_BLOCK, self.size - start)
        names, recogniser = self.scenario.group_names, self.scenario.recogniser
        shares = normalised([group.listed_share for group in self.scenario.groups])
        group = rng.choice(len(names), size=n, p=shares)
        shift = by_group(recogniser.mated_shift, names)[group]
        return group, shift + recogniser.mated_person_spread * rng.standard_normal(n)

    def block(self, start: int) -> World:
        """A block of the gallery, from its first person ``start`` on, as a world of its own."""
        group, shift = self.people(start)
        rng = self._stream("gallery images", start)
        recogniser, search = self.scenario.recogniser, self.scenario.search
        quality = draw_span(search.image_quality, rng, size=len(group))
        bands = search.bands
        return World(
            pool_size=len(group),
            entries=listed_vectors(recogniser, quality, rng, centre=self.centre, group=group),
            entry_group=group,
            category=np.full(len(group), -1),
            mated_shift=shift,
            centre=self.centre,
            blur=recogniser.quality_effect * np.array([1 - band.quality for band in bands]),
            person_spread=recogniser.person_spread,
            frame_share=recogniser.frame_share,
            quality=np.array([band.quality for band in bands]),
            mated_mean=np.array([band.mated_mean for band in bands]),
            mated_spread=np.array([band.mated_spread for band in bands]),
            vendor_map=np.array(recogniser.vendor_map),
        )

    def _stream(self, stage: str, start: int) -> np.random.Generator:
        return replace(self.seeds, replicate=0).stream(stage, start)
