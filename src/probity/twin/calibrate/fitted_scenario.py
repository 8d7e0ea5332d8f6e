"""A scenario whose recogniser is one draw of a fitted posterior."""

import json
from typing import Any

import numpy as np

from probity.core import InputError
from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.parameters import DIMENSION, KNOTS, natural
from probity.twin.calibrate.rates import TEST, TEST_FRAMES, latent_thresholds, mated_margin
from probity.twin.calibrate.reached import GROUPS, Frames, best_of_frames
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import validate_scenario

_LATENT_PER_VENDOR = 15.0 / np.sqrt(DIMENSION)
"""Beyond the knots the vendor's scale goes on as the prior of its steps says: 15 standard
deviations from 0 to 1."""
_SAME_NAME = ("entry_spread", "person_spread", "quality_effect", "mated_person_spread")
_OTHERS = tuple(group.lower() for group in GROUPS[1:])
_ASSUMED = {"assumed": "a draw of the posterior of a calibration"}


def fitted_scenario(
    scenario: LiveScenario, calibration: Calibration, *, replicate: int
) -> LiveScenario:
    """The scenario of one replicate: with draw ``replicate`` modulo the number of draws.

    The map from latent to vendor's scores, and all that the fit has a parameter for, are those of
    the draw. Groups that the test had not keep their likeness as a multiple of White people's.
    Bands of quality keep their differences in mean score; at the quality assumed for the test,
    the mean is the fitted one.

    A search of the test is taken as one pass: a pass with ``TEST_FRAMES`` frames alerts as often
    as the fit says of a search.

    Raises
    ------
    InputError
        The scenario lacks a group of the test, or the draw gives values that no scenario may have.
    """
    draw = replicate % len(calibration.draws)
    theta = natural(np.asarray(calibration.draws[draw])[np.newaxis])
    frames = Frames(number=TEST_FRAMES, new_share=scenario.recogniser.frame_share)
    latent = latent_thresholds(theta, gallery_size=calibration.gallery_size, frames=frames)[0]
    latent = latent / np.sqrt(DIMENSION)
    data = json.loads(scenario.model_dump_json(by_alias=True, exclude_none=True))
    recogniser = data["recogniser"]
    recogniser |= {name: float(theta[name][0]) for name in _SAME_NAME}
    recogniser["dimension"] = DIMENSION
    recogniser["group_separation"] = float(theta["group_separation"][0])
    recogniser["vendor_map"] = [
        [float(latent[0] - KNOTS[0] * _LATENT_PER_VENDOR), 0.0],
        *([float(at), knot] for at, knot in zip(latent, KNOTS, strict=True)),
        [float(latent[-1] + (1.0 - KNOTS[-1]) * _LATENT_PER_VENDOR), 1.0],
    ]
    _set_lookalikes(data["groups"], (1.0, *(float(theta[f"lookalike_{g}"][0]) for g in _OTHERS)))
    bands = data["capture"]["bands"]
    best_mean = float(latent[KNOTS.index(0.60)] + mated_margin(theta)[0])
    _set_mated(
        bands, best_mean=best_mean, best_spread=float(theta["mated_spread"][0]), frames=frames
    )
    changed = (*_SAME_NAME, "dimension", "group_separation", "vendor_map")
    data["provenance"] |= {f"recogniser.{name}": _ASSUMED for name in changed}
    found = validate_scenario(data, file=f"{scenario.name} with draw {draw} of the calibration")
    if not isinstance(found, LiveScenario):
        raise TypeError(f"a live scenario was read back as {found.mode}")
    return found


def _set_lookalikes(groups: list[dict[str, Any]], fitted: tuple[float, ...]) -> None:
    by_name = dict(zip(GROUPS, fitted, strict=True))
    given = {str(group["name"]): float(group["lookalike"]) for group in groups}
    missing = [name for name in GROUPS if name not in given]
    if missing:
        raise InputError(
            "the scenario lacks groups of the calibration",
            column="groups",
            got=", ".join(given),
            allowed=f"{', '.join(GROUPS)} among them",
        )
    for group in groups:
        name = str(group["name"])
        white = given[GROUPS[0]] or 1.0
        group["lookalike"] = by_name.get(name, given[name] / white)


def _set_mated(
    bands: list[dict[str, Any]], *, best_mean: float, best_spread: float, frames: Frames
) -> None:
    """Scores of frames, such that the best of a pass has this mean and spread."""
    nodes, weights = best_of_frames(frames)
    best = float(weights @ nodes)
    variance = float(weights @ np.square(nodes - best)) if frames.number > 1 else 1.0
    new = frames.new_share
    spread = best_spread / np.sqrt(1.0 - new + new * variance)
    mean = best_mean - spread * np.sqrt(new) * best
    in_order = sorted(bands, key=lambda band: band["quality"])
    now = np.interp(
        TEST.probe_quality,
        [band["quality"] for band in in_order],
        [band["mated_mean"] for band in in_order],
    )
    for band in bands:
        band["mated_mean"] += mean - float(now)
        band["mated_spread"] = float(spread)
