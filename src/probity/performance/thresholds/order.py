"""Scores as integers of the same order, so that bins, thresholds and ties are exact.

The 64 bits of a double, read as an integer, order like the number itself once the sign is
unfolded: flip every bit of a negative number, only the sign bit of another. A bin is then a
prefix of the key, whatever the range of the scores: histograms need no declared range, merge
across files and machines, and refine by looking at more bits.
"""

import struct

KEY_BITS = 64
_SIGN = 1 << (KEY_BITS - 1)
_ALL = (1 << KEY_BITS) - 1


def key_of(score: float) -> int:
    """The key of a finite score, 0 <= key < 2**64; -0.0 has the key of 0.0."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", score + 0.0))
    return int(bits ^ (_ALL if bits & _SIGN else _SIGN))


def score_of(key: int) -> float:
    """The score that has this key."""
    (score,) = struct.unpack("<d", struct.pack("<Q", key ^ (_SIGN if key & _SIGN else _ALL)))
    return float(score)
