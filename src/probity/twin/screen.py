"""Frames against every listed entry: screened in single precision, decided in double.

The product of two blocks in single precision finds the few pairs that can reach the threshold;
only those are scored again in double precision, in an order of summation that no number of
threads changes. The screen lets through every pair that double precision would accept: rounding
moves a dot product of d terms by at most (d + 2) eps |x| |w|.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.twin.stages import Floats, Ints

_FRAMES = 1_024
_ENTRIES = 8_192  # 32 MB of single-precision scores in one block
_EPSILON = float(np.finfo(np.float32).eps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Pairs at or above the threshold, each array (n_pairs,), by frame and then by entry."""

    frame: Ints
    entry: Ints
    score: Floats


def at_or_above(
    frames: Floats, *, entries: NDArray[np.float32], thresholds: Floats | float
) -> Pairs:
    """Every pair of a frame and an entry whose score reaches the frame's threshold.

    Parameters
    ----------
    frames : float64, (n_frames, d)
    entries : float32, (n_entries, d)
        Unit vectors.
    thresholds : float64, (n_frames,) or one number
        On the latent scale.
    """
    cuts = np.broadcast_to(np.asarray(thresholds, dtype=np.float64), frames.shape[:1])
    slack = (frames.shape[1] + 2) * _EPSILON * np.linalg.norm(frames, axis=1) * 1.01
    screen = np.nextafter((cuts - slack).astype(np.float32), np.float32(-np.inf))
    single = frames.astype(np.float32)
    rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for top in range(0, len(frames), _FRAMES):
        block = single[top : top + _FRAMES]
        for left in range(0, len(entries), _ENTRIES):
            scores = block @ entries[left : left + _ENTRIES].T
            near = np.flatnonzero(scores >= screen[top : top + _FRAMES, None])
            rows.append(near // scores.shape[1] + top)
            columns.append(near % scores.shape[1] + left)
    frame, entry = np.concatenate(rows), np.concatenate(columns)
    score = scores_of(frames, entries, frame=frame, entry=entry)
    kept = np.flatnonzero(score >= cuts[frame])
    kept = kept[np.lexsort((entry[kept], frame[kept]))]
    return Pairs(frame=frame[kept], entry=entry[kept], score=score[kept])


def scores_of(frames: Floats, entries: NDArray[np.float32], *, frame: Ints, entry: Ints) -> Floats:
    """Scores of named pairs in double precision; see ``at_or_above`` for the shapes."""
    scores: Floats = np.einsum("nd,nd->n", frames[frame], entries[entry].astype(np.float64))
    return scores
