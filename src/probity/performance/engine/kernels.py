"""The compiled inner loops: packing, tiles of scores, binning, ranking and exact rescoring.

A tile is the scores of 6 probes against 16 references: 6 vectors of 16 running sums (two
registers each where the machine's hold 8), each summed over the template dimension in its own
lane in order, so that a score never depends on the tile, block, thread or machine it was
computed on. Tiles are written directly as LLVM vector
operations because a plain loop gives the compiler no reason to keep the tile in registers. The
integer form (widen, multiply, add neighbours) is one instruction on most processors, and exact
on all; the float32 form is a fused multiply-add, correctly rounded on all.

Everything compiled is in this one file: the cache of compiled code is renewed when the file
that holds a function changes, but not when a file that it calls into does.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from probity.core.compiled import compiled
from probity.performance.engine.fixed_point import (
    BIN_OFFSET,
    BIN_SHIFT,
    SCORE_SCALE,
    TEMPLATE_SCALE,
)

TILE_PROBES = 6
TILE_REFERENCES = 16
TILE_PAIRS = TILE_PROBES * TILE_REFERENCES
LANES = 16
DOT_LANES = 8
VECTORS = TILE_REFERENCES // LANES
FLAG = np.uint32(1 << 31)
COUNTER = np.uint32((1 << 31) - 1)
SAMPLE_EVERY_TILES = 257
LOWEST_SCORE = -(1 << 31)

_I16, _I32, _I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_F32, _F64 = ir.FloatType(), ir.DoubleType()

Array = NDArray[Any]


class Templates(NamedTuple):
    """Templates as given, (n, dimension), and their squared lengths, (n,), for exact scores."""

    values: Array
    squared: Array


class Panels(NamedTuple):
    """Packed templates: panels end to end, steps over the dimension, templates held.

    ``values`` is int16, two to a step, or float32, one to a step.
    """

    values: Array
    steps: int
    size: int


class Listed(NamedTuple):
    """Pairs listed by a sweep: positions in the block and screened score x 2^30, int32."""

    probes: Array
    references: Array
    scores: Array


class Held(NamedTuple):
    """References that may be among the k best of each probe.

    Parameters
    ----------
    floors : int32, (n_probes,)
        A reference screened lower than this cannot be among them.
    counts : int64, (n_probes,)
        References held.
    references : int64, (n_probes, room), room >= k + 16
        Their rows, ascending.
    scores : int32, (n_probes, room)
        Their screened scores x 2^30.
    """

    floors: Array
    counts: Array
    references: Array
    scores: Array


class _Writer:
    """Writes one loop over vectors into the function that is being compiled."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        self.context, self.builder = context, builder
        self.signature, self.args = signature, args

    def data(self, n: int) -> Any:
        """Address of the first element of array argument ``n``."""
        array = self.context.make_array(self.signature.args[n])
        return array(self.context, self.builder, self.args[n]).data

    def load(self, base: Any, index: Any, kind: Any, *, align: int) -> Any:
        place = self.builder.gep(base, [index])
        return self.builder.load(self.builder.bitcast(place, kind.as_pointer()), align=align)

    def store(self, value: Any, base: Any, index: int) -> None:
        place = self.builder.gep(base, [ir.Constant(_I64, index)])
        place = self.builder.bitcast(place, value.type.as_pointer())
        self.builder.store(value, place, align=4)

    def everywhere(self, scalar: Any) -> Any:
        """A vector with ``scalar`` in every lane."""
        nothing = ir.Constant(ir.VectorType(scalar.type, LANES), ir.Undefined)
        one = self.builder.insert_element(nothing, scalar, ir.Constant(_I32, 0))
        lanes = ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)
        return self.builder.shuffle_vector(one, nothing, lanes)

    def call(self, name: str, kind: Any, *arguments: Any) -> Any:
        """An LLVM intrinsic on vectors of one kind."""
        function = ir.FunctionType(kind, [kind] * len(arguments))
        declared = cgutils.get_or_insert_function(self.builder.module, function, name)
        return self.builder.call(declared, arguments)

    def accumulate(self, kind: Any, count: int, steps: Any, step: Callable[..., Any]) -> list[Any]:
        """Sums after ``steps`` >= 1 rounds: ``step(index, sums)`` gives the next sums."""
        builder = self.builder
        before = builder.block
        loop, after = builder.append_basic_block("step"), builder.append_basic_block("after")
        builder.branch(loop)
        builder.position_at_end(loop)
        index = builder.phi(_I64)
        index.add_incoming(ir.Constant(_I64, 0), before)
        sums = [builder.phi(kind) for _ in range(count)]
        results: list[Any] = step(index, sums)
        following = builder.add(index, ir.Constant(_I64, 1))
        index.add_incoming(following, loop)
        for old, new in zip(sums, results, strict=True):
            old.add_incoming(ir.Constant(kind, [0] * kind.count), before)
            old.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", following, steps), loop, after)
        builder.position_at_end(after)
        return results


def _tile(element: Any, per_step: int, add: Callable[..., Any], finish: Callable[..., Any]) -> Any:
    """Code of a tile: ``add(writer, sum, probe, references)`` at every step, then ``finish``.

    ``element`` is the type of one packed number, ``per_step`` how many a step takes.
    """
    packed = ir.VectorType(element, LANES * per_step)
    word = _F32 if element is _F32 else _I32  # one probe's numbers for one step

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        writer = _Writer(context, builder, signature, args)
        probes = builder.gep(writer.data(0), [args[1]])
        references = builder.gep(writer.data(2), [args[3]])

        def place(index: Any, height: int, n: int) -> Any:
            start = builder.mul(index, ir.Constant(_I64, height * per_step))
            return builder.add(start, ir.Constant(_I64, n * per_step))

        def step(index: Any, sums: list[Any]) -> list[Any]:
            columns = [
                writer.load(references, place(index, TILE_REFERENCES, v * LANES), packed, align=64)
                for v in range(VECTORS)
            ]
            results: list[Any] = []
            for p in range(TILE_PROBES):
                one = writer.load(probes, place(index, TILE_PROBES, p), word, align=4)
                row = builder.bitcast(writer.everywhere(one), packed)
                results.extend(
                    add(writer, sums[p * VECTORS + v], row, columns[v]) for v in range(VECTORS)
                )
            return results

        sums = writer.accumulate(ir.VectorType(word, LANES), TILE_PROBES * VECTORS, args[4], step)
        for n, result in enumerate(sums):
            writer.store(finish(writer, result), writer.data(5), n * LANES)
        return context.get_dummy_value()

    return code


def _add_products_of_neighbours(writer: _Writer, sums: Any, row: Any, columns: Any) -> Any:
    builder, wide = writer.builder, ir.VectorType(_I32, 2 * LANES)
    products = builder.mul(builder.sext(row, wide), builder.sext(columns, wide))
    nothing = ir.Constant(wide, ir.Undefined)
    even, odd = (
        builder.shuffle_vector(
            products,
            nothing,
            ir.Constant(ir.VectorType(_I32, LANES), list(range(start, 2 * LANES, 2))),
        )
        for start in (0, 1)
    )
    return builder.add(sums, builder.add(even, odd))


def _multiply_and_add(writer: _Writer, sums: Any, row: Any, columns: Any) -> Any:
    return writer.call(f"llvm.fma.v{LANES}f32", sums.type, row, columns, sums)


def _as_it_is(writer: _Writer, sums: Any) -> Any:
    del writer
    return sums


def _to_fixed_point(writer: _Writer, sums: Any) -> Any:
    scale = ir.Constant(sums.type, [float(SCORE_SCALE)] * LANES)
    down = writer.call(f"llvm.floor.v{LANES}f32", sums.type, writer.builder.fmul(sums, scale))
    return writer.builder.fptosi(down, ir.VectorType(_I32, LANES))


def _type_tile(  # the signature that Numba asks of an intrinsic
    typing: Any, probes: Any, p0: Any, references: Any, r0: Any, steps: Any, out: Any
) -> Any:
    del typing
    signature = types.void(probes, p0, references, r0, steps, out)
    if probes.dtype == types.int16:
        return signature, _tile(_I16, 2, _add_products_of_neighbours, _as_it_is)
    return signature, _tile(_F32, 1, _multiply_and_add, _to_fixed_point)


# Scores x 2^30 of the tile of panels that begin at p0 and r0, (96,), probe by probe.
_tile_of: Any = intrinsic(_type_tile)


def _type_interleaved(typing: Any, a: Any, b: Any, steps: Any) -> Any:
    del typing

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        writer = _Writer(context, builder, signature, args)
        singles, doubles = ir.VectorType(_F32, DOT_LANES), ir.VectorType(_F64, DOT_LANES)

        def step(index: Any, sums: list[Any]) -> list[Any]:
            start = builder.mul(index, ir.Constant(_I64, DOT_LANES))
            x, y = (
                builder.fpext(writer.load(writer.data(n), start, singles, align=4), doubles)
                for n in (0, 1)
            )
            return [builder.fadd(sums[0], builder.fmul(x, y))]

        total = writer.accumulate(doubles, 1, args[2], step)[0]
        s = [builder.extract_element(total, ir.Constant(_I32, n)) for n in range(DOT_LANES)]
        even = builder.fadd(builder.fadd(s[0], s[4]), builder.fadd(s[2], s[6]))
        odd = builder.fadd(builder.fadd(s[1], s[5]), builder.fadd(s[3], s[7]))
        return builder.fadd(even, odd)

    return types.float64(a, b, steps), code


# Eight interleaved sums of products in float64, added up; over ``steps`` >= 1 rounds of eight.
_interleaved: Any = intrinsic(_type_interleaved)


@compiled
def dot(a: Array, b: Array) -> Any:
    """Sum of products of float32 in float64, in a fixed order: eight interleaved, then the rest.

    The product of two float32 is exact in float64, so fusing the multiplication and the
    addition, or not, changes nothing.
    """
    whole = len(a) // DOT_LANES
    total = _interleaved(a, b, whole) if whole else 0.0
    rest = 0.0
    for k in range(whole * DOT_LANES, len(a)):
        rest += np.float64(a[k]) * np.float64(b[k])
    return total + rest


@compiled
def squared_lengths(values: Array, out: Array) -> None:
    """Squared length of every row, summed as ``dot`` sums."""
    for i in range(len(values)):
        out[i] = dot(values[i], values[i])


@compiled
def score(probes: Templates, references: Templates, i: int, j: int) -> Any:
    """Cosine of two templates in float64; exactly 1 for a template against itself."""
    product = dot(probes.values[i], references.values[j])
    cosine = product / np.sqrt(probes.squared[i] * references.squared[j])
    return min(1.0, max(-1.0, cosine))


@compiled
def scores_of_pairs(
    probes: Templates, references: Templates, i: Array, j: Array, out: Array
) -> None:
    """Exact score of each listed pair of rows."""
    for n in range(len(i)):
        out[n] = score(probes, references, i[n], j[n])


@compiled
def _put_int16(packed: Array, panel: int, place: int, k: int, exact: float) -> Any:
    """Round one number into its place; the square of what that left."""
    whole = min(32767.0, max(-32767.0, np.rint(exact)))
    packed[panel, k >> 1, place, k & 1] = np.int16(whole)
    return (exact - whole) * (exact - whole)


@compiled
def _put_float32(packed: Array, panel: int, place: int, k: int, exact: float) -> Any:
    """Round one number into its place; the square of what that left."""
    near: Any = np.float32(exact)
    packed[panel, k, place] = near
    return (exact - near) * (exact - near)


def _packing(put: Callable[..., Any], scale: float) -> Callable[..., None]:
    def pack(templates: Templates, rows: Array, height: int, packed: Array, left: Array) -> None:
        dimension = templates.values.shape[1]
        whole = dimension // 4 * 4
        for n in range(len(rows)):
            row, panel, place = templates.values[rows[n]], n // height, n % height
            factor = scale / np.sqrt(templates.squared[rows[n]])
            left0 = left1 = left2 = left3 = rest = 0.0
            for k in range(0, whole, 4):
                left0 += put(packed, panel, place, k, np.float64(row[k]) * factor)
                left1 += put(packed, panel, place, k + 1, np.float64(row[k + 1]) * factor)
                left2 += put(packed, panel, place, k + 2, np.float64(row[k + 2]) * factor)
                left3 += put(packed, panel, place, k + 3, np.float64(row[k + 3]) * factor)
            for k in range(whole, dimension):
                rest += put(packed, panel, place, k, np.float64(row[k]) * factor)
            left[n] = np.sqrt((left0 + left2) + (left1 + left3) + rest) / scale

    return pack


# Both put unit templates, times a scale, in panels of ``height`` rows, and in ``left`` the
# length that rounding took off each. ``packed`` is zeroed, of shape (panels, steps, height, 2)
# for int16 and (panels, steps, height) for float32.
pack_int16 = compiled(_packing(_put_int16, float(TEMPLATE_SCALE)))
pack_float32 = compiled(_packing(_put_float32, 1.0))


@compiled
def _panel_size(panels: Panels, height: int) -> int:
    per_step = 4 // panels.values.itemsize  # a step takes four bytes of a template
    return panels.steps * height * per_step


@compiled
def sweep(
    probes: Panels, references: Panels, chunk: int, start: int, bins: Array, listed: Listed
) -> tuple[int, int]:
    """Bin the pairs of a block; list those in flagged bins; stop where the list could overflow.

    Parameters
    ----------
    chunk : int
        Probe panels that stay in the cache while the reference panels pass.
    start : int
        Where to begin, as returned when the list was full.
    bins : uint32
        Counters; the highest bit flags a bin whose pairs are to be listed. One pair of every
        ``SAMPLE_EVERY_TILES`` tiles is listed regardless.

    Returns
    -------
    (int, int)
        Where to go on (the end when equal to chunks x reference panels); pairs listed.
    """
    tile = np.empty(TILE_PAIRS, np.int32)
    places = np.empty(TILE_PAIRS, np.uint32)
    size_p, size_r = _panel_size(probes, TILE_PROBES), _panel_size(references, TILE_REFERENCES)
    panels_p, panels_r = -(-probes.size // TILE_PROBES), -(-references.size // TILE_REFERENCES)
    end = -(-panels_p // chunk) * panels_r
    found = 0
    for position in range(start, end):
        if found + chunk * TILE_PAIRS > len(listed.scores):
            return position, found
        first, r = position // panels_r * chunk, position % panels_r
        columns = min(TILE_REFERENCES, references.size - r * TILE_REFERENCES)
        for p in range(first, min(first + chunk, panels_p)):
            _tile_of(probes.values, p * size_p, references.values, r * size_r, probes.steps, tile)
            rows = min(TILE_PROBES, probes.size - p * TILE_PROBES)
            seen = np.uint32(0)
            for n in range(TILE_PAIRS):
                places[n] = (tile[n] >> BIN_SHIFT) + BIN_OFFSET
            if rows == TILE_PROBES and columns == TILE_REFERENCES:
                for n in range(TILE_PAIRS):
                    before = bins[places[n]]
                    bins[places[n]] = before + np.uint32(1)
                    seen |= before
            else:
                for row in range(rows):
                    for n in range(row * TILE_REFERENCES, row * TILE_REFERENCES + columns):
                        before = bins[places[n]]
                        bins[places[n]] = before + np.uint32(1)
                        seen |= before
            number, chosen = position * chunk + p - first, -1
            if number % SAMPLE_EVERY_TILES == 0:
                chosen = number // SAMPLE_EVERY_TILES % (rows * columns)
            if seen & FLAG or chosen >= 0:
                for row in range(rows):
                    for column in range(columns):
                        n = row * TILE_REFERENCES + column
                        if bins[places[n]] & FLAG or row * columns + column == chosen:
                            listed.probes[found] = p * TILE_PROBES + row
                            listed.references[found] = r * TILE_REFERENCES + column
                            listed.scores[found] = tile[n]
                            found += 1
    return end, found


@compiled
def screened_scores(probes: Panels, references: Panels, i: Array, j: Array, out: Array) -> None:
    """The screen's score x 2^30 of each listed pair, as the tile that holds it gives it."""
    tile = np.empty(TILE_PAIRS, np.int32)
    size_p, size_r = _panel_size(probes, TILE_PROBES), _panel_size(references, TILE_REFERENCES)
    last_p = last_r = -1
    for n in range(len(i)):
        p, r = i[n] // TILE_PROBES, j[n] // TILE_REFERENCES
        if p != last_p or r != last_r:
            _tile_of(probes.values, p * size_p, references.values, r * size_r, probes.steps, tile)
            last_p, last_r = p, r
        out[n] = tile[i[n] % TILE_PROBES * TILE_REFERENCES + j[n] % TILE_REFERENCES]


@compiled
def _drop_low(i: int, k: int, slack: int, held: Held) -> None:
    """Drop held references of probe i that cannot be among its k best, by screened score."""
    count = held.counts[i]
    if count < k:
        return
    kth = np.int64(np.partition(held.scores[i, :count], count - k)[count - k])
    held.floors[i] = max(np.int64(held.floors[i]), kth - slack, LOWEST_SCORE)
    kept = 0
    for n in range(count):
        if held.scores[i, n] >= held.floors[i]:
            held.references[i, kept] = held.references[i, n]
            held.scores[i, kept] = held.scores[i, n]
            kept += 1
    held.counts[i] = kept


@compiled
def _best_exactly(
    i: int, k: int, probes: Templates, references: Templates, held: Held
) -> tuple[Array, Array, float]:
    """Places of the k best references held for probe i, their exact scores, best first.

    And the largest difference from the screen. What is held is in ascending order of rows, so
    a stable sort puts the lower of equals first.
    """
    exact = np.empty(held.counts[i])
    worst = 0.0
    for n in range(len(exact)):
        exact[n] = score(probes, references, i, held.references[i, n])
        worst = max(worst, abs(exact[n] - held.scores[i, n] / SCORE_SCALE))
    order = np.argsort(-exact, kind="mergesort")[:k]
    return order, exact[order], worst


@compiled
def rank(
    panels_of_probes: Panels,
    panels_of_references: Panels,
    chunk: int,
    offset: int,
    k: int,
    slack: int,
    probes: Templates,
    references: Templates,
    held: Held,
) -> None:
    """Hold, for each probe, the references of this block that may be among its k best.

    Parameters
    ----------
    chunk : int
        Probe panels that stay in the cache while the reference panels pass.
    offset : int
        Row of the block's first reference in ``references``.
    slack : int
        Twice the bound between screened and exact scores, x 2^30, rounded up.
    """
    tile = np.empty(TILE_PAIRS, np.int32)
    size_p = _panel_size(panels_of_probes, TILE_PROBES)
    size_r = _panel_size(panels_of_references, TILE_REFERENCES)
    panels_p = -(-panels_of_probes.size // TILE_PROBES)
    panels_r = -(-panels_of_references.size // TILE_REFERENCES)
    steps, full = panels_of_probes.steps, held.scores.shape[1] - TILE_REFERENCES
    for first in range(0, panels_p, chunk):
        for r in range(panels_r):
            columns = min(TILE_REFERENCES, panels_of_references.size - r * TILE_REFERENCES)
            for p in range(first, min(first + chunk, panels_p)):
                _tile_of(
                    panels_of_probes.values,
                    p * size_p,
                    panels_of_references.values,
                    r * size_r,
                    steps,
                    tile,
                )
                for row in range(min(TILE_PROBES, panels_of_probes.size - p * TILE_PROBES)):
                    i, start = p * TILE_PROBES + row, row * TILE_REFERENCES
                    best = tile[start]
                    for n in range(start, start + TILE_REFERENCES):
                        best = max(best, tile[n])
                    if best < held.floors[i]:
                        continue
                    for column in range(columns):
                        if tile[start + column] >= held.floors[i]:
                            place = held.counts[i]
                            held.references[i, place] = offset + r * TILE_REFERENCES + column
                            held.scores[i, place] = tile[start + column]
                            held.counts[i] = place + 1
                    if held.counts[i] > full:
                        _drop_low(i, k, slack, held)
                    if held.counts[i] > full:  # too many lie too close together to be screened
                        order = np.sort(_best_exactly(i, k, probes, references, held)[0])
                        held.references[i, :k] = held.references[i][order]
                        held.scores[i, :k] = held.scores[i][order]
                        held.counts[i] = k


@compiled
def settle(
    k: int,
    slack: int,
    probes: Templates,
    references: Templates,
    held: Held,
    best_references: Array,
    best_scores: Array,
) -> float:
    """Write the k best references of each probe; the largest difference from the screen."""
    worst = 0.0
    for i in range(len(held.counts)):
        _drop_low(i, k, slack, held)
        order, exact, difference = _best_exactly(i, k, probes, references, held)
        worst = max(worst, difference)
        best_references[i] = held.references[i][order]
        best_scores[i] = exact
    return worst
