"""The compiled inner loops: packing, tiles of scores, binning, ranking and exact rescoring.

A tile is the scores of 6 probes against 16 references: 12 vector registers of 8 running sums,
each summed over the template dimension in its own lane in order, so that a score never depends
on the tile, block or thread it was computed in. Tiles are written directly as LLVM vector
operations because a plain loop gives the compiler no reason to keep the tile in registers. The
integer form (widen, multiply, add neighbours) is one instruction on most processors, and exact
on all; the float32 form is a fused multiply-add, correctly rounded on all.

Everything compiled is in this one file: the cache of compiled code is renewed when the file
that holds a function changes, but not when a file that it calls into does.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from probity.performance.engine.fixed_point import (
    BIN_OFFSET,
    BIN_SHIFT,
    SCORE_SCALE,
    TEMPLATE_SCALE,
)

TILE_PROBES = 6
TILE_REFERENCES = 16
LANES = 8
VECTORS = TILE_REFERENCES // LANES
TILE_PAIRS = TILE_PROBES * TILE_REFERENCES
FLAG = np.uint32(1 << 31)
COUNTER = np.uint32((1 << 31) - 1)
SAMPLE_EVERY_TILES = 257

_I16, _I32, _I64, _F32 = ir.IntType(16), ir.IntType(32), ir.IntType(64), ir.FloatType()

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile without the interpreter lock; keep the machine code where a cache can be written."""
    try:
        return numba.njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # no writable place for the cache
        return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]


def _tile(lane: Any, per_step: int, combine: Any, finish: Any) -> Any:
    """Generate the body of a tile: ``combine(builder, sum, probe, reference)`` at every step.

    ``lane`` is the type of one packed element, ``per_step`` how many successive elements of a
    template one step takes, ``finish`` turns a register of sums into int32 at scale 2^30.
    """

    def body(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def data(n: int) -> Any:
            return context.make_array(signature.args[n])(context, builder, args[n]).data

        def at(base: Any, index: Any) -> Any:
            return builder.gep(base, [index])

        def constant(value: int) -> Any:
            return ir.Constant(_I64, value)

        packed = ir.VectorType(lane, LANES * per_step)
        sums = ir.VectorType(_F32 if lane is _F32 else _I32, LANES)
        element = _F32 if lane is _F32 else _I32
        probes, references, out = at(data(0), args[1]), at(data(2), args[3]), data(5)
        before = builder.block
        loop, after = builder.append_basic_block("step"), builder.append_basic_block("after")
        builder.branch(loop)
        builder.position_at_end(loop)
        step = builder.phi(_I64)
        step.add_incoming(constant(0), before)
        registers = [builder.phi(sums) for _ in range(TILE_PROBES * VECTORS)]
        probe_at = builder.mul(step, constant(TILE_PROBES * per_step))
        reference_at = builder.mul(step, constant(TILE_REFERENCES * per_step))
        columns = []
        for v in range(VECTORS):
            place = at(references, builder.add(reference_at, constant(v * LANES * per_step)))
            columns.append(builder.load(builder.bitcast(place, packed.as_pointer()), align=32))
        results = []
        for p in range(TILE_PROBES):
            place = at(probes, builder.add(probe_at, constant(p * per_step)))
            one = builder.load(builder.bitcast(place, element.as_pointer()), align=4)
            row = builder.bitcast(_everywhere(builder, one), packed)
            for v in range(VECTORS):
                register = registers[p * VECTORS + v]
                results.append(combine(builder, register, row, columns[v]))
        following = builder.add(step, constant(1))
        step.add_incoming(following, loop)
        for register, result in zip(registers, results, strict=True):
            register.add_incoming(ir.Constant(sums, [0] * LANES), before)
            register.add_incoming(result, loop)
        builder.cbranch(builder.icmp_signed("<", following, args[4]), loop, after)
        builder.position_at_end(after)
        for n, result in enumerate(results):
            place = builder.bitcast(
                at(out, constant(n * LANES)), ir.VectorType(_I32, LANES).as_pointer()
            )
            builder.store(finish(builder, result), place, align=4)
        return context.get_dummy_value()

    return body


def _everywhere(builder: Any, scalar: Any) -> Any:
    vector = ir.VectorType(scalar.type, LANES)
    nothing = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(nothing, scalar, ir.Constant(_I32, 0))
    return builder.shuffle_vector(
        one, nothing, ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)
    )


def _add_products_of_neighbours(builder: Any, sums: Any, row: Any, column: Any) -> Any:
    wide = ir.VectorType(_I32, 2 * LANES)
    products = builder.mul(builder.sext(row, wide), builder.sext(column, wide))
    nothing = ir.Constant(wide, ir.Undefined)

    def every_second(start: int) -> Any:
        lanes = list(range(start, 2 * LANES, 2))
        return builder.shuffle_vector(
            products, nothing, ir.Constant(ir.VectorType(_I32, LANES), lanes)
        )

    return builder.add(sums, builder.add(every_second(0), every_second(1)))


def _multiply_and_add(builder: Any, sums: Any, row: Any, column: Any) -> Any:
    floats = ir.VectorType(_F32, LANES)
    kind = ir.FunctionType(floats, [floats] * 3)
    fma = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f32")
    return builder.call(fma, [row, column, sums])


def _as_they_are(builder: Any, sums: Any) -> Any:
    del builder
    return sums


def _to_fixed_point(builder: Any, sums: Any) -> Any:
    floats = ir.VectorType(_F32, LANES)
    kind = ir.FunctionType(floats, [floats])
    floor = cgutils.get_or_insert_function(builder.module, kind, f"llvm.floor.v{LANES}f32")
    scaled = builder.fmul(sums, ir.Constant(floats, [float(TEMPLATE_SCALE) ** 2] * LANES))
    return builder.fptosi(builder.call(floor, [scaled]), ir.VectorType(_I32, LANES))


@intrinsic
def _tile_of(
    typing: Any, probes: Any, p0: Any, references: Any, r0: Any, steps: Any, out: Any
) -> Any:
    """Scores of one tile at scale 2^30, by the type that the templates are packed as."""
    del typing
    signature = types.void(probes, p0, references, r0, steps, out)
    if probes.dtype == types.int16:
        return signature, _tile(_I16, 2, _add_products_of_neighbours, _as_they_are)
    return signature, _tile(_F32, 1, _multiply_and_add, _to_fixed_point)


@compiled
def dot(a, b):  # type: ignore[no-untyped-def]
    """Sum of products in float64, in a fixed order: eight interleaved sums, then their sum.

    The product of two float32 is exact in float64, so fusing the multiplication and the
    addition, or not, changes nothing.
    """
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = len(a) // 8 * 8
    for k in range(0, whole, 8):
        s0 += np.float64(a[k]) * np.float64(b[k])
        s1 += np.float64(a[k + 1]) * np.float64(b[k + 1])
        s2 += np.float64(a[k + 2]) * np.float64(b[k + 2])
        s3 += np.float64(a[k + 3]) * np.float64(b[k + 3])
        s4 += np.float64(a[k + 4]) * np.float64(b[k + 4])
        s5 += np.float64(a[k + 5]) * np.float64(b[k + 5])
        s6 += np.float64(a[k + 6]) * np.float64(b[k + 6])
        s7 += np.float64(a[k + 7]) * np.float64(b[k + 7])
    rest = 0.0
    for k in range(whole, len(a)):
        rest += np.float64(a[k]) * np.float64(b[k])
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)) + rest


@compiled
def squared_norms(values, out):  # type: ignore[no-untyped-def]
    """Squared length of every row, summed as ``dot`` sums."""
    for i in range(len(values)):
        out[i] = dot(values[i], values[i])


@compiled
def score(a, b, squared_a, squared_b):  # type: ignore[no-untyped-def]
    """Cosine of two templates in float64; exactly 1 for a template against itself."""
    return min(1.0, max(-1.0, dot(a, b) / np.sqrt(squared_a * squared_b)))


@compiled
def scores_of_pairs(probes, references, squared_p, squared_r, i, j, out):  # type: ignore[no-untyped-def]
    """Exact score of each listed pair of rows."""
    for n in range(len(i)):
        a, b = i[n], j[n]
        out[n] = score(probes[a], references[b], squared_p[a], squared_r[b])


@compiled
def _put_int16(packed, panel, place, k, exact):  # type: ignore[no-untyped-def]
    """Round one number into its place; the square of what that left."""
    whole = min(32767.0, max(-32767.0, np.rint(exact)))
    packed[panel, k >> 1, place, k & 1] = np.int16(whole)
    return (exact - whole) * (exact - whole)


@compiled
def _put_float32(packed, panel, place, k, exact):  # type: ignore[no-untyped-def]
    """Round one number into its place; the square of what that left."""
    near = np.float32(exact)
    packed[panel, k, place] = near
    return (exact - near) * (exact - near)


@compiled
def pack(values, squared, rows, height, scale, packed, residuals):  # type: ignore[no-untyped-def]
    """Unit templates x ``scale`` in panels of ``height`` rows; the length that rounding left.

    ``packed`` is zeroed: int16 of shape (panels, steps, height, 2), or float32 of shape
    (panels, steps, height).
    """
    put = _put_int16 if packed.ndim == 4 else _put_float32
    dimension = values.shape[1]
    whole = dimension // 4 * 4
    for n in range(len(rows)):
        row, panel, place = rows[n], n // height, n % height
        factor = scale / np.sqrt(squared[row])
        left0 = left1 = left2 = left3 = 0.0
        for k in range(0, whole, 4):
            left0 += put(packed, panel, place, k, np.float64(values[row, k]) * factor)
            left1 += put(packed, panel, place, k + 1, np.float64(values[row, k + 1]) * factor)
            left2 += put(packed, panel, place, k + 2, np.float64(values[row, k + 2]) * factor)
            left3 += put(packed, panel, place, k + 3, np.float64(values[row, k + 3]) * factor)
        rest = 0.0
        for k in range(whole, dimension):
            rest += put(packed, panel, place, k, np.float64(values[row, k]) * factor)
        residuals[n] = np.sqrt((left0 + left2) + (left1 + left3) + rest) / scale


@compiled
def sweep(  # type: ignore[no-untyped-def]
    probes, references, steps, shape, chunk, start, bins, found_i, found_j, found_score
):
    """Bin the pairs of a block; list those in flagged bins; stop where the list could overflow.

    Parameters
    ----------
    probes, references : int16 or float32, one dimension
        Packed panels.
    steps : int
        Steps over the template dimension.
    shape : (int, int)
        Probes and references in the block, without padding.
    chunk : int
        Probe panels that stay in the cache while the reference panels pass.
    start : int
        Where to begin, as returned when the list was full.
    bins : uint32
        Counters; the highest bit flags a bin whose pairs are to be listed.
    found_i, found_j, found_score : int32
        The list: position of the probe and of the reference in the block, score x 2^30.

    Returns
    -------
    (int, int)
        Where to go on (the end when equal to chunks x reference panels); pairs listed.
    """
    tile = np.empty(TILE_PAIRS, np.int32)
    places = np.empty(TILE_PAIRS, np.uint32)
    size_p = steps * TILE_PROBES * (2 if probes.itemsize == 2 else 1)
    size_r = steps * TILE_REFERENCES * (2 if probes.itemsize == 2 else 1)
    panels_p = -(-shape[0] // TILE_PROBES)
    panels_r = -(-shape[1] // TILE_REFERENCES)
    chunks = -(-panels_p // chunk)
    found = 0
    for position in range(start, chunks * panels_r):
        if found + chunk * TILE_PAIRS > len(found_i):
            return position, found
        first = position // panels_r * chunk
        r = position % panels_r
        columns = min(TILE_REFERENCES, shape[1] - r * TILE_REFERENCES)
        for p in range(first, min(first + chunk, panels_p)):
            _tile_of(probes, p * size_p, references, r * size_r, steps, tile)
            rows = min(TILE_PROBES, shape[0] - p * TILE_PROBES)
            seen = np.uint32(0)
            if rows == TILE_PROBES and columns == TILE_REFERENCES:
                for n in range(TILE_PAIRS):
                    places[n] = (tile[n] >> BIN_SHIFT) + BIN_OFFSET
                for n in range(TILE_PAIRS):
                    b = places[n]  # unsigned: no test for indices counted from the end
                    before = bins[b]
                    bins[b] = before + np.uint32(1)
                    seen |= before
            else:
                for row in range(rows):
                    for column in range(columns):
                        b = (tile[row * TILE_REFERENCES + column] >> BIN_SHIFT) + BIN_OFFSET
                        before = bins[b]
                        bins[b] = before + np.uint32(1)
                        seen |= before
            sampled = (position + p) % SAMPLE_EVERY_TILES == 0
            if seen & FLAG or sampled:
                chosen = (position + p) // SAMPLE_EVERY_TILES % (rows * columns) if sampled else -1
                for row in range(rows):
                    for column in range(columns):
                        value = tile[row * TILE_REFERENCES + column]
                        flagged = bins[(value >> BIN_SHIFT) + BIN_OFFSET] & FLAG
                        if flagged or row * columns + column == chosen:
                            found_i[found] = p * TILE_PROBES + row
                            found_j[found] = r * TILE_REFERENCES + column
                            found_score[found] = value
                            found += 1
    return chunks * panels_r, found


@compiled
def screened_scores(probes, references, steps, i, j, out):  # type: ignore[no-untyped-def]
    """The screen's score x 2^30 of each listed pair, as the tile that holds it gives it."""
    tile = np.empty(TILE_PAIRS, np.int32)
    size_p = steps * TILE_PROBES * (2 if probes.itemsize == 2 else 1)
    size_r = steps * TILE_REFERENCES * (2 if probes.itemsize == 2 else 1)
    held_p = held_r = -1
    for n in range(len(i)):
        p, r = i[n] // TILE_PROBES, j[n] // TILE_REFERENCES
        if p != held_p or r != held_r:
            _tile_of(probes, p * size_p, references, r * size_r, steps, tile)
            held_p, held_r = p, r
        out[n] = tile[i[n] % TILE_PROBES * TILE_REFERENCES + j[n] % TILE_REFERENCES]


@compiled
def _keep_best(i, k, slack, floors, counts, held_j, held_score):  # type: ignore[no-untyped-def]
    """Drop held references of probe i that cannot be among its k best, by screened score."""
    count = counts[i]
    if count < k:
        return
    kth = np.partition(held_score[i, :count], count - k)[count - k]
    floors[i] = max(floors[i], max(np.int64(kth) - slack, np.int64(-(1 << 31))))
    kept = 0
    for n in range(count):
        if held_score[i, n] >= floors[i]:
            held_j[i, kept] = held_j[i, n]
            held_score[i, kept] = held_score[i, n]
            kept += 1
    counts[i] = kept


@compiled
def _best_exactly(i, k, values_p, values_r, squared_p, squared_r, counts, held_j, held_score):  # type: ignore[no-untyped-def]
    """Positions of the k best held references of probe i and their exact scores, best first.

    Held references are in ascending order, so a stable sort puts the lower of equals first.
    """
    count = counts[i]
    exact = np.empty(count)
    worst = 0.0
    for n in range(count):
        j = held_j[i, n]
        exact[n] = score(values_p[i], values_r[j], squared_p[i], squared_r[j])
        worst = max(worst, abs(exact[n] - held_score[i, n] / SCORE_SCALE))
    order = np.argsort(-exact, kind="mergesort")[:k]
    return order, exact[order], worst


@compiled
def rank(  # type: ignore[no-untyped-def]
    probes,
    references,
    steps,
    shape,
    chunk,
    offset,
    slack,
    k,
    values_p,
    values_r,
    squared_p,
    squared_r,
    floors,
    counts,
    held_j,
    held_score,
):
    """Hold, for each probe, the references of this block that may be among its k best.

    Parameters
    ----------
    probes, references, steps, shape, chunk
        As in ``sweep``.
    offset : int
        Row of the block's first reference in ``values_r``.
    slack : int
        Twice the bound between screened and exact scores, x 2^30, rounded up.
    values_p, values_r, squared_p, squared_r
        Templates and squared lengths; ``values_p`` are the probes of the block alone.
    floors : int32, (n_probes,)
        A reference screened lower than this cannot be among the k best.
    counts : int64, (n_probes,)
        References held.
    held_j : int64, (n_probes, room); held_score : int32, (n_probes, room)
        Their rows, ascending, and screened scores x 2^30; room >= k + 16.
    """
    tile = np.empty(TILE_PAIRS, np.int32)
    size_p = steps * TILE_PROBES * (2 if probes.itemsize == 2 else 1)
    size_r = steps * TILE_REFERENCES * (2 if probes.itemsize == 2 else 1)
    panels_p = -(-shape[0] // TILE_PROBES)
    panels_r = -(-shape[1] // TILE_REFERENCES)
    room = held_j.shape[1]
    for first in range(0, panels_p, chunk):
        for r in range(panels_r):
            columns = min(TILE_REFERENCES, shape[1] - r * TILE_REFERENCES)
            for p in range(first, min(first + chunk, panels_p)):
                _tile_of(probes, p * size_p, references, r * size_r, steps, tile)
                for row in range(min(TILE_PROBES, shape[0] - p * TILE_PROBES)):
                    i = p * TILE_PROBES + row
                    start = row * TILE_REFERENCES
                    best = tile[start]
                    for column in range(TILE_REFERENCES):
                        best = max(best, tile[start + column])
                    if best < floors[i]:
                        continue
                    for column in range(columns):
                        if tile[start + column] >= floors[i]:
                            held_j[i, counts[i]] = offset + r * TILE_REFERENCES + column
                            held_score[i, counts[i]] = tile[start + column]
                            counts[i] += 1
                    if counts[i] > room - TILE_REFERENCES:
                        _keep_best(i, k, slack, floors, counts, held_j, held_score)
                    if counts[i] > room - TILE_REFERENCES:  # too many are too close to part
                        order, _, _ = _best_exactly(
                            i,
                            k,
                            values_p,
                            values_r,
                            squared_p,
                            squared_r,
                            counts,
                            held_j,
                            held_score,
                        )
                        order = np.sort(order)
                        held_j[i, :k] = held_j[i][order]
                        held_score[i, :k] = held_score[i][order]
                        counts[i] = k


@compiled
def settle(  # type: ignore[no-untyped-def]
    k,
    slack,
    values_p,
    values_r,
    squared_p,
    squared_r,
    floors,
    counts,
    held_j,
    held_score,
    best_j,
    best_score,
):
    """The k best references of each probe by exact score; the largest difference to the screen."""
    worst = 0.0
    for i in range(len(counts)):
        _keep_best(i, k, slack, floors, counts, held_j, held_score)
        order, exact, difference = _best_exactly(
            i, k, values_p, values_r, squared_p, squared_r, counts, held_j, held_score
        )
        worst = max(worst, difference)
        best_j[i] = held_j[i][order]
        best_score[i] = exact
    return worst
