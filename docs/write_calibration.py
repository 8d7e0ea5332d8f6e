"""Write the tables of docs/background/calibration.md from the fit itself, and the schema of a fit.

Run: .venv/bin/python docs/write_calibration.py (tests/docs checks that it was run)
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from probity.cli.twin_calibrate import published_periods
from probity.twin.calibrate.anchors import npl_2023
from probity.twin.calibrate.checks import Check
from probity.twin.calibrate.fit import Calibration, Summary, calibrate, calibration_schema
from probity.twin.calibrate.held_out import check_held_out
from probity.twin.calibrate.parameters import KNOTS
from probity.twin.calibrate.rates import (
    TEST,
    TEST_FRAMES,
    fpir_in_test,
    fpir_per_nonmated_probe,
    latent_thresholds,
)
from probity.twin.calibrate.reached import Frames
from probity.twin.calibrate.reading import honest_reading
from probity.twin.calibrate.validate import Found, validate
from probity.twin.expected.deployment import base_scenario

TARGET = Path(__file__).parent / "background" / "calibration.md"
SCHEMA = Path(__file__).parent / "reference" / "schemas" / "calibration.json"
RANKS = TARGET.with_name("calibration-ranks.json")
_SOME_DRAWS = 200
"""Of the posterior, where every frame of a pass takes its time."""


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    fitted = calibrate(seed=0)
    found = validate(fitted, published_periods(), seed=0)
    held_out = check_held_out(fitted, npl_2023(), seed=0)
    parameters = "| parameter | prior and its reason | prior | fitted | spread | |\n" + "|---" * 6
    for one in fitted.parameters:
        said = "" if one.informed else "not informed"
        parameters += (
            f"|\n| `{one.name}` | {one.meaning}: {one.reason} | {_interval(one.prior)} "
            f"| {_interval(one.posterior)} | {one.spread_ratio:.1f} | {said} "
        )
    settings = ", ".join(
        f"{one.threshold:.2f} with probability {one.posterior:.1f} (before the fit {one.prior:.1f})"
        for one in fitted.settings
    )
    tables = {
        "parameters": parameters + "|",
        "other reading": _other_reading(fitted, found),
        "ranks": _ranks(),
        "settings": f"The count of 33 was taken at {settings}.",
        "held out": _checks("figure", held_out),
        "checks": _checks("period", [check for period in found for check in period.checks]),
        "reading": honest_reading(fitted, found, held_out),
    }
    for name, table in tables.items():
        text, places = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda m, table=table: f"{m[1]}\n{table}\n\n{m[2]}",
            text,
            flags=re.DOTALL,
        )
        if places != 1:
            raise ValueError(f"{TARGET.name} has {places} places for {name!r}")
    return text


def schema() -> str:
    """The JSON Schema of what `probity twin calibrate` writes."""
    return json.dumps(calibration_schema(), indent=2, ensure_ascii=False) + "\n"


def _other_reading(fitted: Calibration, found: Sequence[Found]) -> str:
    """What follows if a search of the test was a single frame of a pass."""
    frames = Frames(number=TEST_FRAMES, new_share=base_scenario().recogniser.frame_share)
    some = fitted.model_copy(update={"draws": fitted.draws[:_SOME_DRAWS]})
    theta = some.theta()
    thresholds = latent_thresholds(theta, gallery_size=fitted.gallery_size)
    of_pass = fpir_per_nonmated_probe(
        theta, thresholds, mix=TEST, gallery_size=fitted.gallery_size, frames=frames
    )
    times = of_pass / fpir_in_test(theta, gallery_size=fitted.gallery_size)
    said = ", ".join(
        f"{np.median(times[:, knot]):.1f} at {threshold:.2f}"
        for knot, threshold in enumerate(KNOTS)
    )
    other = validate(some, published_periods(), seed=0, searches_of_a_pass=frames)
    rows = ""
    for pass_, frame in zip(found, other, strict=True):
        a, b = pass_.checks[0], frame.checks[0]
        rows += (
            f"\n| {a.period} | {_number(a.observed)} "
            f"| {_number(a.low)} to {_number(a.high)} | {_number(a.p_value)} "
            f"| {_number(b.low)} to {_number(b.high)} | {_number(b.p_value)} |"
        )
    return (
        f"With {frames.number} frames a pass, of whose scores {frames.new_share:.0%} of the "
        f"variance is new in every frame, a pass would then alert more often than it is taken to "
        f"by these factors (posterior medians, in the test): {said}.\n\n"
        "| period | false alerts | predicted, a search is a pass | p "
        "| predicted, a search is a frame | p |\n" + "|---" * 6 + "|" + rows
    )


def _ranks() -> str:
    """The run of simulation-based calibration that ``RANKS`` holds."""
    run = json.loads(RANKS.read_text(encoding="utf-8"))
    by_p = sorted(run["p_values"].items(), key=lambda item: item[1])
    (name, smallest), number = by_p[0], len(by_p)
    refused = run["not_converged"]
    return (
        f"`{run['command']}`: {run['fits']} fits in {run['cpu_seconds']} CPU-seconds, "
        f"{'none' if refused == 0 else refused} refused. Of {number} p-values the smallest is "
        f"{smallest:.3f} ({name}), and times their number (Bonferroni), at most 1, "
        f"{min(1.0, smallest * number):.2f}. A fit that takes every search for ten is found out "
        f"by {run['control']['fits']} fits: {run['control']['smallest_p_bonferroni']:.2g}."
    )


def _checks(of: str, checks: Sequence[Check]) -> str:
    table = f"| {of} | statistic | observed | predicted, 95% | p | misfit |\n" + "|---" * 6
    for c in checks:
        said = "no test" if c.note.startswith("no test") else c.direction
        table += (
            f"|\n| {c.period} | {c.statistic} | {_number(c.observed)} "
            f"| {_number(c.low)} to {_number(c.high)} | {_number(c.p_value)} | {said} "
        )
    return table + "|"


def _interval(summary: Summary) -> str:
    return f"{_number(summary.median)} ({_number(summary.low)} to {_number(summary.high)})"


def _number(value: float | None) -> str:
    # Two figures: the last bits of a sum differ between processors.
    return "none" if value is None else f"{value:.2g}"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
