"""SHA-256 of many short messages at once, sixteen side by side.

One call of a library's hash function costs more than hashing the few hundred bytes of a log
entry. Here each of the sixteen lanes of a vector works on its own message, so that the cost of
the call is paid once for all of them. Written as LLVM vector operations, because a plain loop
gives the compiler no reason to keep the state in registers; a machine with narrower vectors
uses several of them.

Source: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1 and 6.2. Everything compiled is in this one file:
the cache of compiled code is not renewed when a file that it calls into changes.
"""

from math import isqrt
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from probity.core.compiled import compiled

LANES = 16
_WINDOW = 4096
# The last byte of a block that leaves room for the mark behind the message and its length.
_ROOM = 55
_WORD = ir.IntType(32)
_VECTOR = ir.VectorType(_WORD, LANES)
_MASK = (1 << 32) - 1


def _first_primes(count: int) -> list[int]:
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return primes


def _cube_root(value: int) -> int:
    root: int = round(value ** (1 / 3))
    while root**3 > value:
        root -= 1
    while (root + 1) ** 3 <= value:
        root += 1
    return root


# The first 32 bits of the fractional parts of roots of the first primes (4.2.2, 5.3.3).
_ROUND_CONSTANTS = [_cube_root(prime << 96) & _MASK for prime in _first_primes(64)]
_START = np.array([isqrt(prime << 64) & _MASK for prime in _first_primes(8)], dtype=np.uint32)


class _Rounds:
    """Writes the rounds of SHA-256 on vectors into the function that is being compiled."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def splat(self, value: int) -> Any:
        """The same word in every lane."""
        return ir.Constant(_VECTOR, [value] * LANES)

    def rotate(self, value: Any, places: int) -> Any:
        """Rotate every word right."""
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        name = f"llvm.fshr.v{LANES}i32"
        shift = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(shift, [value, value, self.splat(places)])

    def add(self, *values: Any) -> Any:
        """Sum modulo 2^32."""
        total = values[0]
        for value in values[1:]:
            total = self.builder.add(total, value)
        return total

    def xor(self, *values: Any) -> Any:
        """Exclusive or."""
        total = values[0]
        for value in values[1:]:
            total = self.builder.xor(total, value)
        return total

    def next_word(self, words: list[Any]) -> Any:
        """The next word of the message schedule, from the last 16 (6.2.2, step 1)."""
        early, late = words[1], words[14]
        low = self.xor(
            self.rotate(early, 7), self.rotate(early, 18), self.builder.lshr(early, self.splat(3))
        )
        high = self.xor(
            self.rotate(late, 17), self.rotate(late, 19), self.builder.lshr(late, self.splat(10))
        )
        return self.add(words[0], low, words[9], high)

    def compressed(self, state: list[Any], words: list[Any]) -> list[Any]:
        """The state after one block (6.2.2, steps 2 to 4)."""
        a, b, c, d, e, f, g, h = state
        for constant in _ROUND_CONSTANTS:
            choice = self.xor(g, self.builder.and_(e, self.xor(f, g)))
            majority = self.xor(self.builder.and_(a, self.xor(b, c)), self.builder.and_(b, c))
            first = self.add(
                h,
                self.xor(self.rotate(e, 6), self.rotate(e, 11), self.rotate(e, 25)),
                choice,
                self.add(words[0], self.splat(constant)),
            )
            second = self.add(
                self.xor(self.rotate(a, 2), self.rotate(a, 13), self.rotate(a, 22)), majority
            )
            a, b, c, d, e, f, g, h = self.add(first, second), a, b, c, self.add(d, first), e, f, g
            words = [*words[1:], self.next_word(words)]
        return [self.add(x, y) for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


def _type_compress(typing: Any, state: Any, words: Any) -> Any:
    """Take the next block: state (8, 16) and words (16, 16), lanes last, uint32."""
    del typing

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        bases = [
            context.make_array(kind)(context, builder, arg).data
            for kind, arg in zip(signature.args, args, strict=True)
        ]
        state_at, words_at = (
            [
                builder.bitcast(
                    builder.gep(base, [ir.Constant(_WORD, row * LANES)]), _VECTOR.as_pointer()
                )
                for row in range(rows)
            ]
            for base, rows in zip(bases, (8, 16), strict=True)
        )
        before = [builder.load(place, align=4) for place in state_at]
        block = [builder.load(place, align=4) for place in words_at]
        for place, value in zip(state_at, _Rounds(builder).compressed(before, block), strict=True):
            builder.store(value, place, align=4)
        return context.get_dummy_value()

    return types.void(state, words), write


_compress: Any = intrinsic(_type_compress)


def _type_load(typing: Any, data: Any, start: Any, words: Any, lane: Any) -> Any:
    """Put 64 bytes from ``start`` on into one lane of the words, most significant byte first."""
    del typing

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        source = context.make_array(signature.args[0])(context, builder, args[0]).data
        target = context.make_array(signature.args[2])(context, builder, args[2]).data
        swap = builder.module.declare_intrinsic("llvm.bswap", [_WORD])
        first = builder.bitcast(builder.gep(source, [args[1]]), _WORD.as_pointer())
        column = builder.gep(target, [args[3]])
        for n in range(16):
            word = builder.load(builder.gep(first, [ir.Constant(_WORD, n)]), align=1)
            place = builder.gep(column, [ir.Constant(_WORD, n * LANES)])
            builder.store(builder.call(swap, [word]), place)
        return context.get_dummy_value()

    return types.void(data, start, words, lane), write


_load: Any = intrinsic(_type_load)


@compiled
def _fill(
    data: Any, start: int, length: int, prefix: int, block: int, scratch: Any, words: Any, lane: int
) -> None:
    """Put one padded block of a prefixed message into a lane (5.1.1)."""
    first = block * 64 - 1  # counted in the message without its prefix
    if start + first >= 0 and start + first + 64 <= data.shape[0]:
        _load(data, start + first, words, lane)
    else:
        for n in range(max(first, 0), min(first + 64, length)):
            scratch[n - first] = data[start + n]
        _load(scratch, 0, words, lane)
    if block == 0:
        words[0, lane] = (words[0, lane] & np.uint32(0x00FFFFFF)) | np.uint32(prefix << 24)
    if first + 64 <= length:
        return
    end = length - first  # of the message within the block; below 0 if the block before held it
    if end >= 0:
        kept = np.uint32(8 * (4 - end % 4))  # bits after the message in its last word; 32: all
        last = np.uint64(words[end // 4, lane]) >> np.uint64(kept) << np.uint64(kept)
        words[end // 4, lane] = last | np.uint64(0x80) << np.uint64(kept - 8)
    for n in range(max(end // 4 + 1, 0), 16):
        words[n, lane] = 0
    if end <= _ROOM:
        words[14, lane] = (length + 1) * 8 >> 32
        words[15, lane] = (length + 1) * 8 & 0xFFFFFFFF


@compiled
def _digests(data: Any, starts: Any, lengths: Any, prefix: int, order: Any) -> Any:
    """The digests as words, (n, 8); messages go side by side in the given order."""
    total = starts.shape[0]
    digests = np.empty((total, 8), dtype=np.uint32)
    state = np.empty((8, LANES), dtype=np.uint32)
    words = np.zeros((16, LANES), dtype=np.uint32)
    scratch = np.zeros(64, dtype=np.uint8)
    for group in range(0, total, LANES):
        used = min(LANES, total - group)
        most = 0
        for lane in range(used):
            most = max(most, (lengths[order[group + lane]] + 73) // 64)
        for row in range(8):
            state[row, :] = _START[row]
        for block in range(most):
            for lane in range(used):
                one = order[group + lane]
                if block < (lengths[one] + 73) // 64:
                    _fill(data, starts[one], lengths[one], prefix, block, scratch, words, lane)
            _compress(state, words)
            for lane in range(used):
                one = order[group + lane]
                if block == (lengths[one] + 73) // 64 - 1:
                    for row in range(8):
                        digests[one, row] = state[row, lane]
    return digests


def side_by_side(
    data: bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64], *, prefix: int
) -> NDArray[np.uint8]:
    """SHA-256 of one byte ``prefix`` and each message.

    Parameters
    ----------
    data : bytes
        All the messages.
    starts, lengths : int64, (n,)
        Where each message lies in ``data``.
    prefix : int
        One byte, put before each message.

    Returns
    -------
    uint8, (n, 32)
        The digests, in the order of ``starts``.
    """
    blocks = ((lengths + 73) // 64).astype(np.uint16)
    order = np.empty(len(starts), dtype=np.int64)
    # Like lengths side by side, but near each other in memory.
    for first in range(0, len(starts), _WINDOW):
        part = slice(first, first + _WINDOW)
        order[part] = first + np.argsort(blocks[part], kind="stable")
    words = _digests(np.frombuffer(data, dtype=np.uint8), starts, lengths, prefix, order)
    digests: NDArray[np.uint8] = words.astype(">u4").view(np.uint8).reshape(-1, 32)
    return digests
