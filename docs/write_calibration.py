"""Write the tables of docs/background/calibration.md from the fit itself.

Run: .venv/bin/python docs/write_calibration.py (tests/docs checks that it was run)
"""

import re
from collections.abc import Sequence
from pathlib import Path

from probity.cli.twin_calibrate import published_periods
from probity.twin.calibrate.anchors import npl_2023
from probity.twin.calibrate.checks import Check
from probity.twin.calibrate.fit import Summary, calibrate
from probity.twin.calibrate.held_out import check_held_out
from probity.twin.calibrate.reading import honest_reading
from probity.twin.calibrate.validate import validate

TARGET = Path(__file__).parent / "background" / "calibration.md"


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
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
