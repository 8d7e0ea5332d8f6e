"""An identification test from templates: searched and counted by the comparison engine."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.engine import top_k
from probity.performance.engine.all_pairs import compare_all_pairs
from probity.performance.engine.engines import Engine
from probity.performance.identification.candidates import Candidates
from probity.performance.identification.gallery import NestedGalleries
from probity.performance.identification.trial import (
    LISTED_PAIRS,
    PairCounts,
    Pairs,
    Population,
)
from probity.performance.templates import TemplateSet

_FIRST_LIST = 100_000
_PROBES_AT_A_TIME = 8192


class TemplateTrial:
    """Probes against a gallery of templates.

    Parameters
    ----------
    probes, gallery : float32, (probes, dimension) and (gallery samples, dimension)
        Templates; their cosine in float64 is the score.
    population : Population
        Whose they are.
    engine : str
        How scores are screened; results at thresholds and ranks do not depend on it.
    source : str
        Named in messages.
    """

    def __init__(
        self,
        probes: NDArray[np.float32],
        gallery: NDArray[np.float32],
        population: Population,
        *,
        engine: Engine = "int16",
        source: str = "templates in memory",
    ) -> None:
        self.source, self.population = source, population
        self._probes, self._gallery, self._engine = probes, gallery, engine

    def search(self, galleries: NestedGalleries, *, length: int) -> tuple[Candidates, ...]:
        """Each sub-gallery adds people to the one before: every pair is compared once."""
        who = self.population
        segment = galleries.segment()[who.gallery_subjects]
        lists = Candidates.none(probes=len(who.probe_subjects), length=length)
        found = []
        for number in range(len(galleries.sizes)):
            rows = np.flatnonzero(segment == number)
            if len(rows):
                lists = self._extended(lists, rows)
            found.append(lists)
        return tuple(found)

    def _extended(self, lists: Candidates, rows: NDArray[np.int64]) -> Candidates:
        who, length = self.population, lists.subjects.shape[1]
        # The best people fill no more places than the people with most samples would; one
        # further place for the probe itself.
        samples = np.sort(np.unique(who.gallery_subjects[rows], return_counts=True)[1])[::-1]
        places = int(samples[: length - 1].sum()) + 2
        best = top_k(
            self._probes, self._gallery[rows], k=min(places, len(rows)), engine=self._engine
        )
        pieces = []
        for start in range(0, len(self._probes), _PROBES_AT_A_TIME):
            here = slice(start, start + _PROBES_AT_A_TIME)
            sample, score = rows[best.references[here]], best.scores[here]
            probe = np.broadcast_to(np.arange(len(sample))[:, None], sample.shape)
            other = sample != who.own_sample[here][:, None]
            held = Candidates(lists.subjects[here], lists.scores[here])
            pieces.append(
                held.joined(probe[other], who.gallery_subjects[sample[other]], score[other])
            )
        return Candidates(
            np.concatenate([piece.subjects for piece in pieces]),
            np.concatenate([piece.scores for piece in pieces]),
        )

    def count_pairs(self, thresholds: Sequence[float]) -> PairCounts:
        """One sweep; a second where more pairs reach the lowest threshold than were listed."""
        found = self._swept(thresholds, listed=_FIRST_LIST)
        if found.pairs is None:
            most = max(
                (int(above.max(initial=0)) for above in found.nonmated_at_or_above.values()),
                default=0,
            )
            total = sum(int(above.max(initial=0)) for above in found.nonmated_at_or_above.values())
            if total <= LISTED_PAIRS:
                return self._swept(thresholds, listed=most)
        return found

    def _swept(self, thresholds: Sequence[float], *, listed: int) -> PairCounts:
        who = self.population
        names = np.array(who.groups)
        own = np.where(who.own_sample >= 0, who.own_sample, len(self._gallery))
        strangers = own == len(self._gallery)
        own[strangers] += np.arange(int(strangers.sum()))
        swept = compare_all_pairs(
            self._probes,
            self._gallery,
            probe_subjects=who.probe_subjects,
            reference_subjects=who.gallery_subjects,
            probe_groups=names[who.probe_groups],
            reference_groups=names[who.gallery_groups],
            probe_samples=own,
            reference_samples=np.arange(len(self._gallery)),
            thresholds=thresholds,
            engine=self._engine,
            nonmated_tail=listed if thresholds else 0,
            mated_tail=0,
        )
        above = swept.counts_at_thresholds
        nonmated = {key[:2]: n.comparisons for key, n in swept.strata.items() if not key[2]}
        mated = {key[:2]: n.comparisons for key, n in swept.strata.items() if key[2]}
        nonmated_above = {key[:2]: n for key, n in above.items() if not key[2]}
        pairs = None
        if thresholds and all(n.max() <= listed for n in nonmated_above.values()):
            tails = [tail for key, tail in swept.tail.items() if not key[2]]
            scores = np.concatenate([tail.scores for tail in tails])
            reached = scores >= min(thresholds)
            pairs = Pairs(
                np.concatenate([tail.probes for tail in tails])[reached],
                np.concatenate([tail.references for tail in tails])[reached],
                scores[reached],
            )
        return PairCounts(
            thresholds=tuple(thresholds),
            nonmated=nonmated,
            mated=mated,
            nonmated_at_or_above=nonmated_above,
            mated_at_or_above={key[:2]: n for key, n in above.items() if key[2]},
            pairs=pairs,
            comparisons=swept.comparisons,
            score_error_bound=swept.score_error_bound,
        )


def trial_of_templates(templates: TemplateSet, *, engine: Engine = "int16") -> TemplateTrial:
    """The trial of a template set, whose manifest says who is a probe and who is enrolled.

    Raises
    ------
    InputError
        No probe or no gallery sample.
    """
    manifest = templates.manifest
    gallery = np.flatnonzero(manifest.in_gallery)
    probes = np.flatnonzero(~manifest.in_gallery)
    if not gallery.size or not probes.size:
        raise InputError(
            "an identification test needs probes and a gallery",
            file=templates.source,
            got=f"{probes.size} probes, {gallery.size} gallery samples",
            allowed="at least one of each",
        )
    population = Population(
        probe_subjects=manifest.subject[probes].astype(np.int64),
        gallery_subjects=manifest.subject[gallery].astype(np.int64),
        probe_groups=manifest.group[probes].astype(np.int64),
        gallery_groups=manifest.group[gallery].astype(np.int64),
        own_sample=np.full(probes.size, -1, np.int64),
        people=len(manifest.subjects),
        groups=manifest.groups,
    )
    return TemplateTrial(
        _as_float32(templates, probes),
        _as_float32(templates, gallery),
        population,
        engine=engine,
        source=templates.source,
    )


def _as_float32(templates: TemplateSet, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """Templates as given where they are float32: the engine scales them in float64."""
    if templates.vectors.dtype == np.float32:
        given: NDArray[np.float32] = np.ascontiguousarray(templates.vectors[rows], np.float32)
        return given
    return templates.unit_vectors(rows)
