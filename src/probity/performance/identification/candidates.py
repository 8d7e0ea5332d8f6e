"""Candidate lists: for every probe the people of a gallery who resemble it most.

A candidate is a person, with the highest score among that person's samples. The sample that is
the probe itself is no candidate.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The best candidates of every probe, best first.

    Parameters
    ----------
    subjects : int64, (probes, length)
        Code of the person; ``NOBODY`` where the gallery has fewer people.
    scores : float64, (probes, length)
        Score of each; -inf where there is nobody. Equal scores stand in the order of codes.
    """

    subjects: NDArray[np.int64]
    scores: NDArray[np.float64]

    @staticmethod
    def none(*, probes: int, length: int) -> "Candidates":
        """Lists without anybody."""
        return Candidates(
            np.full((probes, length), NOBODY, np.int64), np.full((probes, length), -np.inf)
        )

    def joined(
        self,
        probes: NDArray[np.int64],
        subjects: NDArray[np.int64],
        scores: NDArray[np.float64],
    ) -> "Candidates":
        """These lists and further comparisons, each given by probe, person and score."""
        held_probe, held_place = np.nonzero(self.subjects != NOBODY)
        return best_candidates(
            np.concatenate([held_probe, probes]),
            np.concatenate([self.subjects[held_probe, held_place], subjects]),
            np.concatenate([self.scores[held_probe, held_place], scores]),
            probes=len(self.subjects),
            length=self.subjects.shape[1],
        )

    def mate_rank(self, probe_subjects: NDArray[np.integer]) -> NDArray[np.int64]:
        """Rank of the right person in each list, counting from 1; 0 where not on it.

        A person with the same score as another stands behind: a tie does not identify.
        """
        is_mate = self.subjects == probe_subjects[:, None]
        score = np.where(is_mate, self.scores, -np.inf).max(axis=1)
        rank = (self.scores >= score[:, None]).sum(axis=1)
        return np.where(is_mate.any(axis=1), rank, 0)

    def mate_score(self, probe_subjects: NDArray[np.integer]) -> NDArray[np.float64]:
        """Score of the right person; -inf where not on the list."""
        is_mate = self.subjects == probe_subjects[:, None]
        best: NDArray[np.float64] = np.where(is_mate, self.scores, -np.inf).max(axis=1)
        return best


def best_candidates(
    probe: NDArray[np.int64],
    subject: NDArray[np.int64],
    score: NDArray[np.float64],
    *,
    probes: int,
    length: int,
) -> Candidates:
    """Lists from comparisons in any order, several to a person allowed; all shapes are (n,)."""
    order = np.lexsort((-score, subject, probe))
    probe, subject, score = probe[order], subject[order], score[order]
    is_best = np.ones(len(probe), np.bool_)
    is_best[1:] = (probe[1:] != probe[:-1]) | (subject[1:] != subject[:-1])
    probe, subject, score = probe[is_best], subject[is_best], score[is_best]
    order = np.lexsort((subject, -score, probe))
    probe, subject, score = probe[order], subject[order], score[order]
    place = np.arange(len(probe)) - np.searchsorted(probe, probe, side="left")
    on_list = place < length
    lists = Candidates.none(probes=probes, length=length)
    lists.subjects[probe[on_list], place[on_list]] = subject[on_list]
    lists.scores[probe[on_list], place[on_list]] = score[on_list]
    return lists
