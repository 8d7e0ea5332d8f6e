"""Tables of `probity measure identification`, for people to read."""

from math import isfinite
from typing import TYPE_CHECKING

from rich.console import Console

from probity.cli.measure_tables import print_table
from probity.core import Undefined
from probity.performance.intervals.effective import PersonRate

if TYPE_CHECKING:
    from probity.performance.identification.measure import At, Identification


def print_identification(found: "Identification") -> None:
    """Rates by threshold and gallery size, then by group, then what the tests could have found."""
    console = Console()

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    say(
        f"{found.probes:,} probes, {found.gallery_samples:,} gallery samples, "
        f"{found.comparisons:,} comparisons. Mode {found.mode.name}: the right person counts at "
        f"rank {found.mode.rank} or better of {found.mode.list_length}. "
        f"{100 * found.level:g}% intervals over people."
    )
    print_table(
        console,
        ("threshold", "gallery", "FPIR per non-mated probe", "1-(1-FMR)^n", "TPIR per mated probe"),
        [
            (_threshold(at), f"{at.gallery_size:,}", _said(at.fpir), _formula(at), _said(at.tpir))
            for at in found.at
        ],
    )
    print_table(
        console,
        ("threshold", "gallery", "group", "FPIR per non-mated probe", "TPIR per mated probe"),
        [
            (
                _threshold(at),
                f"{at.gallery_size:,}",
                name,
                _said(figures.fpir),
                _said(figures.tpir),
            )
            for at in found.at
            for grouping in at.groupings
            if len(grouping.groups) > 1
            for name, figures in grouping.groups.items()
        ],
    )
    for at in found.at:
        if at.gallery_size < max(found.cmc):
            continue
        for rate, test in (
            ("FPIR", at.groupings[0].fpir_test),
            ("TPIR", at.groupings[0].tpir_test),
        ):
            where = f"{rate} at {_threshold(at)}, gallery {at.gallery_size:,}, by group:"
            if isinstance(test, Undefined):
                say(f"{where} not tested: {test.reason}.")
            else:
                say(f"{where} p = {test.p_value:.3g}. {test.power_statement}")
    for warning in found.warnings:
        say(f"Note: {warning}.")


def _threshold(at: "At") -> str:
    return f"{at.threshold:.9g}" if isfinite(at.threshold) else "none"


def _formula(at: "At") -> str:
    over = at.over_galleries
    return "" if isinstance(over, Undefined) else f"{over.binomial:.4g}"


def _said(rate: PersonRate) -> str:
    over = rate.over_people
    if not isinstance(over, Undefined):
        return (
            f"{over.count.k}/{over.count.n} = {over.value:.4g} ({over.low:.3g} to {over.high:.3g})"
        )
    if isinstance(rate.naive, Undefined):
        return f"undefined: {over.reason}"
    count = rate.naive.count
    return f"{count.k}/{count.n}, no interval: {over.reason}"
