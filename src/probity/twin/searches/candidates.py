"""Candidate lists: the gallery's best scores at or above the threshold, exactly.

Comparing every probe with 20 million people would cost far more than the lists are long. With
p_kj the probability that a probe of type k reaches the threshold against person j, and
S_k = sum_j p_kj, a probe has a candidate who is not its own person with this probability:

    propose it with probability S_k, at a person j drawn by p_kj, with the score drawn from the
    tail above the threshold and the image drawn given that score; count the people K who reach
    the threshold with this image; keep the proposal with probability 1/K.

A list with K people can be proposed through each of them, so what is kept has exactly the law of
lists that are not empty (Owen, Maximov & Chertkov 2019, Electronic Journal of Statistics 13). It
holds for S_k of at most 1; types with more, and lists without a threshold, are compared in full.

Scores of a probe with its own person are no product of vectors and are drawn with the probe.
"""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from probity.core import InputError
from probity.twin.scenario import SearchScenario
from probity.twin.screen import at_or_above
from probity.twin.searches.gallery import Gallery
from probity.twin.searches.probes import NOBODY, Probes
from probity.twin.seeds import Seeds
from probity.twin.stages import Flags, Floats, Ints
from probity.twin.world import World

MOST_COMPARISONS = 400_000_000_000
"""Comparisons made in one replicate, at most: of searches in full, and of proposals."""
MOST_CANDIDATES = 20_000_000
"""Candidates of searches compared in full, at most: they are held at once."""
_FULL_AT_ONCE = 1_024
_MOST_EXPECTED = 1.0
"""Expected length of a list up to which it can be proposed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Lists of all searches, each array (n_candidates,), by search and then by rank.

    Parameters
    ----------
    search : int64
        Row of the probes.
    person : int64
        Number of the person in the gallery.
    score : float64
        On the vendor's scale.
    mated : bool
        Truth: the person of the probe.
    """

    search: Ints
    person: Ints
    score: Floats
    mated: Flags

    def per_search(self, searches: int) -> Ints:
        """Length of each list, (searches,)."""
        return np.bincount(self.search, minlength=searches)


def search_gallery(gallery: Gallery, probes: Probes, *, seeds: Seeds) -> Candidates:
    """The candidate list of every probe.

    Raises
    ------
    InputError
        More than ``MOST_COMPARISONS`` or ``MOST_CANDIDATES`` would be needed.
    """
    scenario = gallery.scenario
    cut = latent_threshold(scenario)
    found = []
    dense = np.ones(len(probes), np.bool_)
    rare = None
    if cut is not None:
        kind = probes.group * len(scenario.search.bands) + probes.band
        expected = _expected_candidates(gallery, cut)
        dense = expected.sum(axis=0)[kind] > _MOST_EXPECTED
        rare = _Rare(gallery, probes, kind=kind, cut=cut, expected=expected)
    _require_feasible(scenario, dense, rare)
    if rare is not None:
        found.append(_rare_lists(rare, np.flatnonzero(~dense), seeds))
    found.append(_compared_in_full(gallery, probes, np.flatnonzero(dense), cut, seeds))
    return _lists(gallery, probes, found, cut)


def latent_threshold(scenario: SearchScenario) -> float | None:
    """The threshold on the latent scale; None where lists have none."""
    threshold = scenario.search.threshold
    if threshold is None:
        return None
    knots = np.array(scenario.recogniser.vendor_map)
    return float(np.interp(threshold, knots[:, 1], knots[:, 0]))


def _require_feasible(scenario: SearchScenario, dense: Flags, rare: "_Rare | None") -> None:
    """Both proposals and searches in full go through the whole gallery."""
    in_full = int(np.count_nonzero(dense))
    searches = in_full
    if rare is not None:
        searches += round(float(rare.expected.sum(axis=0)[rare.kind[~dense]].sum()))
    if searches * scenario.search.gallery_size > MOST_COMPARISONS:
        raise InputError(
            "candidates are too frequent, or without a threshold, for so many searches",
            column="search",
            got=f"{searches:,} searches of {scenario.search.gallery_size:,} people to compare",
            allowed=f"{MOST_COMPARISONS:,} comparisons in a replicate",
        )
    longest = min(scenario.search.list_length, scenario.search.gallery_size)
    if in_full * longest > MOST_CANDIDATES:
        raise InputError(
            "candidate lists are too long for so many searches",
            column="search.list_length",
            got=f"{in_full:,} searches with up to {longest:,} candidates",
            allowed=f"{MOST_CANDIDATES:,} candidates in a replicate",
        )


def _expected_candidates(gallery: Gallery, cut: float) -> Floats:
    """Sum of p_kj over the people of each block, (n_blocks, n_types)."""
    return np.array(
        [[_reaching(block, kind, cut).sum() for kind in range(_types(block))]
         for _, block in gallery.blocks()]
    )  # fmt: skip


def _types(block: World) -> int:
    return block.n_groups * block.n_bands


def _reaching(block: World, kind: int, cut: float) -> Floats:
    """p_kj for each person of a block, (n,)."""
    group, band = divmod(kind, block.n_bands)
    mean, sd = block.moments(slice(None), group=group, band=band)
    return ndtr((mean - cut) / sd)


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """Pairs of a search and a person of the gallery, latent scores; each (n,)."""

    search: Ints
    person: Ints
    score: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Rare:
    """What proposals are made from; ``expected`` is of ``_expected_candidates``."""

    gallery: Gallery
    probes: Probes
    _: KW_ONLY
    kind: Ints
    cut: float
    expected: Floats


def _rare_lists(of: _Rare, searches: Ints, seeds: Seeds) -> _Scored:
    """The lists of these searches whose type has an expected length of at most 1."""
    rng = seeds.stream("candidates")
    chance = of.expected.sum(axis=0)[of.kind[searches]]
    proposed = searches[rng.random(len(searches)) < chance]
    reached = np.cumsum(of.expected, axis=0)
    place = rng.random(len(proposed)) * reached[-1, of.kind[proposed]]
    in_block = (place[:, None] >= reached.T[of.kind[proposed]]).sum(axis=1)
    images = np.empty((len(proposed), of.gallery.scenario.recogniser.dimension))
    person = np.empty(len(proposed), np.int64)
    for number, (start, block) in enumerate(of.gallery.blocks()):
        rows = np.flatnonzero(in_block == number)
        if len(rows):
            drawn = _proposals(of, block, proposed[rows], seeds.stream("candidates", start))
            images[rows], person[rows] = drawn[0], drawn[1] + start
    # A probe cannot be proposed through its own person, whose score is drawn apart.
    other = person != of.probes.mate[proposed]
    proposed, images = proposed[other], images[other]
    pairs = _pairs(of.gallery, images, of.probes.mate[proposed], of.cut)
    # The person that a proposal was made through may round to just below the threshold.
    listed = np.maximum(np.bincount(pairs.search, minlength=len(proposed)), 1)
    kept = rng.random(len(proposed)) < 1 / listed
    of_kept = kept[pairs.search]
    return _Scored(proposed[pairs.search[of_kept]], pairs.person[of_kept], pairs.score[of_kept])


def _proposals(
    of: _Rare, block: World, searches: Ints, rng: np.random.Generator
) -> tuple[Floats, Ints]:
    """An image for each search that reaches the threshold with some person of the block."""
    person = np.empty(len(searches), np.int64)
    for one in np.unique(of.kind[searches]).tolist():
        rows = np.flatnonzero(of.kind[searches] == one)
        heights = np.cumsum(_reaching(block, one, of.cut))
        person[rows] = np.searchsorted(heights, rng.random(len(rows)) * heights[-1], side="right")
    group, band = of.probes.group[searches], of.probes.band[searches]
    mean, sd = block.moments(person, group=group, band=band)
    score = mean - sd * ndtri(rng.random(len(searches)) * ndtr((mean - of.cut) / sd))
    drawn = block.draw_frames(rng, group=group, band=band, frames=1)
    frame = np.zeros(len(searches), np.int64)
    block.condition(drawn, group=group, entry=person, frame=frame, score=score)
    return drawn[:, 0], person


def _pairs(gallery: Gallery, images: Floats, mate: Ints, cut: float) -> _Scored:
    """Everybody who reaches the threshold with each image, but for the image's own person."""
    found = [_Scored(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for start, block in gallery.blocks() if len(images) else ():
        pairs = at_or_above(images, entries=block.entries, thresholds=cut)
        other = pairs.entry + start != mate[pairs.frame]
        found.append(_Scored(pairs.frame[other], pairs.entry[other] + start, pairs.score[other]))
    return _joined(found)


def _compared_in_full(
    gallery: Gallery, probes: Probes, searches: Ints, cut: float | None, seeds: Seeds
) -> _Scored:
    """The best of the gallery for these searches, by comparing everybody."""
    found = [_Scored(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
    for top in range(0, len(searches), _FULL_AT_ONCE):
        rows = searches[top : top + _FULL_AT_ONCE]
        best = _best_of_gallery(gallery, probes, rows, cut, seeds.stream("probe images", top))
        found.append(_Scored(rows[best.search], best.person, best.score))
    return _joined(found)


def _best_of_gallery(
    gallery: Gallery, probes: Probes, rows: Ints, cut: float | None, rng: np.random.Generator
) -> _Scored:
    length = gallery.scenario.search.list_length
    cuts = np.full(len(rows), -np.inf if cut is None else cut)
    best = _Scored(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    images: Floats | None = None
    for start, block in gallery.blocks():
        if images is None:
            group, band = probes.group[rows], probes.band[rows]
            images = block.draw_frames(rng, group=group, band=band, frames=1)[:, 0]
            # One more than a list holds, because the image's own person may be among them.
            cuts = np.maximum(cuts, _lowest_wanted(images, block, length + 1))
        pairs = at_or_above(images, entries=block.entries, thresholds=cuts)
        other = pairs.entry + start != probes.mate[rows][pairs.frame]
        new = _Scored(pairs.frame[other], pairs.entry[other] + start, pairs.score[other])
        best = _best(_joined([best, new]), length)
        full = np.bincount(best.search, minlength=len(rows)) == length
        lowest = np.full(len(rows), np.inf)
        np.minimum.at(lowest, best.search, best.score)
        cuts = np.where(full, np.maximum(cuts, lowest), cuts)
    return best


def _lowest_wanted(images: Floats, block: World, count: int) -> Floats:
    """A score that at least ``count`` people of the block reach, (n_images,); -inf if fewer."""
    if len(block.entries) <= count:
        return np.full(len(images), -np.inf)
    single = images.astype(np.float32) @ block.entries.T
    place = single.shape[1] - count
    lowest = np.partition(single, place, axis=1)[:, place].astype(np.float64)
    eps = float(np.finfo(np.float32).eps)
    slack: Floats = (images.shape[1] + 2) * eps * np.linalg.norm(images, axis=1) * 1.01
    return lowest - slack


def _best(scored: _Scored, length: int) -> _Scored:
    """The ``length`` best of each search, best first; of equals the lower number."""
    order = np.lexsort((scored.person, -scored.score, scored.search))
    search = scored.search[order]
    first = np.searchsorted(search, search, side="left")
    kept = order[np.arange(len(order)) - first < length]
    return _Scored(scored.search[kept], scored.person[kept], scored.score[kept])


def _joined(parts: Sequence[_Scored]) -> _Scored:
    return _Scored(
        np.concatenate([part.search for part in parts]),
        np.concatenate([part.person for part in parts]),
        np.concatenate([part.score for part in parts]),
    )


def _lists(
    gallery: Gallery, probes: Probes, found: Sequence[_Scored], cut: float | None
) -> Candidates:
    mated = np.flatnonzero(probes.mate != NOBODY)
    if cut is not None:
        mated = mated[probes.mate_score[mated] >= cut]
    own = _Scored(mated, probes.mate[mated], probes.mate_score[mated])
    best = _best(_joined([*found, own]), gallery.scenario.search.list_length)
    knots = np.array(gallery.scenario.recogniser.vendor_map)
    return Candidates(
        search=best.search,
        person=best.person,
        score=np.interp(best.score, knots[:, 0], knots[:, 1]),
        mated=best.person == probes.mate[best.search],
    )
