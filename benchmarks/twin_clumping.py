"""FPIR of the fit's closed form beside people and listed images drawn one by one.

Run: .venv/bin/python benchmarks/twin_clumping.py [--people 12000] [--listed N] [--draws 2]

For draws of the fit to the published test: latent thresholds at which the fit says how often a
search has a candidate, and how many explicit people reach an explicit image there. Everybody is
compared with everybody. Beside it the rate, were candidates of one search independent.

Exit code 1 when the closed form lies further than a fifth outside the exact 95% interval of an
explicit rate of 1% or more.
"""

import argparse
import sys

import numpy as np

from probity.stats.interval import clopper_pearson_bounds
from probity.twin.calibrate.anchors import npl_2023
from probity.twin.calibrate.fit import calibrate
from probity.twin.calibrate.parameters import DIMENSION, KNOTS, Natural
from probity.twin.calibrate.rates import TEST, fmr_per_comparison, fpir_in_test, latent_thresholds
from probity.twin.calibrate.reached import GROUPS

AT_ONCE = 500
ALLOWED, FROM_RATE = 0.2, 0.01


def vectors(
    theta: Natural, number: int, *, quality: float, spread: str, rng: np.random.Generator
) -> np.ndarray:
    """People or images of the test's groups, as ``scenario.Recogniser`` says; (number, d)."""
    lookalike = np.array([1.0, theta["lookalike_asian"][0], theta["lookalike_black"][0]])
    group = rng.integers(0, len(GROUPS), number)
    drawn = rng.normal(size=(number, DIMENSION)) / np.sqrt(DIMENSION)
    place = theta["group_separation"][0] * lookalike[group]
    drawn[np.arange(number), group] += place + theta[spread][0] * rng.normal(size=number)
    drawn[:, len(GROUPS)] += theta["quality_effect"][0] * (1 - quality)
    return drawn


def best_scores(
    theta: Natural, *, people: int, listed: int, rng: np.random.Generator
) -> np.ndarray:
    """The best score of each person against all listed images, in units of 1 / sqrt(d)."""
    images = vectors(theta, listed, quality=TEST.entry_quality, spread="entry_spread", rng=rng)
    images /= np.linalg.norm(images, axis=1)[:, np.newaxis]
    columns = images.astype(np.float32).T
    searched = vectors(theta, people, quality=TEST.probe_quality, spread="person_spread", rng=rng)
    parts = np.array_split(searched.astype(np.float32), max(1, people // AT_ONCE))
    return np.concatenate([(part @ columns).max(axis=1) for part in parts]) * np.sqrt(DIMENSION)


def were_independent(theta: Natural, thresholds: np.ndarray, *, listed: int) -> np.ndarray:
    """FPIR, were candidates of one search independent of each other."""
    by_group = [
        np.mean(
            [
                fmr_per_comparison(theta, thresholds, mix=TEST, probe=probe, entry=entry)[0]
                for entry in range(len(GROUPS))
            ],
            axis=0,
        )
        for probe in range(len(GROUPS))
    ]
    return np.mean(-np.expm1(-listed * np.array(by_group)), axis=0)


def main() -> int:
    """Print a row for each draw and threshold."""
    gallery = npl_2023().design.gallery_size
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=12_000)
    parser.add_argument("--listed", type=int, default=gallery)
    parser.add_argument("--draws", type=int, default=2)
    asked = parser.parse_args()
    every, good = calibrate(seed=0).theta(), True
    print(
        f"{asked.people:,} people, {asked.listed:,} listed images\n"
        "draw  at    explicit            95% exact          closed form  independent"
    )
    for draw in range(asked.draws):
        theta = {name: values[draw : draw + 1] for name, values in every.items()}
        thresholds = latent_thresholds(theta, gallery_size=asked.listed)
        rng = np.random.default_rng(draw)
        best = best_scores(theta, people=asked.people, listed=asked.listed, rng=rng)
        closed = fpir_in_test(theta, gallery_size=asked.listed)[0]
        independent = were_independent(theta, thresholds, listed=asked.listed)
        for knot, threshold in enumerate(KNOTS):
            k = int(np.count_nonzero(best >= thresholds[0, knot]))
            low, high = clopper_pearson_bounds(k, asked.people)
            rate = k / asked.people
            print(f"{draw:4}  {threshold:.2f}  {k:6} of {asked.people} {rate:8.5f}  "
                  f"{low:.5f} to {high:.5f}  {closed[knot]:11.5f}  {independent[knot]:11.5f}",
                  flush=True)  # fmt: skip
            if rate >= FROM_RATE:
                good &= low / (1 + ALLOWED) <= closed[knot] <= high * (1 + ALLOWED)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
