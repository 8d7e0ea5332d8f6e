"""`probity twin calibrate` and `probity twin validate`: fit the twin, and test the fit."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format, FormatOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probity.twin.calibrate.checks import Check
    from probity.twin.calibrate.fit import Calibration
    from probity.twin.calibrate.validate import Period

SeedOption = Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")]


def calibrate(
    *,
    out: Annotated[Path | None, typer.Option(help="Write the calibration here, as JSON.")] = None,
    seed: SeedOption = 0,
    draws: Annotated[int, typer.Option(min=1, max=10_000, help="Kept of the posterior.")] = 1_000,
    output: FormatOption = Format.TABLE,
) -> None:
    """Fit the twin's recogniser to the published figures of the NPL test of 2023."""
    from probity.core.files import write_atomically
    from probity.twin.calibrate.fit import as_json
    from probity.twin.calibrate.fit import calibrate as fit

    found = fit(seed=seed, draws=draws)
    if out is not None:
        write_atomically(out, as_json(found).encode())
    if output is Format.JSON:
        print_json(found.model_dump(by_alias=True))
    else:
        _print_calibration(found)


def validate(
    *,
    calibration: Annotated[
        Path | None, typer.Option(help="A calibration written before; fitted anew without.")
    ] = None,
    seed: SeedOption = 0,
    output: FormatOption = Format.TABLE,
) -> None:
    """Test the fitted twin on deployments and test figures that the fit never saw."""
    from probity.twin.calibrate.anchors import npl_2023
    from probity.twin.calibrate.fit import calibrate as fit
    from probity.twin.calibrate.fit import read_calibration
    from probity.twin.calibrate.held_out import check_held_out
    from probity.twin.calibrate.reading import honest_reading
    from probity.twin.calibrate.validate import validate as check

    fitted = fit(seed=seed) if calibration is None else read_calibration(calibration)
    found = check(fitted, published_periods(), seed=seed)
    held_out = check_held_out(fitted, npl_2023(), seed=seed)
    reading = honest_reading(fitted, found, held_out)
    if output is Format.JSON:
        document: dict[str, Any] = {
            "schema": "probity/twin-validation/2",
            "periods": [asdict(one) for one in found],
            "held_out": [asdict(one) for one in held_out],
            "reading": reading,
        }
        print_json(document)
    else:
        _print_validation([c for one in found for c in one.checks] + list(held_out), reading)


def published_periods() -> "tuple[Period, ...]":
    """Periods of the Metropolitan Police's published record, the year of its report first."""
    import numpy as np

    from probity.records.bundled import load
    from probity.records.selection import select
    from probity.twin.calibrate.validate import Period

    rows = load().series("Metropolitan Police")
    listed = [row.watchlist_size for row in rows if row.watchlist_size is not None]
    recent = int(np.median(listed[-100:]))
    wanted = (
        ("September 2024 to September 2025, at 0.64", "2024-09-11", "2025-09-10", 0.64),
        ("2023, at 0.60", "2023-01-01", "2023-12-31", 0.60),
        ("January to July 2024, at 0.60", "2024-01-01", "2024-07-31", 0.60),
        ("July 2024, at 0.62", "2024-07-01", "2024-07-31", 0.62),
        ("after September 2025, at 0.64", "2025-09-11", "2026-12-31", 0.64),
    )
    periods = []
    for name, first, last, threshold in wanted:
        kept = [
            row
            for row in select(
                rows, start=date.fromisoformat(first), end=date.fromisoformat(last)
            ).deployments
            if row.threshold is not None
            and float(row.threshold) == threshold
            and row.faces_seen
            and row.alerts is not None
            and row.false_alerts is not None
        ]
        periods.append(
            Period(
                name=name,
                threshold=threshold,
                faces_seen=np.array([row.faces_seen for row in kept]),
                watchlist_size=np.array([row.watchlist_size or recent for row in kept]),
                alerts=np.array([row.alerts for row in kept]),
                false_alerts=np.array([row.false_alerts for row in kept]),
                watchlist_imputed=sum(row.watchlist_size is None for row in kept),
            )
        )
    return tuple(periods)


def _print_calibration(found: "Calibration") -> None:
    from rich.console import Console

    from probity.cli.measure_tables import print_table, say

    console = Console()
    headings = ("parameter", "prior median, 95%", "fitted median, 95%", "spread", "informed")
    rows = [
        (
            one.name,
            f"{_number(one.prior.median)} ({_number(one.prior.low)} to {_number(one.prior.high)})",
            f"{_number(one.posterior.median)} "
            f"({_number(one.posterior.low)} to {_number(one.posterior.high)})",
            f"{one.spread_ratio:.2f}",
            "yes" if one.informed else "not informed by the anchors",
        )
        for one in found.parameters
    ]
    print_table(console, headings, rows)
    settings = ", ".join(
        f"{one.threshold:.2f} with probability {one.posterior:.2f} (before: {one.prior:.2f})"
        for one in found.settings
    )
    c = found.convergence
    for sentence in (
        f"The lowest count was taken at {settings}.",
        f"{c.runs} runs of {c.particles:,} particles lie {c.most_disagreement:.3f} posterior "
        f"standard deviations apart. Fitted to {', '.join(found.fitted_to)}.",
    ):
        say(console, sentence)


def _print_validation(checks: "Sequence[Check]", reading: str) -> None:
    from rich.console import Console

    from probity.cli.measure_tables import print_table, say

    console = Console()
    headings = ("period or figure", "statistic", "observed", "predicted, 95%", "p", "misfit")
    rows = [
        (
            c.period,
            c.statistic,
            _number(c.observed),
            f"{_number(c.low)} to {_number(c.high)}",
            _number(c.p_value),
            "no test" if c.note.startswith("no test") else c.direction,
        )
        for c in checks
    ]
    print_table(console, headings, rows)
    say(console, reading)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"
