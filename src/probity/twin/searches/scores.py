"""A score set as a test laboratory would take it from the recogniser of a search scenario."""

import numpy as np
import pyarrow as pa

from probity.twin.scenario import by_group
from probity.twin.score_sample import Mated, comparisons
from probity.twin.searches.gallery import Gallery
from probity.twin.searches.history import SearchHistory
from probity.twin.searches.probes import NOBODY


def search_scores(history: SearchHistory) -> pa.Table:
    """Mated searches, and new people with some images of the gallery; see ``comparisons``."""
    scenario, probes = history.scenario, history.probes
    names, bands = scenario.group_names, scenario.search.bands
    block = Gallery(scenario, history.seeds).block(0)
    mated = np.flatnonzero(probes.mate != NOBODY)
    crowd = np.array([group.crowd_share for group in scenario.groups])
    shares = crowd[:, None] * np.array([by_group(band.share, names) for band in bands]).T
    return comparisons(
        block,
        references=block.pool_size,
        mated=Mated(
            score=block.vendor(probes.mate_score[mated]),
            person=probes.mate[mated],
            group=probes.group[mated],
        ),
        shares=shares / shares.sum(),
        names=names,
        rng=history.seeds.stream("score sample"),
    )
