"""From a passing person to usable frames.

A pass has Poisson many usable frames with mean dwell time x frames per second x usable share;
of them at most ``most_frames`` are compared. The usable share falls in the dark, and by
1 / (1 + rate / half) in a crowd. Dwell times are taken at equally likely quantiles of their
distribution, so that frames have probabilities in closed form.
"""

import numpy as np
from scipy import special

from probity.twin.scenario import Capture
from probity.twin.stages import Floats, Ints

_QUANTILES = 64


def dwell_quantiles(capture: Capture) -> Floats:
    """Equally likely dwell times in seconds, (n_quantiles,), or (1,) where all are the same."""
    dwell = capture.dwell_s
    if dwell.cv == 0 or dwell.mean == 0:
        return np.array([dwell.mean])
    shape = 1 / dwell.cv**2
    scale = dwell.mean / shape
    inside = special.gammainc(shape, dwell.most / scale)
    middles = (np.arange(_QUANTILES) + 0.5) / _QUANTILES * inside
    quantiles = np.asarray(special.gammaincinv(shape, middles), np.float64) * scale
    return np.minimum(quantiles, dwell.most)


def usable_frames_per_s(capture: Capture, *, hour: Ints, faces_per_hour: Floats) -> Floats:
    """Mean usable frames in a second of a pass, by hour of the day and rate of passers-by."""
    light = (hour >= capture.light_from_hour) & (hour < capture.light_to_hour)
    lit = np.where(light, 1.0, capture.dark_factor)
    thinned = 1 / (1 + faces_per_hour / capture.crowding_half_faces_per_hour)
    frames: Floats = capture.frames_per_s * capture.usable_frame_share * lit * thinned
    return frames


def frame_probabilities(capture: Capture, *, frames_per_s: Floats) -> Floats:
    """Probabilities of 0, 1, ... ``most_frames`` compared frames; shape (..., most_frames + 1)."""
    expected = frames_per_s[..., None] * dwell_quantiles(capture)
    most = capture.most_frames
    of = np.empty((*frames_per_s.shape, most + 1))
    term = np.exp(-expected)
    for frames in range(most):
        of[..., frames] = term.mean(axis=-1)
        term *= expected / (frames + 1)
    of[..., most] = np.maximum(1 - of[..., :most].sum(axis=-1), 0.0)
    return of
