"""Replicates of a scenario: every stage in order, on any number of processes."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from probity.core.ray_cluster import ray_cluster
from probity.twin.calendar import make_calendar
from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.fitted_scenario import fitted_scenario
from probity.twin.history import History, follow
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import scenario_digest
from probity.twin.seeds import Seeds
from probity.twin.totals import Totals, totals_of

IN_FLIGHT_PER_WORKER = 4
RETRIES = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OnRay:
    """Replicates as tasks of a Ray cluster; one whose worker is killed is run again.

    Parameters
    ----------
    address : str, optional
        Where the cluster is; by default the one already connected to, or this machine.
    in_flight : int
        Replicates handed out at a time, which bounds memory.
    """

    address: str | None = None
    in_flight: int = 64


Workers = int | OnRay
"""Processes of this machine, or a cluster: the results are the same bytes with any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is run: the same values give the same bytes.

    Parameters
    ----------
    seed : int
        The user's, at least 0.
    numbers : str, optional
        Digest of the scenario whose random numbers are drawn: its own, unless two scenarios are
        compared on the same ones.
    calibration : Calibration, optional
        Each replicate has the recogniser of another draw of it: replicate r that of draw r, and
        from the first again after the last.
    """

    scenario: LiveScenario
    seed: int
    numbers: str | None = None
    calibration: Calibration | None = None

    def scenario_of(self, replicate: int) -> LiveScenario:
        """The scenario as a replicate runs it."""
        if self.calibration is None:
            return self.scenario
        return fitted_scenario(self.scenario, self.calibration, replicate=replicate)

    def seeds(self, replicate: int) -> Seeds:
        """Streams of a replicate, which counts from 0."""
        return Seeds(
            scenario=self.numbers or scenario_digest(self.scenario),
            seed=self.seed,
            replicate=replicate,
        )


def history_of(run: Run, replicate: int) -> History:
    """Every stage of one replicate, with the fast engine."""
    from probity.twin.fast import cross

    seeds, scenario = run.seeds(replicate), run.scenario_of(replicate)
    calendar = make_calendar(scenario, seeds)
    crowd, passes, alerts = cross(scenario, calendar=calendar, seeds=seeds)
    return follow(
        scenario, seeds=seeds, calendar=calendar, crowd=crowd, passes=passes, alerts=alerts
    )


def totals_of_replicates(
    run: Run, *, replicates: int, workers: Workers = 1, first: int = 0
) -> Iterator[Totals]:
    """Totals of replicates ``first`` to ``replicates`` - 1, in their order."""
    return in_order(partial(_totals, run), range(first, replicates), workers=workers)


def in_order(work: Callable[[int], T], numbers: range, *, workers: Workers) -> Iterator[T]:
    """``work`` on each number, in their order, spread over processes.

    Only results leave a worker, and few are under way at a time, so memory does not grow with
    their number.

    Raises
    ------
    MissingPartError
        A cluster is asked for, and Ray is not installed.
    """
    if isinstance(workers, OnRay):
        with ray_cluster(address=workers.address) as ray:
            task, shared = ray.remote(max_retries=RETRIES)(_call), ray.put(work)
            yield from _few_at_a_time(
                lambda number: partial(ray.get, task.remote(shared, number)),
                numbers,
                workers.in_flight,
            )
    elif workers <= 1 or len(numbers) <= 1:
        yield from map(work, numbers)
    else:
        # A fresh interpreter for each worker: a fork of threads that hold locks would hang.
        with ProcessPoolExecutor(min(workers, len(numbers)), get_context("spawn")) as pool:
            yield from _few_at_a_time(
                lambda number: pool.submit(work, number).result,
                numbers,
                workers * IN_FLIGHT_PER_WORKER,
            )


def _few_at_a_time(
    start: Callable[[int], Callable[[], T]], numbers: range, most: int
) -> Iterator[T]:
    """Start work on each number, ``most`` under way at once; what it leads to, in their order."""
    waiting = iter(numbers)
    under_way = deque(start(number) for number in islice(waiting, most))
    while under_way:
        yield under_way.popleft()()
        under_way.extend(start(number) for number in islice(waiting, 1))


def _call(work: Callable[[int], T], number: int) -> T:
    return work(number)


def _totals(run: Run, replicate: int) -> Totals:
    return totals_of(history_of(run, replicate), replicate=replicate)
