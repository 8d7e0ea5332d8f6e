"""Templates normalised, rounded and laid out for the tiles, with what the rounding left."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from probity.performance.engine import kernels
from probity.performance.engine.engines import Screen
from probity.performance.engine.fixed_point import SCORE_SCALE, TEMPLATE_SCALE
from probity.performance.engine.side import Side

T = TypeVar("T", bound=np.generic)
# Half of a small second-level cache.
CACHED_BYTES = 192 * 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """Panels of a block of templates and the largest length that rounding took off one."""

    panels: NDArray[np.int16] | NDArray[np.float32]
    steps: int
    size: int
    residual: float


def pack(side: Side, rows: NDArray[np.int64], *, screen: Screen, height: int) -> Packed:
    """The given rows in panels of ``height`` templates; the last panel is filled with zeros."""
    dimension = side.values.shape[1]
    panels = -(-len(rows) // height)
    residuals = np.empty(len(rows))
    if screen == "int16":
        steps = -(-dimension // 2)
        whole = _aligned((panels, steps, height, 2), np.int16)
        kernels.pack(
            side.values, side.squared_norms, rows, height, float(TEMPLATE_SCALE), whole, residuals
        )
        return Packed(whole.reshape(-1), steps, len(rows), float(residuals.max()))
    single = _aligned((panels, dimension, height), np.float32)
    kernels.pack(side.values, side.squared_norms, rows, height, 1.0, single, residuals)
    return Packed(single.reshape(-1), dimension, len(rows), float(residuals.max()))


def panels_in_cache(probes: Packed) -> int:
    """Probe panels that stay in the cache while the reference panels pass."""
    steps_take_bytes = 4  # two int16 or one float32
    return max(1, CACHED_BYTES // (probes.steps * kernels.TILE_PROBES * steps_take_bytes))


def score_error_bound(
    probe_residual: float, reference_residual: float, *, dimension: int, screen: Screen
) -> float:
    """Largest difference that screened and exact scores can have.

    With unit templates u = p + r and v = q + t, where p and q are what the screen holds,
    u.v - p.q = u.t + r.v - r.t, so |u.v - p.q| <= |t| + |r| + |r||t|. The float32 screen adds
    the rounding of its sum, at most d e / (1 - d e) |p||q| with e = 2^-24 (Higham, Accuracy and
    Stability of Numerical Algorithms, section 3.1), and of its fixed point, 2^-30. The last term
    covers the float64 arithmetic of the exact score and of this bound.
    """
    bound = probe_residual + reference_residual + probe_residual * reference_residual
    if screen == "float32":
        rounding = dimension * 2.0**-24
        held = (1 + probe_residual) * (1 + reference_residual)
        bound += rounding / (1 - rounding) * held + 1 / SCORE_SCALE
    return bound + (dimension + 32) * 2.0**-51


def _aligned(shape: tuple[int, ...], kind: type[T]) -> NDArray[T]:
    """Zeros that start on a cache line, as the tiles' loads need."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.zeros(size + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size].view(kind).reshape(shape)
