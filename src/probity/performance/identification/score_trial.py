"""An identification test from a score file that holds every probe against the whole gallery."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.identification.candidates import Candidates
from probity.performance.identification.gallery import NestedGalleries
from probity.performance.identification.score_people import Codes, People, read_people
from probity.performance.identification.trial import (
    LISTED_PAIRS,
    PairCounts,
    Pairs,
    Population,
)
from probity.performance.scores.batch import ScoreBatch, ScoreSet


class ScoreTrial:
    """Searches made from scores. Read batch by batch: once to learn who is in it, once a use.

    Raises
    ------
    InputError
        A column is missing, an id stands for two people, or a probe was not compared with the
        whole gallery, each sample once.
    """

    def __init__(self, scores: ScoreSet) -> None:
        self.source = scores.source
        self._scores = scores
        self._people: People = read_people(scores)

    @property
    def population(self) -> Population:
        """Who was tested."""
        return self._people.population

    def search(self, galleries: NestedGalleries, *, length: int) -> tuple[Candidates, ...]:
        """Candidate lists in each sub-gallery, from one reading."""
        who = self.population
        segment = galleries.segment()[who.gallery_subjects]
        parts = [
            Candidates.none(probes=len(who.probe_subjects), length=length) for _ in galleries.sizes
        ]
        for batch in self._batches():
            probe, sample, score = self._others(batch)
            for number in range(len(parts)):
                held = parts[number]
                near = (segment[sample] == number) & (score >= held.scores[probe, -1])
                if near.any():
                    parts[number] = held.joined(
                        probe[near], who.gallery_subjects[sample[near]], score[near]
                    )
        found = [parts[0]]
        for part in parts[1:]:
            probe, place = np.nonzero(part.subjects >= 0)
            found.append(
                found[-1].joined(probe, part.subjects[probe, place], part.scores[probe, place])
            )
        return tuple(found)

    def count_pairs(self, thresholds: Sequence[float]) -> PairCounts:
        """Every comparison of the file, those of a sample with itself left out."""
        who = self.population
        groups = len(who.groups)
        cuts = np.sort(np.array(thresholds, np.float64))
        # By stratum, mated or not, and how many thresholds a score reaches.
        counts = np.zeros((groups * groups, 2, len(cuts) + 1), np.int64)
        listed: list[tuple[Codes, Codes, NDArray[np.float64]]] | None = [] if len(cuts) else None
        listed_so_far = 0
        for batch in self._batches():
            probe, sample, score = self._others(batch)
            stratum = who.probe_groups[probe] * groups + who.gallery_groups[sample]
            mated = who.probe_subjects[probe] == who.gallery_subjects[sample]
            reached = np.searchsorted(cuts, score, side="right")
            cell = (stratum * 2 + mated) * (len(cuts) + 1) + reached
            counts += np.bincount(cell, minlength=counts.size).reshape(counts.shape)
            if listed is not None:
                near = ~mated & (reached > 0)
                listed_so_far += int(near.sum())
                listed.append((probe[near], sample[near], score[near]))
                if listed_so_far > LISTED_PAIRS:
                    listed = None
        at_or_above = counts[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
        order = np.searchsorted(cuts, np.array(thresholds, np.float64)) + 1
        strata = [(p, g) for p in who.groups for g in who.groups]
        pairs = None
        if listed is not None:
            pairs = Pairs(
                np.concatenate([piece[0] for piece in listed] or [np.empty(0, np.int64)]),
                np.concatenate([piece[1] for piece in listed] or [np.empty(0, np.int64)]),
                np.concatenate([piece[2] for piece in listed] or [np.empty(0)]),
            )
        return PairCounts(
            thresholds=tuple(thresholds),
            nonmated={key: int(at_or_above[i, 0, 0]) for i, key in enumerate(strata)},
            mated={key: int(at_or_above[i, 1, 0]) for i, key in enumerate(strata)},
            nonmated_at_or_above={key: at_or_above[i, 0, order] for i, key in enumerate(strata)},
            mated_at_or_above={key: at_or_above[i, 1, order] for i, key in enumerate(strata)},
            pairs=pairs,
            comparisons=int(counts.sum()),
            score_error_bound=0.0,
        )

    def _batches(self) -> Iterator[ScoreBatch]:
        return self._scores.batches(self._people.id_columns)

    def _others(self, batch: ScoreBatch) -> tuple[Codes, Codes, NDArray[np.float64]]:
        """Probe, gallery sample and score of every comparison but those of one sample."""
        probe_column, reference_column = self._people.id_columns
        probe = batch.labels[probe_column].astype(np.int64)
        sample = batch.labels[reference_column].astype(np.int64)
        other = self.population.own_sample[probe] != sample
        return probe[other], sample[other], batch.score[other].astype(np.float64)


def trial_of_scores(scores: ScoreSet) -> ScoreTrial:
    """The trial of a complete score file. See ``ScoreTrial``."""
    trial = ScoreTrial(scores)
    if not len(trial.population.probe_subjects):
        raise InputError("there is no comparison", file=scores.source, allowed="at least one")
    return trial
