"""Alerts on people who are not the listed person, without walking through everybody who passes.

Each (listed person, frame) pair of a pass that reaches the threshold is an event. A pass of a
type with F frames has on average S = F sum_j p_j events, where p_j = P(score against j >= t).
With S at most 1, a pass is *proposed* with probability S: an event (j, f) is planted with
probability p_j / S, its score drawn from its tail, the rest of the pass given that score. With
K events in the pass so drawn, it is *kept* with probability 1/K. Then for every set A of passes
with at least one event,

    P(kept, in A) = sum over (j, f) of P(event (j, f), in A) E[1/K | ...] = P(in A):

kept passes have exactly the law of alerting ones, and their number is exactly binomial
("at least one rare event" sampling, Owen, Maximov & Chertkov, arXiv 1710.06965, as thinning).
Where S is above 1, events are not rare: every pass is drawn and compared. Proposals on people
of the pool who are not on the deployment's list are dropped before anything is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy import special

from probity.core import InputError
from probity.twin.screen import at_or_above
from probity.twin.stages import Flags, Floats, Ints
from probity.twin.watchlists import Watchlists
from probity.twin.world import World

_BLOCK = 512
_PASSES_AT_ONCE = 2_048
_MOST_COMPARED = 20_000_000
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chances:
    """Chances of an event with one frame, at one threshold.

    Parameters
    ----------
    threshold : float
        Latent.
    blocks : float64, (n_groups * n_bands, n_blocks)
        Sum of p_j over each block of 512 entries.
    """

    threshold: float
    blocks: Floats

    @property
    def total(self) -> Floats:
        """Expected pairs at or above the threshold with one frame, (n_groups * n_bands,)."""
        return np.asarray(self.blocks.sum(axis=1), np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visits:
    """Passes that may alert, each array (n,).

    Parameters
    ----------
    kind : int64
        Group times the number of bands, plus band.
    own : int64
        Entry of the person who passes, which is left out; ``NOBODY`` for people not listed.
    threshold : float64
        Latent.
    planted : int64
        Entry of the planted event; ``NOBODY`` where the pass is to be drawn as it comes.
    number : int64
        Given by the caller, to know a pass again.
    """

    deployment: Ints
    kind: Ints
    frames: Ints
    own: Ints
    threshold: Floats
    planted: Ints
    number: Ints

    def take(self, which: Ints) -> "Visits":
        """Some of them."""
        return Visits(**{one.name: getattr(self, one.name)[which] for one in fields(self)})

    @staticmethod
    def join(parts: Sequence["Visits"]) -> "Visits":
        """The passes of at least one part, one after the other."""
        return Visits(
            **{
                one.name: np.concatenate([getattr(part, one.name) for part in parts])
                for one in fields(Visits)
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Best:
    """The best candidate of each kept pass, each array (n_kept,).

    ``visit`` is its row in the visits; ``candidates`` counts listed people, not frames.
    """

    visit: Ints
    entry: Ints
    score: Floats
    candidates: Ints


def exceedances(world: World, *, kind: int, threshold: float, entry: slice) -> Floats:
    """p_j = P(score >= threshold) of each entry of a slice for one frame, (n,)."""
    group, band = divmod(kind, world.n_bands)
    mean, deviation = world.moments(entry, group=group, band=band)
    return np.asarray(special.ndtr((mean - threshold) / deviation), np.float64)


def make_chances(world: World, *, threshold: float) -> Chances:
    """Closed-form chances of all kinds against the whole pool, kept as sums of blocks."""
    n_kinds = world.n_groups * world.n_bands
    starts = np.arange(0, len(world.entries), _BLOCK)
    blocks = np.empty((n_kinds, len(starts)))
    everybody = slice(0, len(world.entries))
    for kind in range(n_kinds):
        p = exceedances(world, kind=kind, threshold=threshold, entry=everybody)
        blocks[kind] = np.add.reduceat(p, starts)
    return Chances(threshold=threshold, blocks=blocks)


def propose(
    world: World,
    chances: Chances,
    *,
    visits: Visits,
    lists: Watchlists,
    rng: np.random.Generator,
) -> Visits:
    """Plant an event in each of some passes, all at the threshold of ``chances``.

    Those planted on somebody who is not on the list, or on the person who passes, are dropped.
    """
    planted = np.empty(len(visits.kind), np.int64)
    for kind in np.unique(visits.kind).tolist():
        rows = np.flatnonzero(visits.kind == kind)
        reached = np.cumsum(chances.blocks[kind])
        block = np.searchsorted(reached, rng.random(len(rows)) * reached[-1], side="right")
        within = rng.random(len(rows))
        for one in np.unique(block).tolist():
            inside = np.flatnonzero(block == one)
            first = one * _BLOCK
            last = min(first + _BLOCK, len(world.entries))
            p = exceedances(world, kind=kind, threshold=chances.threshold, entry=slice(first, last))
            steps = np.cumsum(p)
            at = np.searchsorted(steps, within[inside] * steps[-1], side="right")
            planted[rows[inside]] = first + np.minimum(at, len(p) - 1)
    on_list = lists.contain(deployment=visits.deployment, entry=planted)
    kept = np.flatnonzero(on_list & (planted != visits.own))
    return replace(visits, planted=planted).take(kept)


def alerting(world: World, *, visits: Visits, lists: Watchlists, rng: np.random.Generator) -> Best:
    """Draw every proposed pass, count its events, and keep it with probability 1/K.

    Passes without a planted event are kept where they have any.
    """
    found: list[Best] = []
    for frames in np.unique(visits.frames).tolist():
        rows = np.flatnonzero(visits.frames == frames)
        for start in range(0, len(rows), _PASSES_AT_ONCE):
            part = rows[start : start + _PASSES_AT_ONCE]
            best = _compare(world, visits=visits.take(part), frames=frames, lists=lists, rng=rng)
            found.append(
                Best(
                    visit=part[best.visit],
                    entry=best.entry,
                    score=best.score,
                    candidates=best.candidates,
                )
            )
    return join_best(found)


def join_best(parts: list[Best]) -> Best:
    """Kept passes of several parts, one after the other."""
    return Best(
        visit=np.concatenate([np.empty(0, np.int64), *(one.visit for one in parts)]),
        entry=np.concatenate([np.empty(0, np.int64), *(one.entry for one in parts)]),
        score=np.concatenate([np.empty(0), *(one.score for one in parts)]),
        candidates=np.concatenate([np.empty(0, np.int64), *(one.candidates for one in parts)]),
    )


def rarely(expected_events: Floats) -> Flags:
    """Where a pass has at most one expected event, so that it can be proposed with that chance."""
    return expected_events <= 1


def require_few(compared: int) -> None:
    """Refuse to compare more passes one by one than can be done.

    Raises
    ------
    InputError
        The threshold is so low that nearly everybody alerts.
    """
    if compared > _MOST_COMPARED:
        raise InputError(
            "at this threshold a pass has more than one candidate on average, so passes have to "
            "be compared one by one",
            column="recogniser.threshold",
            got=f"{compared:,} such passes",
            allowed=f"at most {_MOST_COMPARED:,}",
        )


def _compare(
    world: World, *, visits: Visits, frames: int, lists: Watchlists, rng: np.random.Generator
) -> Best:
    n = len(visits.kind)
    group, band = np.divmod(visits.kind, world.n_bands)
    drawn = world.draw_frames(rng, group=group, band=band, frames=frames)
    set_in = np.flatnonzero(visits.planted != NOBODY)
    entry, frame = visits.planted[set_in], rng.integers(0, frames, len(set_in))
    score = _tail(world, rng, visits=visits.take(set_in), entry=entry)
    moved = drawn[set_in]
    world.condition(moved, group=group[set_in], entry=entry, frame=frame, score=score)
    drawn[set_in] = moved
    pairs = at_or_above(
        drawn.reshape(n * frames, world.dimension),
        entries=world.entries,
        thresholds=np.repeat(visits.threshold, frames),
    )
    visit = pairs.frame // frames
    # The planted pair is an event by construction, wherever rounding puts its product.
    planted_frame = np.full(n, -1)
    planted_frame[set_in] = set_in * frames + frame
    again = (pairs.frame == planted_frame[visit]) & (pairs.entry == visits.planted[visit])
    counted = np.flatnonzero(
        lists.contain(deployment=visits.deployment[visit], entry=pairs.entry)
        & (pairs.entry != visits.own[visit])
        & ~again
    )
    visit = np.concatenate([visit[counted], set_in])
    entry = np.concatenate([pairs.entry[counted], entry])
    score = np.concatenate([pairs.score[counted], score])
    events = np.bincount(visit, minlength=n)
    planted = visits.planted != NOBODY
    kept = _kept(events, planted=planted, rng=rng)
    best = best_of(visit=visit, entry=entry, score=score)
    return Best(**{one.name: getattr(best, one.name)[kept[best.visit]] for one in fields(best)})


def _kept(events: Ints, *, planted: Flags, rng: np.random.Generator) -> Flags:
    """Passes with a planted event with probability 1/K; others where K is above 0."""
    share = np.where(planted, 1 / np.maximum(events, 1), events > 0)
    return np.asarray(rng.random(len(events)) < share, np.bool_)


def best_of(*, visit: Ints, entry: Ints, score: Floats) -> Best:
    """The best of the pairs of each pass that has any, by pass."""
    order = np.lexsort((entry, -score, visit))
    visits, first = np.unique(visit[order], return_index=True)
    people = np.unique(np.stack([visit, entry], axis=1), axis=0)[:, 0]
    return Best(
        visit=visits,
        entry=entry[order][first],
        score=score[order][first],
        candidates=np.unique(people, return_counts=True)[1],
    )


def _tail(world: World, rng: np.random.Generator, *, visits: Visits, entry: Ints) -> Floats:
    """Scores against ``entry`` given that they reach the threshold, by inversion."""
    group, band = np.divmod(visits.kind, world.n_bands)
    mean, deviation = world.moments(entry, group=group, band=band)
    above = special.ndtr((mean - visits.threshold) / deviation)
    uniform = 1 - rng.random(len(entry))
    return np.maximum(mean - deviation * special.ndtri(uniform * above), visits.threshold)
