"""What people make of candidate lists: review, corroboration, action, deletion."""

from dataclasses import dataclass

import numpy as np

from probity.twin.draws import draw_duration
from probity.twin.scenario import Duration, by_group
from probity.twin.searches.candidates import Candidates
from probity.twin.searches.gallery import Gallery
from probity.twin.searches.probes import Probes
from probity.twin.seeds import Seeds
from probity.twin.stages import Flags, Floats, Ints

NOT = -1
"""Time of a step that did not happen."""

_SECOND_US = 1_000_000
_HOUR_US = 3_600 * _SECOND_US
_TO_RESULT_US = (500_000, 3_000_000)
_TO_ACTION_US = (60 * _SECOND_US, 24 * _HOUR_US)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reviews:
    """What became of each search, each array (n_searches,); ``NOT`` where a step did not happen.

    Parameters
    ----------
    returned_us : int64
        The candidate list came back.
    first_us, second_us : int64
        The first and the second person had looked.
    first_accepts, second_accepts : bool
    corroborated_us, acted_us : int64
    deleted_us : int64
        The probe was deleted; ``NOT`` where it is kept on the stated ground of an exception.
    """

    returned_us: Ints
    first_us: Ints
    second_us: Ints
    first_accepts: Flags
    second_accepts: Flags
    corroborated_us: Ints
    acted_us: Ints
    deleted_us: Ints

    @property
    def accepted(self) -> Flags:
        """By everybody who had to look."""
        return np.where(self.second_us == NOT, self.first_accepts, self.second_accepts)


def review(gallery: Gallery, probes: Probes, candidates: Candidates, *, seeds: Seeds) -> Reviews:
    """Look at every list that is not empty, and act on what is corroborated.

    The first person accepts somebody with the probability of their sensitivity where the right
    person is on the list, and with 1 - specificity where not; where the right person is on the
    list, that is whom they accept. The second, where there is one, looks at what the first
    accepted. Other means never confirm somebody who is not the person searched for, and nobody
    acts on what was not confirmed: assumptions about means that no document describes.
    """
    scenario, search = gallery.scenario, gallery.scenario.search
    rng, n, names = seeds.stream("review"), len(probes), gallery.scenario.group_names

    def lasting(duration: Duration, unit_us: int) -> Ints:
        return np.rint(draw_duration(duration, rng, size=n) * unit_us).astype(np.int64)

    def accepts(sensitivity: Floats, specificity: Floats) -> Flags:
        share = np.where(right, sensitivity[probes.group], 1 - specificity[probes.group])
        accepted: Flags = rng.random(n) < share
        return accepted

    listed = candidates.per_search(n) > 0
    right = np.zeros(n, np.bool_)
    right[candidates.search[candidates.mated]] = True
    returned_us = probes.time_us + rng.integers(*_TO_RESULT_US, n)
    first_accepts = listed & accepts(
        by_group(search.operator_sensitivity, names), by_group(search.operator_specificity, names)
    )
    first_us = returned_us + np.maximum(lasting(search.review_s, _SECOND_US), 1)
    asked = first_accepts & (search.reviewers > 1)
    second_us = first_us + np.maximum(lasting(search.review_s, _SECOND_US), 1)
    second_accepts = asked & accepts(
        by_group(search.reviewer_sensitivity, names), by_group(search.reviewer_specificity, names)
    )
    accepted = np.where(asked, second_accepts, first_accepts)
    corroborated = accepted & right & (rng.random(n) < search.corroboration_share)
    over_us = np.where(asked, second_us, np.where(listed, first_us, returned_us))
    corroborated_us = over_us + np.maximum(lasting(search.corroboration_h, _HOUR_US), 1)
    acted = corroborated & (rng.random(n) < search.acted_share)
    acted_us = corroborated_us + rng.integers(*_TO_ACTION_US, n)
    kept = rng.random(n) < search.retention.exception_share
    deleted_us = over_us + lasting(search.retention.delay_s, _SECOND_US)
    if scenario.mode == "operator-initiated":
        # The photograph goes when the result is there; what follows needs it no more.
        deleted_us = returned_us + (deleted_us - over_us)
    return Reviews(
        returned_us=returned_us,
        first_us=np.where(listed, first_us, NOT),
        second_us=np.where(asked, second_us, NOT),
        first_accepts=first_accepts,
        second_accepts=second_accepts,
        corroborated_us=np.where(corroborated, corroborated_us, NOT),
        acted_us=np.where(acted, acted_us, NOT),
        deleted_us=np.where(kept, NOT, deleted_us),
    )
