"""How far the recogniser may be from the scenario's, as the published test allows.

The factors are written by ``docs/write_what_if_grid.py`` from a calibration of the twin
(``twin.calibrate``): what the false alerts of strangers may be, as a multiple of the scenario's.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import exp, log

import numpy as np

from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.parameters import DIMENSION, KNOTS
from probity.twin.calibrate.rates import (
    TEST,
    TEST_FRAMES,
    fpir_per_nonmated_probe,
    latent_thresholds,
)
from probity.twin.calibrate.reached import Frames
from probity.twin.expected.deployment import base_scenario

SCHEMA = "probity/recogniser-factors/1"
_FILE = "recogniser_factors.json"
_TEST_GALLERY = 10_000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Multiples of the scenario's rate at one threshold: posterior median and 95% interval."""

    threshold: float
    low: float
    median: float
    high: float


@cache
def factors() -> tuple[Factor, ...]:
    """By rising threshold."""
    told = json.loads((files("probity.twin.expected") / _FILE).read_text("utf-8"))
    return tuple(Factor(**one) for one in told["factors"])


def factor_at(threshold: float) -> Factor | None:
    """Between the tested thresholds on a straight line of logarithms; None outside of them."""
    for before, after in pairwise(factors()):
        if before.threshold <= threshold <= after.threshold:
            rest = (threshold - before.threshold) / (after.threshold - before.threshold)
            low, median, high = (
                exp((1 - rest) * log(a) + rest * log(b))
                for a, b in (
                    (before.low, after.low),
                    (before.median, after.median),
                    (before.high, after.high),
                )
            )
            return Factor(threshold=threshold, low=low, median=median, high=high)
    return None


def factors_of(calibration: Calibration) -> tuple[Factor, ...]:
    """Rates of a calibration in the test that it was fitted to, over the scenario's there.

    A search of the test is taken as one pass, so the scenario's rates are those of a pass with all
    its frames.
    """
    theta = calibration.theta()
    fitted = fpir_per_nonmated_probe(
        theta,
        latent_thresholds(theta, gallery_size=calibration.gallery_size),
        mix=TEST,
        gallery_size=_TEST_GALLERY,
    )
    scenario = base_scenario()
    stated, lookalike = scenario.recogniser, {g.name: g.lookalike for g in scenario.groups}
    own = {
        "group_separation": stated.group_separation * lookalike["White"],
        "entry_spread": stated.entry_spread,
        "person_spread": stated.person_spread,
        "quality_effect": stated.quality_effect,
        "lookalike_asian": lookalike["Asian"] / lookalike["White"],
        "lookalike_black": lookalike["Black"] / lookalike["White"],
    }
    vendor = np.array(stated.vendor_map)
    levels = np.interp(KNOTS, vendor[:, 1], vendor[:, 0]) * np.sqrt(DIMENSION)
    assumed = fpir_per_nonmated_probe(
        {name: np.array([value]) for name, value in own.items()},
        levels[None, :],
        mix=TEST,
        gallery_size=_TEST_GALLERY,
        frames=Frames(number=TEST_FRAMES, new_share=stated.frame_share),
    )
    tail = (1 - _LEVEL) / 2
    low, median, high = np.quantile(fitted / assumed, [tail, 0.5, 1 - tail], axis=0)
    return tuple(
        Factor(
            threshold=threshold,
            low=float(f"{low[knot]:.3g}"),
            median=float(f"{median[knot]:.3g}"),
            high=float(f"{high[knot]:.3g}"),
        )
        for knot, threshold in enumerate(KNOTS)
    )


def as_json(calibration: Calibration) -> str:
    """The factors as one JSON document."""
    told = {
        "schema": SCHEMA,
        "test": calibration.test,
        "seed": calibration.seed,
        "factors": [
            {"threshold": one.threshold, "low": one.low, "median": one.median, "high": one.high}
            for one in factors_of(calibration)
        ],
    }
    return json.dumps(told, indent=1) + "\n"
