"""One deployment of a scenario, from its authority to its last deletion, as a log to be watched."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from probity.core.event_columns import LogHeader
from probity.twin.changes import changed
from probity.twin.event_log import live_events, live_header
from probity.twin.event_part import rows
from probity.twin.event_writer import log_schema
from probity.twin.faults.fault import Fault
from probity.twin.faults.planting import Answer, Planting
from probity.twin.history import History
from probity.twin.replicates import Run, history_of
from probity.twin.scenario import LiveScenario
from probity.twin.watchlists import make_watchlists
from probity.twin.world import make_world

_ONE = ("calendar.deployments = 1",)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeploymentLog:
    """Everything that one deployment leaves in the log.

    Parameters
    ----------
    table : pa.Table
        Every event in the order of time, numbered from 0.
    planted : tuple of Answer
        Faults among the events; their event numbers are not those of ``table``.
    left_over : tuple of str
        Names of faults that this deployment had nothing to plant on.
    """

    history: History
    header: LogHeader
    table: pa.Table
    planted: tuple[Answer, ...]
    left_over: tuple[str, ...]


def deployment_log(
    scenario: LiveScenario, *, seed: int, faults: Sequence[Fault] = ()
) -> DeploymentLog:
    """Run the first deployment of a scenario alone, with faults planted in it.

    The same scenario, seed and faults give the same log.
    """
    one = changed(scenario, _ONE)
    if not isinstance(one, LiveScenario):
        raise TypeError("a change never makes another mode of a scenario")
    history = history_of(Run(scenario=one, seed=seed), 0)
    planting = Planting(
        faults,
        deployments=1,
        faces=int(history.crowd.faces_seen.sum()),
        seeds=history.seeds,
        plant_seed=0,
        ids=history.ids,
    )
    header = live_header(history)
    if faults:
        header = planting.header(header)
    lists = planting.through(
        live_events(
            history,
            watchlists=make_watchlists(one, calendar=history.calendar, seeds=history.seeds),
            category=make_world(one, seeds=history.seeds).category[: one.watchlist.pool_size],
            until_us=header.to_us,
        )
    )
    parts = [part for events in lists for part in events]
    return DeploymentLog(
        history=history,
        header=header,
        table=rows(parts, schema=log_schema(header), first_event=0),
        planted=tuple(planting.answers),
        left_over=planting.left_over,
    )
