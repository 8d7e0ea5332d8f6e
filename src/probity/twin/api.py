"""The twin from Python: ``probity.twin.run``."""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from probity.core import Rate, Undefined
from probity.core.table import Table
from probity.stats.interval import clopper_pearson
from probity.twin.faults.catalogue import chosen
from probity.twin.history import History
from probity.twin.output import write_run
from probity.twin.replicates import Run, history_of, totals_of_replicates
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import known_scenarios, load_scenario
from probity.twin.searches.history import SearchHistory, SearchTotals, search_totals
from probity.twin.searches.run import SearchRun, search_history_of, search_totals_of_replicates
from probity.twin.totals import Totals, totals_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwinRun:
    """A scenario that was run. The same scenario, seed and number give the same figures.

    Attributes
    ----------
    history : History or SearchHistory
        Everything that happened in replicate 0, truth included.
    totals : tuple
        The sums of each replicate.
    """

    what: Run | SearchRun
    history: History | SearchHistory
    totals: tuple[Totals, ...] | tuple[SearchTotals, ...]

    def record(self) -> Table:
        """The record that the operator would publish of replicate 0."""
        content = io.BytesIO(self.history.record())
        return Table(csv.read_csv(content))

    def replicates(self) -> Table:
        """The sums of each replicate, those that only a twin can know included."""
        return Table(pa.Table.from_pylist([asdict(one) for one in self.totals]))

    def reported(self) -> dict[str, Rate | Undefined]:
        """Rates of replicate 0 as an operator could report them, with exact intervals."""
        return {name: clopper_pearson(count) for name, count in self.totals[0].counts.items()}

    def truth(self) -> dict[str, Rate | Undefined]:
        """The same rates as they are, which nobody outside a twin can know."""
        return {name: clopper_pearson(count) for name, count in self.totals[0].truths.items()}

    def write(
        self, out: str | PathLike[str], *, events: bool = False, faults: Sequence[str] = ()
    ) -> int:
        """Write what ``probity twin run --out`` writes, and return how many events.

        Parameters
        ----------
        out : str or path
            A new or an empty directory.
        events : bool
            Whether to write the event log.
        faults : sequence of str
            Breaches to plant in it, by name; "all" plants every one.

        Raises
        ------
        InputError
            ``out`` holds something, or there is no such fault.
        """
        planted = chosen(list(faults), mode=self.what.scenario.mode)
        return write_run(
            Path(out),
            run=self.what,
            history=self.history,
            totals=self.totals,
            events=events or bool(planted),
            faults=planted,
        )


def run(
    scenario: str | PathLike[str], *, seed: int = 0, replicates: int = 1, workers: int = 1
) -> TwinRun:
    """Run a scenario on synthetic people.

    Parameters
    ----------
    scenario : str or path
        The name of a bundled scenario, or a ``.toml`` file.
    seed : int
        At least 0; the same seed gives the same figures.
    replicates : int
        How often; only the sums of the later ones are kept.
    workers : int
        Processes; the figures do not depend on it.

    Raises
    ------
    InputError
        No such scenario, or a file that cannot be used.
    """
    loaded = load_scenario(scenario if isinstance(scenario, str) else Path(scenario))
    if isinstance(loaded, LiveScenario):
        live = Run(scenario=loaded, seed=seed)
        history = history_of(live, 0)
        totals = (
            totals_of(history, replicate=0),
            *totals_of_replicates(live, replicates=replicates, workers=workers, first=1),
        )
        return TwinRun(what=live, history=history, totals=totals)
    search = SearchRun(scenario=loaded, seed=seed)
    searched = search_history_of(search, 0)
    sums = (
        search_totals(searched, replicate=0),
        *search_totals_of_replicates(search, replicates=replicates, workers=workers, first=1),
    )
    return TwinRun(what=search, history=searched, totals=sums)


def bundled_scenarios() -> tuple[str, ...]:
    """The names of the bundled scenarios."""
    return known_scenarios()
