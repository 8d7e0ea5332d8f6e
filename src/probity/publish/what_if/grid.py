"""Settings computed beforehand, for the static site: a grid that sliders move on.

A cell holds what one deployment of its setting brings; the number of deployments in the year is
free. ``docs/write_what_if_grid.py`` writes the file, and a test computes some cells again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from probity.publish.provenance import software_version
from probity.twin.compare import POWER
from probity.twin.expected.answer import LEVEL, ToldApart, WhatIfAnswer, answer, year_of
from probity.twin.expected.deployment import (
    SCENARIO,
    SEED,
    Deployment,
    Spread,
    base_scenario,
    expected,
)
from probity.twin.expected.recogniser import factor_at
from probity.twin.expected.setting import Setting
from probity.twin.scenario_file import scenario_digest

SCHEMA = "probity/what-if-grid/1"
_FILE = "grid.json"

AXES: Mapping[str, tuple[float, ...]] = {
    "threshold": (0.56, 0.58, 0.60, 0.62, 0.64, 0.66),
    "watchlist": (1_000, 4_000, 16_000, 40_000, 100_000),
    "passers": (5_000, 16_000, 50_000),
    "black_share": (0.05, 0.135, 0.4),
    "presence_grows": (0, 1),
    "officers": (1, 2, 4),
}
"""Values that can be chosen, the last axis running fastest."""

DEPLOYMENTS = (10, 50, 100, 203, 500, 1_000)
"""Years that the page without script shows; with it, any number can be set."""

COLUMNS = (
    "faces",
    "false_of_strangers",
    "false_of_listed",
    "true",
    "strangers_dispersion",
    "listed_dispersion",
    "true_dispersion",
    "black_share",
    "lost_share",
    "officer_s",
    "needed_by_false",
    "needed_by_true",
)
"""Numbers of a cell, in their order; "needed" is null where a million deployments do not do."""

_DIGITS = (4, 4, 4, 4, 2, 2, 2, 3, 3, 3, 7, 7)
Cell = list[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """The file, read; see ``document`` for its keys."""

    told: Mapping[str, Any]
    text: str

    @property
    def sha256(self) -> str:
        """Digest of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def cell(self, setting: Setting) -> Cell:
        """The numbers of a setting that is on the grid, whatever its number of deployments.

        Raises
        ------
        ValueError
            It is not on the grid.
        """
        number = 0
        for name, values in AXES.items():
            number = number * len(values) + values.index(getattr(setting, name))
        return [column[number] for column in self.told["cells"].values()]

    def deployment(self, setting: Setting) -> Deployment:
        """One deployment of a setting that is on the grid, as ``expected`` gives it, rounded."""
        told = dict(zip(self.told["cells"], self.cell(setting), strict=True))
        return Deployment(
            faces=told["faces"],
            false_of_strangers=Spread(
                mean=told["false_of_strangers"], dispersion=told["strangers_dispersion"]
            ),
            false_of_listed=Spread(
                mean=told["false_of_listed"], dispersion=told["listed_dispersion"]
            ),
            true=Spread(mean=told["true"], dispersion=told["true_dispersion"]),
            lost_share=told["lost_share"],
            officer_s=told["officer_s"],
            black_share_of_strangers=told["black_share"],
        )

    def answer(self, setting: Setting) -> WhatIfAnswer:
        """A year at a setting that is on the grid."""
        needed = dict(zip(self.told["cells"], self.cell(setting), strict=True))
        return year_of(
            setting,
            self.deployment(setting),
            by_false_alerts=ToldApart(deployments=needed["needed_by_false"]),
            by_true_alerts=ToldApart(deployments=needed["needed_by_true"]),
        )


@cache
def grid() -> Grid:
    """The grid that is bundled."""
    text = (files("probity.publish.what_if") / _FILE).read_text("utf-8")
    return Grid(told=json.loads(text), text=text)


def settings() -> Iterator[Setting]:
    """Every setting of the grid, in its order."""
    for values in product(*AXES.values()):
        chosen = dict(zip(AXES, values, strict=True))
        chosen["presence_grows"] = bool(chosen["presence_grows"])
        yield Setting(**chosen)  # type: ignore[arg-type]


def cell_of(setting: Setting) -> Cell:
    """The numbers of a setting, computed."""
    here, found = expected(setting), answer(setting)
    values = (
        here.faces,
        here.false_of_strangers.mean,
        here.false_of_listed.mean,
        here.true.mean,
        here.false_of_strangers.dispersion,
        here.false_of_listed.dispersion,
        here.true.dispersion,
        here.black_share_of_strangers,
        here.lost_share,
        here.officer_s,
        *_needed(found),
    )
    return [
        None if value is None else _rounded(value, digits)
        for value, digits in zip(values, _DIGITS, strict=True)
    ]


def document(cells: list[Cell]) -> dict[str, Any]:
    """The file: axes, cells by column, and what they were computed from."""
    factors = [factor_at(threshold) for threshold in AXES["threshold"]]
    return {
        "schema": SCHEMA,
        "version": software_version(),
        "scenario": SCENARIO,
        "scenario_sha256": scenario_digest(base_scenario()),
        "seed": SEED,
        "level": LEVEL,
        "power_to_tell_apart": POWER,
        "axes": {name: list(values) for name, values in AXES.items()},
        "recogniser_factors": [
            None if one is None else [one.low, one.median, one.high] for one in factors
        ],
        "cells": {name: [cell[place] for cell in cells] for place, name in enumerate(COLUMNS)},
    }


def _needed(found: WhatIfAnswer) -> tuple[int | None, int | None]:
    return found.by_false_alerts.deployments, found.by_true_alerts.deployments


def _rounded(value: float, digits: int) -> float:
    short = float(f"{value:.{digits}g}")
    return int(short) if short == int(short) else short
