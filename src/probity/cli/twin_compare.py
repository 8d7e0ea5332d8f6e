"""`probity twin compare`: what if a value were another, with intervals on the difference."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import (
    Format,
    FormatOption,
    LevelOption,
    ReportOption,
    require_level,
    write_report,
)
from probity.cli.twin import ClusterOption, live_scenario, workers_of

if TYPE_CHECKING:
    from probity.twin.what_if import Asked


def compare(
    *,
    first: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario, or a .toml file.")
    ],
    second: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="What to compare it with.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a value of what it is compared with; with --vary, of all. Give it again "
            "for more.",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=FROM:TO:STEP",
            help="Compare with each of these values, or with KEY=VALUE,VALUE. Give it again for "
            "another question.",
        ),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Print this measure only; give it again for more."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    replicates: Annotated[
        int, typer.Option(min=1, max=100_000, help="How often to run each scenario.")
    ] = 40,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    cluster: ClusterOption = None,
    level: LevelOption = 0.95,
    output: FormatOption = Format.TABLE,
    report: ReportOption = None,
) -> None:
    """Compare two scenarios, or one with itself after a change, on the same random numbers.

    Every outcome is shown on both sides, with its difference and ratio, and whether a year of
    published records could tell the two sides apart.
    """
    from probity.cli.progress import slow_work
    from probity.twin.what_if import answer

    require_level(level)
    asked = _asked(first, second, changes or [], vary or [])
    if measure:
        _require_known(measure, asked)
    with slow_work("replicates", total=asked.sides * replicates) as step:
        found = answer(
            asked,
            seed=seed,
            replicates=replicates,
            workers=workers_of(workers, cluster),
            level=level,
            done=step,
        )
    if output is Format.JSON:
        from probity.twin.what_if_json import as_json

        print_json(as_json(found))
    else:
        from probity.cli.what_if_table import print_what_if

        print_what_if(found, only=measure or ())
    if report is not None:
        from probity.publish.twin_page import what_if_page

        write_report(what_if_page(found), out=report, output=output)


def _asked(first: str, second: str | None, changes: list[str], vary: list[str]) -> "Asked":
    from probity.twin.what_if import ask_of_two, ask_of_values, vary_of

    if second is not None and vary:
        raise typer.BadParameter("--vary asks of one scenario: leave the second out")
    if second is None and not vary and not changes:
        raise typer.BadParameter("give a second scenario, --set or --vary")
    base = live_scenario(first)
    if vary:
        return ask_of_values(base, [vary_of(one) for one in vary], changes=changes)
    other = base if second is None else live_scenario(second)
    return ask_of_two(base, other, changes=changes)


def _require_known(measures: list[str], asked: "Asked") -> None:
    from probity.core import InputError
    from probity.twin.outcomes import measures_of

    names = [one.name for one in measures_of(asked.base)]
    for one in measures:
        if one not in names:
            raise InputError(
                "no such measure",
                column="--measure",
                got=one,
                allowed=re.sub(
                    r"share_of_false_alerts:.*", "share_of_false_alerts:GROUP", ", ".join(names)
                ),
            )
