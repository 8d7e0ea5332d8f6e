"""Write the tables of docs/background/calibration.md from the fit itself.

Run: .venv/bin/python docs/write_calibration.py (tests/docs checks that it was run)
"""

import re
from pathlib import Path

from probity.cli.twin_calibrate import published_periods
from probity.twin.calibrate.fit import Summary, calibrate
from probity.twin.calibrate.validate import honest_reading, validate

TARGET = Path(__file__).parent / "background" / "calibration.md"


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    fitted = calibrate(seed=0)
    found = validate(fitted, published_periods(), seed=0)
    parameters = "| parameter | prior and its reason | prior | fitted | spread | |\n" + "|---" * 6
    for one in fitted.parameters:
        said = "" if one.informed else "not informed"
        parameters += (
            f"|\n| `{one.name}` | {one.meaning}: {one.reason} | {_interval(one.prior)} "
            f"| {_interval(one.posterior)} | {one.spread_ratio:.1f} | {said} "
        )
    checks = "| period | statistic | observed | predicted, 95% | p | misfit |\n" + "|---" * 6
    for period in found:
        for c in period.checks:
            said = "no test" if c.note.startswith("no test") else c.direction
            checks += (
                f"|\n| {period.period} | {c.statistic} | {_number(c.observed)} "
                f"| {_number(c.low)} to {_number(c.high)} | {_number(c.p_value)} | {said} "
            )
    tables = {
        "parameters": parameters + "|",
        "checks": checks + "|",
        "reading": honest_reading(fitted, found),
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


def _interval(summary: Summary) -> str:
    return f"{_number(summary.median)} ({_number(summary.low)} to {_number(summary.high)})"


def _number(value: float | None) -> str:
    # Two figures: the last bits of a sum differ between processors.
    return "none" if value is None else f"{value:.2g}"


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
