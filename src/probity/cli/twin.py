"""`probity twin`: the described systems at work on synthetic people."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import Format, FormatOption

if TYPE_CHECKING:
    from probity.core import InputError
    from probity.twin.faults.damage import Damage
    from probity.twin.faults.fault import Fault
    from probity.twin.history import History
    from probity.twin.replicates import Run, Workers
    from probity.twin.scenario import LiveScenario, Scenario, SearchScenario
    from probity.twin.searches.history import SearchHistory, SearchTotals
    from probity.twin.searches.run import SearchRun
    from probity.twin.totals import Totals

    Sums = TypeVar("Sums", Totals, SearchTotals)

app = typer.Typer(
    help="The described systems at work on synthetic people: random vectors, no images.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A bundled scenario, or a .toml file.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Spread replicates over the Ray cluster at this address, or “local”: one started on "
        "this machine. Needs probity[cluster].",
    ),
]


@app.command()
def run(
    *,
    scenario: ScenarioArgument,
    out: Annotated[Path, typer.Option(metavar="DIR", help="New or empty directory to write.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    replicates: Annotated[int, typer.Option(min=1, max=100_000, help="How often to run it.")] = 1,
    events: Annotated[
        bool, typer.Option("--events", help="Also write the event log of replicate 0.")
    ] = False,
    faults: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Plant this fault in the event log; repeatable, or “all”."
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Take the recogniser from “twin calibrate --out FILE”: another draw of the fit "
            "in each replicate.",
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes.")] = 1,
    cluster: ClusterOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Run a scenario and write record, scores, truth and event log."""
    from probity.twin.output import require_free
    from probity.twin.scenario import LiveScenario

    loaded = _load(scenario)
    require_free(out)
    how = _Asked(
        out=out,
        seed=seed,
        replicates=replicates,
        events=events,
        faults=_faults(faults or [], loaded, events=events),
        workers=workers_of(workers, cluster),
        calibration=calibration,
    )
    if isinstance(loaded, LiveScenario):
        _run_live(loaded, how, output)
    else:
        if calibration is not None:
            raise _not_live(scenario)
        _run_searches(loaded, how, output)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    out: Path
    seed: int
    replicates: int
    events: bool
    faults: "tuple[Fault | Damage, ...]"
    workers: "Workers"
    calibration: Path | None


def _run_live(scenario: "LiveScenario", asked: _Asked, output: Format) -> None:
    from probity.twin.calibrate.fit import read_calibration
    from probity.twin.replicates import Run, history_of, totals_of_replicates
    from probity.twin.totals import totals_of

    fitted = None if asked.calibration is None else read_calibration(asked.calibration)
    chosen = Run(scenario=scenario, seed=asked.seed, calibration=fitted)

    def first() -> "tuple[History, Totals]":
        history = history_of(chosen, 0)
        return history, totals_of(history, replicate=0)

    others = partial(totals_of_replicates, chosen)
    _run(chosen, first=first, others=others, asked=asked, output=output)


def _run_searches(scenario: "SearchScenario", asked: _Asked, output: Format) -> None:
    from probity.twin.searches.history import search_totals
    from probity.twin.searches.run import (
        SearchRun,
        search_history_of,
        search_totals_of_replicates,
    )

    chosen = SearchRun(scenario=scenario, seed=asked.seed)

    def first() -> "tuple[SearchHistory, SearchTotals]":
        history = search_history_of(chosen, 0)
        return history, search_totals(history, replicate=0)

    others = partial(search_totals_of_replicates, chosen)
    _run(chosen, first=first, others=others, asked=asked, output=output)


def _run(
    chosen: "Run | SearchRun",
    *,
    first: "Callable[[], tuple[History | SearchHistory, Sums]]",
    others: "Callable[..., Iterator[Sums]]",
    asked: _Asked,
    output: Format,
) -> None:
    """Run every replicate, write the directory, and print the sums."""
    from probity.cli.progress import slow_work
    from probity.cli.twin_tables import print_run, run_json
    from probity.twin.output import write_run

    with slow_work("replicates", total=asked.replicates) as step:
        history, sums = first()
        totals = [sums]
        step()
        for one in others(replicates=asked.replicates, workers=asked.workers, first=1):
            totals.append(one)
            step()
    written = write_run(
        asked.out,
        run=chosen,
        history=history,
        totals=totals,
        events=asked.events,
        faults=asked.faults,
    )
    if asked.faults:
        _say_what_is_missing(asked.out / "faults.json")
    if output is Format.JSON:
        print_json(run_json(chosen, totals, events=written if asked.events else None))
    else:
        print_run(chosen, totals, out=asked.out)


def _say_what_is_missing(key: Path) -> None:
    not_planted = json.loads(key.read_text(encoding="utf-8"))["not_planted"]
    if not_planted:
        typer.echo(f"probity: no deployment had room for: {', '.join(not_planted)}", err=True)


def _faults(
    names: list[str], scenario: "Scenario", *, events: bool
) -> "tuple[Fault | Damage, ...]":
    from probity.core import InputError
    from probity.twin.faults.catalogue import chosen

    found = chosen(names, mode=scenario.mode)
    if found and not events:
        raise InputError("faults are planted in the event log", allowed="--events as well")
    return found


@app.command()
def faults(*, output: FormatOption = Format.TABLE) -> None:
    """List the faults that can be planted, and the rules that each breaches."""
    from probity.twin.faults.answer_key import fault_row
    from probity.twin.faults.catalogue import FAULTS

    rows = [fault_row(one) for one in FAULTS.values()]
    if output is Format.JSON:
        print_json({"schema": "probity/twin-faults/1", "faults": rows})
        return
    for row in rows:
        typer.echo(f"{row['fault']}\n    {row['sentence']}")
        found = ", ".join(row["rules"]) if row["rules"] else f"the log: {row['problem']}"
        typer.echo(f"    {found}")


@app.command()
def scenarios(*, output: FormatOption = Format.TABLE) -> None:
    """List the bundled scenarios, and how much of each is published or assumed."""
    from probity.cli.twin_tables import print_scenarios, scenario_summary
    from probity.twin.scenario_file import known_scenarios, load_scenario

    loaded = [load_scenario(name) for name in known_scenarios()]
    if output is Format.JSON:
        print_json(
            {
                "schema": "probity/twin-scenarios/1",
                "scenarios": [asdict(scenario_summary(one)) for one in loaded],
            }
        )
    else:
        print_scenarios(loaded)


@app.command()
def show(*, scenario: ScenarioArgument, output: FormatOption = Format.TABLE) -> None:
    """Print a scenario: every value, with its source or why it was assumed."""
    from probity.cli.twin_tables import print_scenario

    loaded = _load(scenario)
    if output is Format.JSON:
        print_json(loaded.model_dump(mode="json", by_alias=True))
    else:
        print_scenario(loaded)


def _load(name: str) -> "Scenario":
    from probity.twin.scenario_file import load_scenario

    return load_scenario(name)


def workers_of(workers: int, cluster: str | None) -> "Workers":
    """Processes of this machine, or the cluster that was asked for instead."""
    from probity.twin.replicates import OnRay

    if cluster is None:
        return workers
    return OnRay(address=None if cluster == "local" else cluster)


def live_scenario(name: str) -> "LiveScenario":
    """The scenario of a name or file, which has to be one of live recognition."""
    from probity.twin.scenario import LiveScenario

    loaded = _load(name)
    if not isinstance(loaded, LiveScenario):
        raise _not_live(name)
    return loaded


def _not_live(name: str) -> "InputError":
    from probity.core import InputError

    return InputError(
        "not a scenario of live recognition", got=name, allowed='a scenario of mode "live"'
    )
