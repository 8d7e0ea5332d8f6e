"""Drawing the spans and durations of a scenario: exactly cut off, from one stream."""

import numpy as np
from scipy import special

from probity.twin.scenario.quantity import Duration, Span
from probity.twin.stages import Floats

_NOTHING = 1e-12
"""A mean or a spread below it moves no microsecond, and its square would leave the floats."""


def draw_span(span: Span, rng: np.random.Generator, *, size: int) -> Floats:
    """Values of a normal distribution cut off at both limits, (size,), in the span's unit."""
    if span.sd == 0:
        return np.full(size, span.mean)
    low = special.ndtr((span.least - span.mean) / span.sd)
    high = special.ndtr((span.most - span.mean) / span.sd)
    drawn = span.mean + span.sd * special.ndtri(rng.uniform(low, high, size))
    return np.clip(drawn, span.least, span.most)


def draw_duration(duration: Duration, rng: np.random.Generator, *, size: int) -> Floats:
    """Values of a gamma distribution cut off at ``most``, (size,), in the duration's unit.

    Mean and coefficient of variation are those before the cut.
    """
    if min(duration.cv, duration.mean) < _NOTHING:
        return np.full(size, duration.mean)
    shape = 1 / duration.cv**2
    scale = duration.mean / shape
    inside = special.gammainc(shape, duration.most / scale)
    drawn = np.asarray(special.gammaincinv(shape, rng.uniform(0, inside, size)), np.float64)
    return np.minimum(drawn * scale, duration.most)
