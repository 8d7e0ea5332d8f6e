"""Replicates of a search scenario, on any number of processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from probity.twin.replicates import Workers, in_order
from probity.twin.scenario import SearchScenario
from probity.twin.scenario_file import scenario_digest
from probity.twin.searches.history import (
    SearchHistory,
    SearchTotals,
    search_history,
    search_totals,
)
from probity.twin.seeds import Seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRun:
    """What is run: the same values give the same bytes. ``seed`` is the user's, at least 0."""

    scenario: SearchScenario
    seed: int

    def seeds(self, replicate: int) -> Seeds:
        """Streams of a replicate, which counts from 0."""
        return Seeds(scenario=scenario_digest(self.scenario), seed=self.seed, replicate=replicate)


def search_history_of(run: SearchRun, replicate: int) -> SearchHistory:
    """Every stage of one replicate."""
    return search_history(run.scenario, seeds=run.seeds(replicate))


def search_totals_of_replicates(
    run: SearchRun, *, replicates: int, workers: Workers = 1, first: int = 0
) -> Iterator[SearchTotals]:
    """Totals of replicates ``first`` to ``replicates`` - 1, in their order."""
    return in_order(partial(_totals, run), range(first, replicates), workers=workers)


def _totals(run: SearchRun, replicate: int) -> SearchTotals:
    return search_totals(search_history_of(run, replicate), replicate=replicate)
