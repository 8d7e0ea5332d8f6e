"""How often intervals cover the truth, over simulated test campaigns with correlated scores.

    python benchmarks/interval_coverage.py [campaigns]

A score is the sum of independent normal parts: of the person on either side, of the pair of
people, and of the comparison. Their variances add up to 1, so every true rate is known exactly.
Each line is one design; coverage is of 95% intervals, in percent.

- 1:1, two sides: different people on either side, one sample each; FMR.
- 1:1, everyone: the same people on both sides, one sample each on either; FMR.
- 1:N: people who are not in the gallery pass several times; FPIR. The gallery is drawn too.
- 1:N, found: people in the gallery pass several times; TPIR, against each one's own sample.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from probity.core import Count, Rate, Undefined
from probity.performance.intervals.bootstrap import (
    draw_people,
    false_match_replicates,
    percentile_rate,
)
from probity.performance.intervals.effective import person_rate
from probity.performance.intervals.of_pairs import spread_of_pairs
from probity.performance.intervals.of_searches import spread_of_searches

Intervals = dict[str, Rate | Undefined]
Campaign = Callable[[np.random.Generator, bool], Intervals]

RESAMPLED = 200
"""The bootstrap takes long: it is measured on this many campaigns at most."""


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of campaign: how one is drawn, and the true rate behind all of them."""

    name: str
    truth: float
    campaign: Campaign


def pairs(people: int, *, rate: float, person: float, same: bool) -> Design:
    """FMR over people x people, ``person`` being the variance of each side's part."""
    threshold = norm.isf(rate)
    codes = np.arange(people if same else 2 * people)
    probe_samples = (codes < people).astype(np.int64)
    gallery_samples = probe_samples if same else 1 - probe_samples
    strata = 1 - probe_samples

    def campaign(rng: np.random.Generator, resample: bool) -> Intervals:
        first = rng.normal(scale=person**0.5, size=people)
        second = first if same else rng.normal(scale=person**0.5, size=people)
        scores = rng.normal(scale=(1 - 2 * person) ** 0.5, size=(people, people))
        scores += first[:, None] + second
        if same:
            np.fill_diagonal(scores, -np.inf)
        i, j = np.nonzero(scores >= threshold)
        j = j if same else j + people
        count = Count(len(i), people * (people - same), "non-mated comparisons")
        sides = {"probe_samples": probe_samples, "gallery_samples": gallery_samples}
        both = person_rate(count, spread_of_pairs(i, j, **sides, count=count))
        found: Intervals = {"people": both.over_people, "naive": both.naive}
        if resample:
            weights = draw_people(strata, replicates=1_000, seed=int(rng.integers(2**31)))
            replicates = false_match_replicates(weights, i, j, **sides)
            found["bootstrap"] = percentile_rate(count, replicates)
        return found

    kind = "everyone" if same else "two sides"
    return Design(f"1:1, {kind}: {people} people, FMR {rate:g}, part {person:g}", rate, campaign)


def searches(
    people: int, *, passes: int, gallery: int, threshold: float, person: float, pair: float
) -> Design:
    """FPIR of passes of people through a gallery."""
    side = person

    def campaign(rng: np.random.Generator, _: bool) -> Intervals:
        who = np.repeat(np.arange(people), passes)
        scores = rng.normal(
            scale=(1 - person - side - pair) ** 0.5, size=(people * passes, gallery)
        )
        scores += rng.normal(scale=person**0.5, size=people)[who, None]
        scores += rng.normal(scale=side**0.5, size=gallery)
        scores += rng.normal(scale=pair**0.5, size=(people, gallery))[who]
        above = scores >= threshold
        number = above.sum(axis=1)
        alone = np.flatnonzero(number == 1)
        spread = spread_of_searches(
            number > 0,
            who,
            decided=alone,
            decider=above[alone].argmax(axis=1),
            gallery_people=gallery,
        )
        both = person_rate(Count(int((number > 0).sum()), len(who), "non-mated probes"), spread)
        return {"people": both.over_people, "naive": both.naive}

    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    below = norm.cdf((threshold - nodes * person**0.5) / (1 - person) ** 0.5) ** gallery
    truth = float(1 - (weights * below).sum() / weights.sum())
    name = f"1:N: {people} people x {passes}, gallery {gallery}, FPIR {truth:.2g}"
    return Design(f"{name}, parts {person:g}, {pair:g}", truth, campaign)


def mated(people: int, *, passes: int, rate: float, person: float) -> Design:
    """TPIR of passes of people in the gallery, by threshold alone."""
    threshold = norm.isf(rate)

    def campaign(rng: np.random.Generator, _: bool) -> Intervals:
        who = np.repeat(np.arange(people), passes)
        scores = rng.normal(scale=(1 - person) ** 0.5, size=people * passes)
        scores += rng.normal(scale=person**0.5, size=people)[who]
        found = scores >= threshold
        nobody: NDArray[np.int64] = np.empty(0, np.int64)
        spread = spread_of_searches(
            found, who, decided=nobody, decider=nobody, gallery_people=people
        )
        both = person_rate(Count(int(found.sum()), len(who), "mated probes"), spread)
        return {"people": both.over_people, "naive": both.naive}

    return Design(
        f"1:N, found: {people} people x {passes}, TPIR {rate:g}, part {person:g}", rate, campaign
    )


DESIGNS = (
    pairs(200, rate=1e-2, person=0.1, same=False),
    pairs(200, rate=1e-3, person=0.1, same=False),
    pairs(400, rate=1e-3, person=0.05, same=False),
    pairs(200, rate=1e-3, person=0.1, same=True),
    pairs(400, rate=1e-3, person=0.05, same=True),
    searches(150, passes=6, gallery=100, threshold=2.8, person=0.15, pair=0.2),
    searches(150, passes=6, gallery=100, threshold=3.2, person=0.15, pair=0.2),
    searches(300, passes=4, gallery=50, threshold=3.2, person=0.1, pair=0.3),
    mated(150, passes=8, rate=0.89, person=0.4),
    mated(400, passes=10, rate=0.89, person=0.5),
)
FEW_EVENTS = (
    pairs(200, rate=1e-4, person=0.1, same=False),
    searches(150, passes=6, gallery=100, threshold=4.0, person=0.15, pair=0.2),
    mated(60, passes=4, rate=0.98, person=0.4),
)
"""Counts of a few move in steps: an exact interval then covers more than its level."""


def covered(
    design: Design, campaigns: int, *, resampled: int = 0, seed: int = 1
) -> dict[str, tuple[int, int]]:
    """By kind of interval: campaigns in which it covered the truth, and in which it existed."""
    found: dict[str, tuple[int, int]] = {}
    for number, sequence in enumerate(np.random.SeedSequence(seed).spawn(campaigns)):
        rng = np.random.default_rng(sequence)
        for kind, interval in design.campaign(rng, number < resampled).items():
            inside, of = found.get(kind, (0, 0))
            if isinstance(interval, Rate):
                inside += interval.low <= design.truth <= interval.high
                of += 1
            found[kind] = (inside, of)
    return found


def main(campaigns: int = 2_000) -> None:
    print(f"coverage in % over {campaigns:,} campaigns; undefined intervals left out")
    print(f"{'design':64} {'people':>8} {'bootstrap':>10} {'naive':>8}")
    for design in (*DESIGNS, *FEW_EVENTS):
        found = covered(design, campaigns, resampled=RESAMPLED)
        shown = [
            f"{100 * found[kind][0] / found[kind][1]:.1f}" if kind in found else "-"
            for kind in ("people", "bootstrap", "naive")
        ]
        print(f"{design.name:64} {shown[0]:>8} {shown[1]:>10} {shown[2]:>8}", flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
