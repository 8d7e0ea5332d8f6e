"""Templates normalised, rounded and laid out for the tiles, with what the rounding left."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from probity.performance.engine import kernels
from probity.performance.engine.engines import Screen
from probity.performance.engine.fixed_point import SCORE_SCALE
from probity.performance.engine.side import Side

T = TypeVar("T", bound=np.generic)
# Most of a small second-level cache; and more panels gain nothing (measured).
CACHED_BYTES = 384 * 1024
MOST_PANELS = 32
MOST_KEPT_BYTES = 128 * 1024**2


@dataclass(frozen=True, slots=True)
class Packed:
    """A block of templates, and the largest length that rounding took off one."""

    panels: kernels.Panels
    residual: float


def pack(side: Side, rows: NDArray[np.int64], *, screen: Screen, height: int) -> Packed:
    """The given rows in panels of ``height`` templates; the last panel is filled with zeros."""
    dimension = side.values.shape[1]
    panels = -(-len(rows) // height)
    left = np.empty(len(rows))
    packed: NDArray[np.int16] | NDArray[np.float32]
    if screen == "int16":
        steps = -(-dimension // 2)
        packed = _aligned((panels, steps, height, 2), np.int16)
        kernels.pack_int16(side.templates, rows, height, packed, left)
    else:
        steps = dimension
        packed = _aligned((panels, steps, height), np.float32)
        kernels.pack_float32(side.templates, rows, height, packed, left)
    return Packed(kernels.Panels(packed.reshape(-1), steps, len(rows)), float(left.max()))


class Packer:
    """Packs pieces of one comparison's sides, and keeps the latest ones for the next block.

    Blocks that share probes or references then share their packing. At most ``MOST_KEPT_BYTES``
    are kept; threads may pack the same piece twice, and get the same.
    """

    def __init__(self, *, screen: Screen) -> None:
        self.screen = screen
        self._kept: OrderedDict[tuple[int, int, int, int], Packed] = OrderedDict()
        self._lock = Lock()

    def pack(self, side: Side, piece: tuple[int, int], *, height: int) -> Packed:
        """Templates at these positions of the side's ``rows``."""
        key = (id(side), height, *piece)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        packed = pack(side, side.rows[slice(*piece)], screen=self.screen, height=height)
        with self._lock:
            self._kept[key] = packed
            while sum(each.panels.values.nbytes for each in self._kept.values()) > MOST_KEPT_BYTES:
                self._kept.popitem(last=False)
        return packed


def panels_in_cache(probes: kernels.Panels) -> int:
    """Probe panels that stay in the cache while the reference panels pass."""
    step_takes_bytes = 4  # two int16 or one float32
    one_panel = probes.steps * kernels.TILE_PROBES * step_takes_bytes
    return min(MOST_PANELS, max(1, CACHED_BYTES // one_panel))


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
