"""`probity measure`: error rates from a test laboratory's scores, and how large a test must be."""

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json

if TYPE_CHECKING:
    from probity.core import Count
    from probity.performance.acquisition import Acquisition
    from probity.performance.verification import Verification
    from probity.performance.verification_json import Generalised

app = typer.Typer(
    help="Error rates from test scores with ground truth (ISO/IEC 19795), and test plans.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print the result.")]
LevelOption = Annotated[float, typer.Option(help="Confidence level of the intervals.")]
ReportOption = Annotated[
    Path | None, typer.Option(metavar="FILE.html", help="Also write the result as a page.")
]


@app.command()
def verification(
    *,
    scores: Annotated[
        list[Path],
        typer.Option(
            help="Comparisons: Parquet, Arrow, CSV, Bob's columns or a BEE matrix; "
            "give it again for more files of the same test."
        ),
    ],
    mask: Annotated[
        Path | None, typer.Option(help="The mask that goes with a BEE similarity matrix.")
    ] = None,
    fmr: Annotated[
        list[float] | None,
        typer.Option(help="A false match rate to report at; give it again for more."),
    ] = None,
    level: LevelOption = 0.95,
    not_enrolled: Annotated[
        str | None, typer.Option(help="Subjects that could not be enrolled, as K/N.")
    ] = None,
    not_acquired: Annotated[
        str | None, typer.Option(help="Probe captures without a usable sample, as K/N.")
    ] = None,
    output: FormatOption = Format.TABLE,
    report: ReportOption = None,
) -> None:
    """FMR, FNMR, equal error rate and DET of 1:1 comparisons, by group where groups are given."""
    from probity.cli.progress import slow_work
    from probity.performance.acquisition import Acquisition
    from probity.performance.scores.chain import ChainedScores
    from probity.performance.scores.opening import open_scores
    from probity.performance.verification import FMRS
    from probity.performance.verification import verification as measure

    require_level(level)
    acquisition = Acquisition(
        not_enrolled=_count("--not-enrolled", not_enrolled, "subjects to enrol"),
        not_acquired=_count("--not-acquired", not_acquired, "probe captures"),
    )
    parts = [open_scores(path, mask=mask) for path in scores]
    score_set = parts[0] if len(parts) == 1 else ChainedScores(parts)
    with slow_work("reading comparisons", total=None) as advance:
        found = measure(score_set, fmrs=tuple(fmr or FMRS), level=level, on_batch=advance)
    generalised = _generalised(found, acquisition)
    if output is Format.JSON:
        from probity.performance.verification_json import as_json

        print_json(as_json(found, generalised=generalised))
    else:
        from probity.cli.measure_tables import print_verification

        print_verification(found, generalised)
    if report is not None:
        from probity.publish.performance_page import verification_page

        write_report(verification_page(found, generalised=generalised), out=report, output=output)


def write_report(page: str, *, out: Path, output: Format) -> None:
    """Write the page and say where it is; JSON on standard output is left whole."""
    from probity.core import InputError
    from probity.publish.performance_page import write_page

    try:
        write_page(page, out=out)
    except OSError as error:
        raise InputError(f"cannot write the page: {error.strerror}", file=out) from None
    typer.echo(f"The page is {out}", err=output is Format.JSON)


@app.command()
def plan(
    *,
    rate_below: Annotated[
        str | None, typer.Option(help="Show a rate (FPIR, FMR) below this: 0.0001 or 1/10000.")
    ] = None,
    expected: Annotated[
        str, typer.Option(help="The rate hoped for, below the limit; 0: a test without event.")
    ] = "0",
    ratio_below: Annotated[
        float | None, typer.Option(help="Show each group's rate below this many times the first's.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="With --ratio-below: the first group's rate per probe.")
    ] = None,
    true_ratio: Annotated[
        float, typer.Option(help="With --ratio-below: the true ratio that is hoped for.")
    ] = 1.0,
    group: Annotated[
        list[str] | None, typer.Option(help="A group to plan for; give it again for more.")
    ] = None,
    together: Annotated[
        bool,
        typer.Option("--together", help="With --rate-below: all groups at once at the level."),
    ] = False,
    passes: Annotated[int, typer.Option(help="Passes (probes) of each subject.")] = 1,
    correlation: Annotated[
        float, typer.Option(help="Correlation between the outcomes of a subject's passes, 0 to 1.")
    ] = 0.0,
    level: Annotated[float, typer.Option(help="One-sided confidence level.")] = 0.95,
    power: Annotated[float, typer.Option(help="Chance of success if it is as hoped.")] = 0.8,
    output: FormatOption = Format.TABLE,
) -> None:
    """Subjects, probes and passes a test needs to show a rate or a ratio below a limit."""
    from probity.performance.plan import Repeats, plan_rate_below, plan_ratio_below

    repeats = Repeats(passes=passes, correlation=correlation)
    if (rate_below is None) == (ratio_below is None):
        raise typer.BadParameter("give either --rate-below or --ratio-below")
    if rate_below is not None:
        limit = _proportion("--rate-below", rate_below)
        shows = f"rate below {rate_below}, if it is {expected}"
        plans = plan_rate_below(
            limit,
            expected=_proportion("--expected", expected),
            groups=tuple(group or ["all"]),
            repeats=repeats,
            level=level,
            power=power,
            joint=together,
        )
    elif ratio_below is not None:
        if rate is None:
            raise typer.BadParameter("--ratio-below needs --rate, the first group's rate per probe")
        shows = (
            f"each rate below {ratio_below:g} times the first group's, "
            f"if that is {rate} and the true ratio {true_ratio:g}"
        )
        plans = plan_ratio_below(
            ratio_below,
            rate=_proportion("--rate", rate),
            true_ratio=true_ratio,
            groups=tuple(group or []),
            repeats=repeats,
            level=level,
            power=power,
        )
    if output is Format.JSON:
        from probity.performance.plan_json import as_json

        print_json(as_json(plans, shows=shows, repeats=repeats))
    else:
        from probity.cli.measure_tables import print_plans

        print_plans(plans, shows, repeats)


def _generalised(found: "Verification", acquisition: "Acquisition") -> "Generalised | None":
    """GFAR and GFRR at every operating point, where failures were recorded."""
    from probity.core import Undefined
    from probity.performance.acquisition import (
        generalised_false_accept_rate,
        generalised_false_reject_rate,
    )

    if acquisition.not_enrolled is None and acquisition.not_acquired is None:
        return None
    rates: Generalised = []
    for _, point in found.fnmr_at_fmr:
        if isinstance(point, Undefined):
            continue
        fmr, fnmr = point.fmr, point.fnmr
        rates.append(
            (
                point.threshold,
                fmr
                if isinstance(fmr, Undefined)
                else generalised_false_accept_rate(fmr.count, acquisition, level=found.level),
                fnmr
                if isinstance(fnmr, Undefined)
                else generalised_false_reject_rate(fnmr.count, acquisition, level=found.level),
            )
        )
    return rates


def _count(option: str, text: str | None, population: str) -> "Count | None":
    from probity.core import Count, InputError

    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,15})/(\d{1,15})", text.strip())
    if match is None or int(match[1]) > int(match[2]):
        raise InputError("not a count", column=option, got=text, allowed="K/N with K <= N")
    return Count(int(match[1]), int(match[2]), population)


def _proportion(option: str, text: str) -> float:
    from fractions import Fraction

    from probity.core import InputError

    try:
        value = Fraction(text[:40].strip())
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(
            "not a rate", column=option, got=text, allowed="a number such as 0.0001 or 1/10000"
        ) from error
    return float(value)


def require_level(level: float) -> None:
    """Refuse a confidence level that is none."""
    from probity.core import InputError

    if not 0.0 < level < 1.0:
        raise InputError("a confidence level is out of range", got=level, allowed="0 < level < 1")
